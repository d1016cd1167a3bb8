"""Spans in the order in which people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from pi_trace_headers.spans import _names as n

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_trace_headers.spans._model import Span

__all__ = ["Row", "cost_of", "kind_of", "origin", "outcome", "printable", "rows_of", "session_of", "short", "tokens_of"]

_LONGEST_TOPIC: Final = 200


class Row(NamedTuple):
    """One line of a waterfall.

    Attributes:
        span: what it shows.
        depth: how deep it is nested, 0 at the top.
        top: the span at the top of this part of the tree; the line's scale.
        has_parts: whether lines below belong to it.
        topic: the prompt of a run, the arguments of a tool; empty if the spans carry no content.
    """

    span: Span
    depth: int
    top: Span
    has_parts: bool
    topic: str


def rows_of(spans: Iterable[Span]) -> list[Row]:
    """Return spans as lines: parents before children, earlier ones before later ones.

    That of the session is no line: it is what all of them are about.
    """
    known = {span.span_id: span for span in spans if kind_of(span) != "session"}
    parts: dict[str | None, list[Span]] = {}
    for span in known.values():
        parts.setdefault(span.parent_id if span.parent_id in known else None, []).append(span)
    for siblings in parts.values():
        siblings.sort(key=lambda span: (span.start, span.end))
    rows: list[Row] = []
    waiting = [(span, 0, span) for span in reversed(parts.get(None, []))]
    while waiting:
        span, depth, top = waiting.pop()
        below = parts.get(span.span_id, [])
        rows.append(Row(span, depth, top, bool(below), _topic(span, parts)))
        waiting += [(part, depth + 1, top) for part in reversed(below)]
    return rows


def session_of(spans: Iterable[Span]) -> Span | None:
    """Return the span of the session as a whole; ``None`` if nothing happened in it."""
    return next((span for span in spans if kind_of(span) == "session"), None)


def origin(session: Span) -> str:
    """Return pi's id of the session that this one was forked from; empty for none."""
    return next((printable(str(link.attributes.get(n.SESSION, ""))) for link in session.links), "")


def kind_of(span: Span) -> str:
    """Return what a span is: ``session``, ``run``, ``turn``, ``chat``, ``tool`` or ``summary``."""
    if span.name == n.PI_SESSION:
        return "session"
    operation = span.attributes.get(n.OPERATION)
    known = {n.INVOKE_AGENT: "run", n.CHAT: "chat", n.EXECUTE_TOOL: "tool"}
    return known.get(str(operation), "turn" if n.PI_TURN in span.attributes else "summary")


def short(span: Span) -> str:
    """Return a span's name as it is shown: without what its kind says already, and safe for a terminal."""
    kind = kind_of(span)
    if kind == "run":
        name = "run"
    elif kind == "turn":
        name = f"turn {int(str(span.attributes[n.PI_TURN])) + 1}"
    elif kind == "summary":
        name = span.name.removeprefix("pi.").replace("_", " ")
    else:
        name = span.name.partition(" ")[2] or span.name
    return printable(name)


def printable(text: str) -> str:
    """Return ``text`` without anything that a terminal would obey."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def outcome(span: Span) -> str:
    """Return how a span failed in a word, or ``stopped`` or ``incomplete``; empty if all went well."""
    if span.error is not None:
        kind = str(span.attributes.get(n.ERROR_TYPE, ""))
        return kind if kind not in {"", n.OTHER_ERROR} else "failed"
    if n.PI_ABORTED in span.attributes:
        return "stopped"
    return "incomplete" if n.PI_INCOMPLETE in span.attributes else ""


def tokens_of(span: Span) -> tuple[int, int, int]:
    """Return the tokens of a span: sent, those of them from the cache, received."""
    names = (n.INPUT_TOKENS, n.CACHE_READ_TOKENS, n.OUTPUT_TOKENS)
    sent, cached, received = (int(str(span.attributes.get(name, 0))) for name in names)
    return sent, cached, received


def cost_of(span: Span) -> float | None:
    """Return what a span cost in dollars, if that is known."""
    cost = span.attributes.get(n.PI_COST)
    return float(str(cost)) if cost is not None else None


def _topic(span: Span, parts: dict[str | None, list[Span]]) -> str:
    if kind_of(span) == "tool":
        arguments = _decoded(span.attributes.get(n.TOOL_ARGUMENTS))
        values = arguments.values() if isinstance(arguments, dict) else ()
        return _one_line(next((value for value in values if isinstance(value, str)), ""))
    if kind_of(span) == "run":
        calls = (call for turn in parts.get(span.span_id, []) for call in parts.get(turn.span_id, []))
        messages = next((_decoded(call.attributes.get(n.INPUT_MESSAGES)) for call in calls), None)
        users = [message for message in messages or () if message["role"] == "user"]
        return _one_line(" ".join(str(part.get("content", "")) for part in users[0]["parts"])) if users else ""
    return ""


def _decoded(text: object) -> Any:
    try:
        return msgspec.json.decode(text) if isinstance(text, str) else None
    except msgspec.DecodeError:  # it was cut to a bearable length
        return None


def _one_line(text: str) -> str:
    return printable(" ".join(text[:_LONGEST_TOPIC].split()))
