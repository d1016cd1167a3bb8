"""Who a request belongs to: trace, span, session and run ids, and how each is derived.

Everything here is a pure function of its arguments, except the two that make random ids.
"""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "OPPER_NAMESPACE",
    "Identity",
    "Link",
    "TraceParent",
    "derive_span_id",
    "derive_trace_id",
    "format_traceparent",
    "new_span_id",
    "new_trace_id",
    "parse_traceparent",
    "read_environment",
    "sha256",
    "uuid5",
    "write_environment",
]

#: Namespace of the UUIDs that Opper's own command line makes from the path of the session file.
OPPER_NAMESPACE: Final = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

_TRACE_DOMAIN: Final = b"pi-trace-headers/trace\0"
_SPAN_DOMAIN: Final = b"pi-trace-headers/span\0"

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)
_VISIBLE = re.compile(r"[\x20-\x7e]+", re.ASCII)
_MEMBERS: Final = 32  # a tracestate with more must not be passed on
_TRACESTATE: Final = 512  # characters that everybody must be able to pass on
_BAGGAGE: Final = 8192  # bytes


class TraceParent(NamedTuple):
    """What a ``traceparent`` says.

    Attributes:
        trace_id: 32 lower-case hex digits, not all zero.
        span_id: 16 lower-case hex digits, not all zero.
        sampled: whether the caller records this trace.
    """

    trace_id: str
    span_id: str
    sampled: bool


class Link(msgspec.Struct, frozen=True):
    """Another trace that this one has to do with, without being part of it.

    Attributes:
        trace_id: 32 hex digits.
        span_id: 16 hex digits.
        kind: ``fork``: the session was forked from that one.
        session_id: pi's id of the other session.
    """

    trace_id: str
    span_id: str
    kind: str
    session_id: str


class Identity(msgspec.Struct, frozen=True):
    """What requests made at one moment have in common.

    Attributes:
        trace_id: 32 hex digits.
        session_id: pi's id of the session.
        run_id: id of the agent run, ``None`` outside of one.
        parent_span_id: the span, 16 hex digits, that whoever started this pi gave it; ``None`` if nobody did.
        sampled: the flag to send in ``traceparent``.
        tracestate: ``tracestate`` that came with the parent, untouched.
        baggage: ``baggage`` that came with the parent, untouched.
        parent_session_id: pi's id of the session that this one was forked from, or whose tool started this pi.
        links: traces this one has to do with.
    """

    trace_id: str
    session_id: str
    run_id: str | None = None
    parent_span_id: str | None = None
    sampled: bool = True
    tracestate: str | None = None
    baggage: str | None = None
    parent_session_id: str | None = None
    links: tuple[Link, ...] = ()


@lru_cache(maxsize=64)  # the same few are wanted again for every request
def uuid5(name: str) -> str:
    """Return the version 5 UUID of ``name`` in the namespace that Opper uses."""
    import uuid  # noqa: PLC0415  # as hashlib below

    # Made from bytes, as uuid.uuid5 can't take a lone surrogate, which the name of a file may hold.
    digest = _hash("sha1", uuid.UUID(OPPER_NAMESPACE).bytes + name.encode("utf-8", "surrogatepass"))
    return str(uuid.UUID(bytes=digest[:16], version=5))


def sha256(text: str) -> str:
    """Return the SHA-256 of ``text``: 64 hex digits."""
    return _hash("sha256", text.encode("utf-8", "surrogatepass")).hex()


@lru_cache(maxsize=64)
def derive_trace_id(key: str) -> str:
    """Return the trace id of ``key``, the same one on every machine and in every version: 32 hex digits."""
    return _digest(_TRACE_DOMAIN, key, 16)


def derive_span_id(trace_id: str, kind: str, key: str) -> str:
    """Return the id of a span that can be worked out again later: 16 hex digits.

    Args:
        trace_id: the trace it is in.
        kind: what it stands for: ``session``, ``run``, ``turn``, ``chat``, ``tool`` ...
        key: what tells it from the others of its kind in that trace.
    """
    return _digest(_SPAN_DOMAIN, f"{trace_id}\0{kind}\0{key}", 8)


def new_span_id() -> str:
    """Return a random span id: 16 hex digits, not all zero."""
    return _random(8)


def new_trace_id() -> str:
    """Return a random trace id: 32 hex digits, not all zero."""
    return _random(16)


def parse_traceparent(text: str) -> TraceParent | None:
    """Return what a W3C ``traceparent`` says, or ``None`` if it is not a valid one.

    A version newer than 00 is read as the standard wants it: the first four fields, whatever follows.
    """
    found = _TRACEPARENT.fullmatch(text.strip())
    if found is None:
        return None
    version, trace_id, span_id, flags, rest = found.groups()
    valid = version != "ff" and (version != "00" or rest is None) and int(trace_id, 16) and int(span_id, 16)
    return TraceParent(trace_id, span_id, bool(int(flags, 16) & 1)) if valid else None


def format_traceparent(trace_id: str, span_id: str, *, sampled: bool = True) -> str:
    """Return the W3C ``traceparent`` of a span."""
    return f"00-{trace_id}-{span_id}-{'01' if sampled else '00'}"


def read_environment(environ: Mapping[str, str]) -> tuple[TraceParent | None, str | None, str | None]:
    """Return parent, tracestate and baggage that ``TRACEPARENT``, ``TRACESTATE`` and ``BAGGAGE`` carry.

    What is not valid counts as absent; the state is worth nothing without its parent.
    """
    parent = parse_traceparent(environ.get("TRACEPARENT", ""))
    state = _visible(environ.get("TRACESTATE", ""), _TRACESTATE)
    baggage = _visible(environ.get("BAGGAGE", ""), _BAGGAGE)
    if parent is None or (state is not None and state.count(",") >= _MEMBERS):
        state = None
    return parent, state, baggage


def write_environment(identity: Identity, span_id: str) -> dict[str, str | None]:
    """Return the variables by which a process started now becomes a child of the span; ``None`` means to be unset."""
    return {
        "TRACEPARENT": format_traceparent(identity.trace_id, span_id, sampled=identity.sampled),
        "TRACESTATE": identity.tracestate,
        "BAGGAGE": identity.baggage,
    }


def _digest(domain: bytes, key: str, size: int) -> str:
    digest = _hash("sha256", domain + key.encode("utf-8", "surrogatepass"))
    while not any(digest[:size]):  # an id of zeros is none
        digest = digest[size:]
    return digest[:size].hex()


def _hash(algorithm: Literal["sha1", "sha256"], data: bytes) -> bytes:
    import hashlib  # noqa: PLC0415  # 4 ms, and a pi without rules or spans never derives anything

    make = hashlib.sha256 if algorithm == "sha256" else hashlib.sha1
    return make(data, usedforsecurity=False).digest()


def _random(size: int) -> str:
    while not any(raw := os.urandom(size)):
        pass
    return raw.hex()


def _visible(text: str, limit: int) -> str | None:
    text = text.strip()
    return text if len(text) <= limit and _VISIBLE.fullmatch(text) else None
