"""Spans that are not finished yet, and what it takes to finish them: ids, a parent in the same trace, sane times."""

from __future__ import annotations

import msgspec

from pi_trace_headers._identity import Identity, derive_span_id, derive_trace_id
from pi_trace_headers.spans import _names as n
from pi_trace_headers.spans._facts import Answer, ModelFacts, Usage
from pi_trace_headers.spans._model import Attributes, Kind, Span, SpanEvent, SpanLink

__all__ = ["Ledger", "OpenRun", "OpenSpan"]


class OpenSpan(msgspec.Struct, eq=False):
    """A span that is not finished.

    ``what`` and ``key`` make its id, unless it came with one; ``seen`` is when it was last heard of, ``latest`` the end
    of what is part of it.
    """

    what: str
    name: str
    start: int
    seen: int
    identity: Identity
    key: str
    parent: OpenSpan | None = None
    kind: Kind = "internal"
    span_id: str = ""
    attributes: Attributes = {}
    events: list[SpanEvent] = []
    error: str | None = None
    latest: int = 0


class OpenRun(OpenSpan, eq=False):
    """A run of the agent, and what it comes to."""

    turns: int = 0
    attempt: int = 1
    usage: Usage = Usage()
    last: Answer = Answer(model=ModelFacts())
    ended: int | None = None

    @property
    def failed(self) -> bool:
        """Whether the last answer was an error, so that the run may go on with another attempt."""
        return self.last.stop_reason == "error"


class Ledger:
    """Begins and finishes the spans of one session.

    Attributes:
        identity: whom a span without a parent belongs to.
        session: the span of the session as a whole: the parent of all that has no other; ``None`` if it is not known.
        done: the spans finished so far; whoever takes them empties it.
    """

    def __init__(self, session_id: str) -> None:
        self.identity = Identity(derive_trace_id(session_id), session_id)
        self.session: OpenSpan | None = None
        self.done: list[Span] = []
        self._session_id = session_id
        self._used: set[str] = set()

    def begin(self, what: str, name: str, at: int, key: str, parent: OpenSpan | None = None) -> OpenSpan:
        """Begin a span.

        Args:
            what: what kind of thing it stands for; with ``key`` it makes the span's id.
            name: the span's name.
            at: when it begins, nanoseconds since 1970.
            key: what tells it from the others of its kind in this trace; a turn's only within its run.
            parent: what it is part of, if that is known by now.
        """
        return OpenSpan(what, name, at, at, self.identity, key, parent)

    def settle(self, span: OpenSpan) -> str:
        """Give a span its id and return it; from here on its trace is certain, too."""
        if not span.span_id:
            span.span_id = self.claim(span, derive_span_id(_identity_of(span).trace_id, span.what, _key(span)))
        return span.span_id

    def claim(self, span: OpenSpan, span_id: str) -> str:
        """Take ``span_id`` for a span, or another one if it is taken; return it."""
        # Some providers begin to number their tool calls anew with each answer.
        count = 0
        while span_id in self._used:
            count += 1
            span_id = derive_span_id(_identity_of(span).trace_id, span.what, f"{_key(span)}#{count}")
        self._used.add(span_id)
        return span_id

    def finish(self, span: OpenSpan, at: int) -> None:
        """End a span at ``at``, nanoseconds since 1970. What is part of it must have ended before."""
        identity = _identity_of(span)
        parent = span.parent or (self.session if span is not self.session else None)
        inside = parent is not None and _identity_of(parent).trace_id == identity.trace_id
        about = {n.SESSION: self._session_id, n.CONVERSATION: self._session_id}
        end = max(span.start, at, span.latest)
        if parent is not None and (inside or parent is self.session):
            # Times come from two processes, and from files: nothing sticks out of what it is part of.
            parent.start = min(parent.start, span.start)
            parent.latest = max(parent.latest, end)
        self.done.append(
            Span(
                name=span.name,
                kind=span.kind,
                trace_id=identity.trace_id,
                span_id=self.settle(span),
                parent_id=self.settle(parent) if parent is not None and inside else identity.parent_span_id,
                start=span.start,
                end=end,
                attributes=span.attributes | about,
                events=tuple(span.events),
                links=() if inside else self._links(parent, identity),
                error=span.error,
                sampled=identity.sampled,
            )
        )

    def _links(self, parent: OpenSpan | None, identity: Identity) -> tuple[SpanLink, ...]:
        if parent is None:
            return tuple(_link(link.trace_id, link.span_id, link.kind, link.session_id) for link in identity.links)
        # What it is part of is in another trace: with a trace for each run, only that of the session stands for it all.
        return (_link(_identity_of(parent).trace_id, self.settle(parent), parent.what, self._session_id),)


def _identity_of(span: OpenSpan) -> Identity:
    # A model call's trace is the one on the wire; everything else follows what it is part of.
    if span.what == "chat" or span.parent is None:
        return span.identity
    return _identity_of(span.parent)


def _key(span: OpenSpan) -> str:
    if span.what == "run":
        return span.identity.run_id or f"@{span.start}"
    if span.what == "turn" and span.parent is not None:
        return f"{_key(span.parent)}/{span.key}"
    return span.key


def _link(trace_id: str, span_id: str, kind: str, session_id: str) -> SpanLink:
    return SpanLink(trace_id, span_id, {n.PI_LINK: kind, n.SESSION: session_id})
