"""A finished span as plain data, the same for a running pi and for a stored session."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

__all__ = ["Attributes", "Kind", "Span", "SpanEvent", "SpanLink", "Value"]

#: Whether a span calls somebody else, or works by itself.
Kind: TypeAlias = Literal["internal", "client"]

#: What an attribute may hold.
Value: TypeAlias = str | bool | int | float | list[str]

Attributes: TypeAlias = dict[str, Value]


class SpanEvent(msgspec.Struct, frozen=True):
    """Something that happened within a span.

    Attributes:
        name: what it is.
        at: when, nanoseconds since 1970.
        attributes: more about it.
    """

    name: str
    at: int
    attributes: Attributes = {}


class SpanLink(msgspec.Struct, frozen=True):
    """A span of another trace that this one has to do with.

    Attributes:
        trace_id: 32 hex digits.
        span_id: 16 hex digits.
        attributes: what they have to do with each other.
    """

    trace_id: str
    span_id: str
    attributes: Attributes = {}


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that took time.

    Attributes:
        name: ``chat <model>``, ``execute_tool <name>`` and so on.
        kind: ``client`` for a call of a model.
        trace_id: 32 hex digits.
        span_id: 16 hex digits; of a model call, the ones that were on the wire.
        parent_id: the span it is part of, possibly one of another process; ``None`` at the top.
        start: nanoseconds since 1970.
        end: nanoseconds since 1970, not before ``start``.
        attributes: by the GenAI conventions of OpenTelemetry; what these have no name for begins with ``pi.``.
        events: what happened within it, in order.
        links: other traces it has to do with.
        error: why it failed; empty for a failure without a text, ``None`` for none.
        sampled: whether whoever began the trace wants it recorded.
    """

    name: str
    kind: Kind
    trace_id: str
    span_id: str
    parent_id: str | None
    start: int
    end: int
    attributes: Attributes
    events: tuple[SpanEvent, ...] = ()
    links: tuple[SpanLink, ...] = ()
    error: str | None = None
    sampled: bool = True
