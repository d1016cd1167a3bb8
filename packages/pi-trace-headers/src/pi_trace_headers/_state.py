"""What is known of each session while it runs: its identity, the run, and the model request in flight.

The plugins ``trace-headers`` and ``trace-spans`` share it, so that the span of a model call has the id that was on the
wire. Both tell it what happens; what it is told twice about one event counts once.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec

from pi_trace_headers._identity import (
    Identity,
    Link,
    derive_span_id,
    derive_trace_id,
    new_span_id,
    read_environment,
    write_environment,
)
from pi_trace_headers._lineage import parent_session
from pi_trace_headers._versions import at_least

if TYPE_CHECKING:
    from pi_host import Context

__all__ = ["Mode", "Purpose", "Request", "TraceState", "has_header_event", "state_of", "use_mode"]

#: What one trace is: a session, or one run of the agent.
Mode: TypeAlias = Literal["session", "run"]

#: Why the model is asked: the conversation, a summary for a compaction, or something else that pi wants to know.
Purpose: TypeAlias = Literal["chat", "compaction", "other"]

#: As many sessions as anybody leaves and comes back to; older ones can be worked out again.
_KEPT: Final = 64


class Request(msgspec.Struct, frozen=True):
    """One request to a model.

    Attributes:
        identity: whom it belongs to.
        span_id: its span, 16 hex digits, as on the wire.
        number: counts the requests of this session in this process from 1.
        attempt: 1, or more when pi tries again by itself.
        turn: number of the turn in its run from 0; ``None`` outside of the conversation.
        purpose: why it is made.
        leaf_id: id of the session entry that it answers; ``None`` if there is none, or no way to know.
    """

    identity: Identity
    span_id: str
    number: int
    attempt: int
    turn: int | None
    purpose: Purpose
    leaf_id: str | None

    @property
    def parent_span_id(self) -> str:
        """The span that it is part of: turn, compaction, run or session; 16 hex digits."""
        trace_id, run_id = self.identity.trace_id, self.identity.run_id
        if self.purpose == "compaction" and self.leaf_id is not None:
            return derive_span_id(trace_id, "compaction", self.leaf_id)
        if run_id is None:
            return derive_span_id(trace_id, "session", self.identity.session_id)
        if self.turn is None:
            return derive_span_id(trace_id, "run", run_id)
        again = f"#{self.attempt - 1}" if self.attempt > 1 else ""  # as spans tell apart what has one key
        return derive_span_id(trace_id, "turn", f"{run_id}/{self.turn}{again}")


class TraceState:
    """One session as it runs; get it from ``state_of``.

    Attributes:
        session_id: pi's id of the session.
        request: the request begun last.
    """

    def __init__(self, session_id: str, mode: Mode) -> None:
        self.session_id = session_id
        self.request: Request | None = None
        self._mode = mode
        self._parent, self._tracestate, self._baggage = read_environment(os.environ)
        self._known: Identity | None = None
        self._forked_from: str | None = None
        self._told: list[object] = []
        self._in_run = False
        self._run_id: str | None = None
        self._attempt = 1
        self._failed = False
        self._again = False
        self._turn = -1
        self._compacting = False
        self._number = 0
        self._at: tuple[str, int] = ("", 0)
        self._unclaimed = False

    @property
    def identity(self) -> Identity:
        """Whom a request made now would belong to."""
        run_id = self._run_id if self._in_run else None
        if self._known is None or self._known.run_id != run_id:
            self._known = self._identity(run_id)
        return self._known

    @property
    def root_span_id(self) -> str:
        """The span of the session as a whole, 16 hex digits."""
        return derive_span_id(self._identity(None).trace_id, "session", self.session_id)

    def child_environment(self, span_id: str) -> dict[str, str | None]:
        """Return the variables that make a process started now a child of the span, for ``ctx.pi.set_env``."""
        return write_environment(self.identity, span_id)

    def begin_session(self, event: Any, ctx: Context) -> None:
        """Take note of ``session_start``; pi may send it twice."""
        if self._knows(event):
            return
        self._forked_from = parent_session(event, ctx)
        self._known = None
        self._in_run = self._compacting = False

    def begin_run(self, event: object) -> None:
        """Take note of ``agent_start``: a run begins, or goes on: after a failure, or with what was queued."""
        if self._knows(event):
            return
        self._compacting = False
        self._again = self._in_run and self._failed
        self._failed = False
        if not self._in_run:
            self._in_run, self._run_id, self._attempt, self._turn = True, None, 1, -1

    def fail(self) -> None:
        """Take note that the answer to the last request was an error: if the run goes on, it is another attempt."""
        self._failed = True

    def end_run(self, event: object) -> None:
        """Take note of ``agent_settled``: nothing of the run is left to do."""
        if not self._knows(event):
            self._in_run = False

    def begin_compaction(self, event: object) -> None:
        """Take note of ``session_before_compact``."""
        if not self._knows(event):
            self._compacting = True

    def end_compaction(self, event: object) -> None:
        """Take note of ``session_compact`` or ``session_compact_failed``."""
        if not self._knows(event):
            self._compacting = False

    def begin_request(self, event: object | None, ctx: Context) -> Request:
        """Return the request that pi is about to make.

        Args:
            event: the event that tells of it, the same object for all plugins; whoever asks first makes the ids.
                ``None`` where pi has no such event: whoever hears of the request next, by any event, gets this one.
            ctx: pi at this moment.
        """
        known = event is not None and self._knows(event)
        if self.request is not None and (known or (self._unclaimed and event is not None)):
            self._unclaimed = False
            return self.request
        self._unclaimed = event is None
        leaf = ctx.session.leaf_id if has_header_event(ctx.pi_version) else None
        self.request = self._next(leaf)
        return self.request

    def _identity(self, run_id: str | None) -> Identity:
        parent = self._parent
        by_run = self._mode == "run" and run_id is not None
        own = derive_trace_id(f"{self.session_id}/{run_id}" if by_run else self.session_id)
        return Identity(
            trace_id=parent.trace_id if parent is not None else own,
            session_id=self.session_id,
            run_id=run_id,
            parent_span_id=parent.span_id if parent is not None else None,
            sampled=parent.sampled if parent is not None else True,
            tracestate=self._tracestate,
            baggage=self._baggage,
            parent_session_id=self._forked_from or os.environ.get("PI_SESSION_ID") or None,
            links=self._links(),
        )

    def _next(self, leaf: str | None) -> Request:
        self._number += 1
        purpose: Purpose = "compaction" if self._compacting else "chat" if self._in_run else "other"
        attempt = 1
        if purpose == "chat":
            attempt = self._attempt = self._attempt + 1 if self._again else 1
            self._turn += 0 if self._again and self._turn >= 0 else 1
            self._again = self._failed = False
            self._run_id = self._run_id or leaf or new_span_id()
        identity = self.identity
        return Request(
            identity=identity,
            span_id=self._span_id(identity.trace_id, leaf),
            number=self._number,
            attempt=attempt,
            turn=self._turn if purpose == "chat" else None,
            purpose=purpose,
            leaf_id=leaf,
        )

    def _span_id(self, trace_id: str, leaf: str | None) -> str:
        if leaf is None:
            return new_span_id()
        before, count = self._at
        self._at = (leaf, count + 1 if before == leaf else 0)
        return derive_span_id(trace_id, "chat", f"{self.session_id}/{leaf}/{self._at[1]}")

    def _links(self) -> tuple[Link, ...]:
        if self._forked_from is None:
            return ()
        trace_id = derive_trace_id(self._forked_from)
        span_id = derive_span_id(trace_id, "session", self._forked_from)
        return (Link(trace_id, span_id, "fork", self._forked_from),)

    def _knows(self, event: object) -> bool:
        if any(event is told for told in self._told):
            return True
        self._told = [event, *self._told[:3]]  # compared as objects, so they must be kept
        return False


_states: dict[str, TraceState] = {}
_mode: Mode = "session"


def use_mode(mode: Mode) -> None:
    """Choose what one trace is, before the first session is told of."""
    global _mode  # noqa: PLW0603  # one process, one pi, one choice; both plugins read it
    _mode = mode


def state_of(ctx: Context) -> TraceState:
    """Return the state of the session that ``ctx`` belongs to."""
    session_id = ctx.session.id
    if session_id not in _states:
        if len(_states) >= _KEPT:
            del _states[next(iter(_states))]
        _states[session_id] = TraceState(session_id, _mode)
    return _states[session_id]


def has_header_event(pi_version: str) -> bool:
    """Return whether this pi tells of each request in ``before_provider_headers``."""
    return at_least(pi_version, 0, 80, 4)
