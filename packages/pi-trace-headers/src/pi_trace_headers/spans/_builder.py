"""From what happens to spans: a state machine without clock, ids or side effects of its own.

It is told of everything through ``feed`` and gives back the spans that are finished by it. Whatever is missing, doubled
or out of order, the spans form trees: each parent is in the same trace, ids occur once, nothing ends before it begins.

pi 0.74.2 tells of a request before the run and the turn that it belongs to have begun, so a call of a model finds its
turn when the answer is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pi_trace_headers.spans import _names as n
from pi_trace_headers.spans import _signals as s
from pi_trace_headers.spans._attributes import (
    answer_attributes,
    error_type,
    model_attributes,
    span_name,
    usage_attributes,
    without_blanks,
)
from pi_trace_headers.spans._model import Span, SpanEvent
from pi_trace_headers.spans._open import Ledger, OpenRun, OpenSpan

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_trace_headers.spans._model import Attributes

__all__ = ["Builder"]

_NS_PER_S: Final = 1e9


class Builder:
    """Builds the spans of one session.

    Args:
        session_id: pi's id of the session.
        version: version of pi, if known.
        settles: whether this pi tells when a run has settled; one that does not (0.74.2) may go on after a failure.

    Attributes:
        session_id: pi's id of the session.
    """

    def __init__(self, session_id: str, *, version: str = "", settles: bool = True) -> None:
        self.session_id = session_id
        self._ledger = Ledger(session_id)
        self._version = version
        self._settles = settles
        self._run: OpenRun | None = None
        self._turn: OpenSpan | None = None
        #: Calls that have begun. pi makes one after the other, but 0.74.2 tells of the next before the end of this one.
        self._calls: list[OpenSpan] = []
        self._summary: OpenSpan | None = None
        self._tools: dict[str, OpenSpan] = {}
        self._heard: list[str] = []
        self._instructions = ""
        self._handlers: dict[type, Callable[[Any], None]] = {
            s.SessionBegan: self._session_began,
            s.RunAnnounced: self._run_announced,
            s.RunBegan: self._run_began,
            s.RunEnded: self._run_ended,
            s.RunSettled: self._run_settled,
            s.TurnBegan: self._turn_began,
            s.TurnEnded: self._turn_ended,
            s.RequestBegan: self._request_began,
            s.ResponseBegan: self._response_began,
            s.FirstToken: self._first_token,
            s.Heard: self._heard_message,
            s.Answered: self._answered,
            s.ToolBegan: self._tool_began,
            s.ToolEnded: self._tool_ended,
            s.SummaryBegan: self._summary_began,
            s.SummaryEnded: self._summary_ended,
            s.Spent: self._spent,
            s.SessionEnded: self._session_ended,
        }

    def feed(self, signal: s.Signal) -> list[Span]:
        """Take note of what happened and return the spans that are finished now, children before parents."""
        self._handlers[type(signal)](signal)
        done, self._ledger.done = self._ledger.done, []
        return done

    @property
    def busy(self) -> bool:
        """Whether a run goes on."""
        return self._run is not None and self._run.ended is None

    def tool_span_id(self, call_id: str) -> str | None:
        """Return the id of the span of a tool that runs, 16 hex digits, or ``None`` if it does not run."""
        tool = self._tools.get(call_id)
        return self._ledger.settle(tool) if tool is not None else None

    def _session_began(self, signal: s.SessionBegan) -> None:
        session = self._ledger.session
        if session is not None:
            return  # pi says it twice
        self._ledger.identity = signal.identity
        self._ledger.session = self._ledger.begin("session", n.PI_SESSION, signal.at, self.session_id)

    def _session_ended(self, signal: s.SessionEnded) -> None:
        self._abandon(signal.at)
        session = self._ledger.session
        # It takes as long as something happens in it: how long pi then stays open says nothing, and no file tells.
        if session is not None and session.span_id:
            session.start = min(session.start, signal.began or session.start)
            session.attributes = self._agent()
            self._ledger.finish(session, session.latest)
        self._ledger.session = None

    def _agent(self) -> Attributes:
        version: Attributes = {n.AGENT_VERSION: self._version} if self._version else {}
        return {n.AGENT_NAME: "pi", **version}

    def _run_announced(self, signal: s.RunAnnounced) -> None:
        self._abandon(signal.at)

    def _run_began(self, signal: s.RunBegan) -> None:
        run = self._run
        if run is None:
            self._end_summary()
            self._end_turn(signal.at)
            if self._settles:
                self._end_calls()
            self._ledger.identity = signal.identity
            self._run = OpenRun("run", span_name(n.INVOKE_AGENT, "pi"), signal.at, signal.at, signal.identity, "")
            return
        if run.ended is not None and run.failed:
            run.attempt += 1
            about = {n.PI_ATTEMPT: run.attempt, n.ERROR_TYPE: error_type("error", run.last.error)}
            run.events.append(SpanEvent(n.PI_RETRY, signal.at, without_blanks(about)))
        run.ended = None

    def _run_ended(self, signal: s.RunEnded) -> None:
        if self._run is None:
            return
        self._end_turn(signal.at)
        self._run.ended = signal.at
        if not self._settles and not self._run.failed:
            self._end_run(signal.at)

    def _run_settled(self, signal: s.RunSettled) -> None:
        if self._run is not None and signal.aborted:
            self._run.attributes[n.PI_ABORTED] = True
        self._end_run(self._run.ended or signal.at if self._run is not None else signal.at)

    def _turn_began(self, signal: s.TurnBegan) -> None:
        self._end_turn(signal.at)
        run = self._run
        index = run.turns if run is not None else 0
        key = str(index) if run is not None else f"@{signal.at}"
        self._turn = self._ledger.begin("turn", "pi.turn", signal.at, key, parent=run)
        self._turn.attributes[n.PI_TURN] = index
        if run is not None:
            run.turns += 1

    def _turn_ended(self, signal: s.TurnEnded) -> None:
        self._end_turn(signal.at)

    def _request_began(self, signal: s.RequestBegan) -> None:
        self._end_summary_calls(signal.at)
        if self._settles:
            self._end_calls()
        self._calls.append(self._call(signal))

    def _call(self, signal: s.RequestBegan) -> OpenSpan:
        self._ledger.identity = signal.identity
        if self._run is not None and signal.purpose == "chat" and not self._run.span_id:
            self._run.identity = signal.identity
        if self._turn is not None and signal.turn is not None and not self._turn.span_id:
            self._turn.key, self._turn.attributes[n.PI_TURN] = str(signal.turn), signal.turn
        chat = OpenSpan("chat", span_name(n.CHAT, signal.model.name), signal.at, signal.at, signal.identity, "")
        chat.kind = "client"
        chat.key = f"{self.session_id}/{signal.leaf_id or f'@{signal.at}'}/0"
        chat.span_id = self._ledger.claim(chat, signal.span_id) if signal.span_id else ""
        chat.attributes = {n.OPERATION: n.CHAT, n.REQUEST_STREAM: True, **model_attributes(signal.model)}
        if signal.attempt > 1:
            chat.attributes[n.PI_ATTEMPT] = signal.attempt
        if signal.purpose != "chat":
            chat.attributes[n.PI_PURPOSE] = signal.purpose
            chat.parent = self._summary
        return chat

    def _response_began(self, signal: s.ResponseBegan) -> None:
        if self._calls:
            chat = self._calls[-1]
            chat.seen = max(chat.seen, signal.at)
            chat.attributes[n.HTTP_STATUS] = signal.status
            chat.attributes.update({n.PI_RESPONSE_ID + name: value for name, value in signal.ids.items()})

    def _first_token(self, signal: s.FirstToken) -> None:
        chat = self._calls[0] if self._calls else None
        if chat is not None and n.FIRST_CHUNK not in chat.attributes:
            chat.seen = max(chat.seen, signal.at)
            chat.attributes[n.FIRST_CHUNK] = (chat.seen - chat.start) / _NS_PER_S

    def _heard_message(self, signal: s.Heard) -> None:
        if signal.system:
            self._instructions = signal.message
        else:
            self._heard.append(signal.message)

    def _answered(self, signal: s.Answered) -> None:
        answer = signal.answer
        if not self._calls or n.PI_PURPOSE in self._calls[0].attributes:
            self._end_calls()
            self._calls.append(self._call(signal.request))
        chat = self._calls.pop(0)
        chat.parent = self._turn or self._run or chat.parent
        chat.attributes.update(answer_attributes(answer))
        self._add_content(chat)
        kind = error_type(answer.stop_reason, answer.error)
        if kind is not None:
            chat.attributes[n.ERROR_TYPE] = kind
            chat.error = answer.error or ""
        if self._run is not None:
            self._run.last = answer
            self._run.usage += answer.usage
            self._run.attributes.update(model_attributes(answer.model))
        self._ledger.finish(chat, signal.at)

    def _add_content(self, chat: OpenSpan) -> None:
        if self._heard:
            chat.attributes[n.INPUT_MESSAGES] = f"[{','.join(self._heard)}]"
        if self._instructions:
            chat.attributes[n.INSTRUCTIONS] = self._instructions
        self._heard, self._instructions = [], ""

    def _tool_began(self, signal: s.ToolBegan) -> None:
        if signal.call_id in self._tools:
            return
        outer = self._tools.get(signal.parent_call_id or "")
        tool = self._ledger.begin("tool", span_name(n.EXECUTE_TOOL, signal.name), signal.at, signal.call_id)
        tool.parent = outer or self._turn or self._run
        tool.attributes |= without_blanks(
            {
                n.OPERATION: n.EXECUTE_TOOL,
                n.TOOL_NAME: signal.name,
                n.TOOL_CALL_ID: signal.call_id,
                n.TOOL_TYPE: "function",
                n.TOOL_ARGUMENTS: signal.arguments,
            }
        )
        self._tools[signal.call_id] = tool

    def _tool_ended(self, signal: s.ToolEnded) -> None:
        if signal.call_id not in self._tools:
            start = signal.at - (signal.duration or 0)
            self._tool_began(s.ToolBegan(start, call_id=signal.call_id, name=signal.name))
        tool = self._tools[signal.call_id]
        if signal.duration is not None:
            tool.start = max(tool.start, signal.at - signal.duration)
        if signal.result is not None:
            tool.attributes[n.TOOL_RESULT] = signal.result
        if signal.failed:
            tool.error = ""
            tool.attributes[n.ERROR_TYPE] = "tool_error"
        self._end_tools_of(tool, signal.at)
        del self._tools[signal.call_id]
        self._ledger.finish(tool, signal.at)

    def _summary_began(self, signal: s.SummaryBegan) -> None:
        self._end_summary()
        self._ledger.identity = signal.identity
        key = signal.leaf_id or f"@{signal.at}"
        # A run that has its answer is summed up afterwards: by pi itself, or when the user asks for it. One that failed
        # goes on if it was too long; a pi that does not settle may also be done with it.
        run = self._run
        if run is not None and run.ended is not None and not (run.failed and self._settles):
            run = None
        self._summary = self._ledger.begin(signal.kind, f"pi.{signal.kind}", signal.at, key, parent=run)
        self._summary.attributes |= model_attributes(signal.model)
        if signal.reason:
            self._summary.attributes[n.PI_REASON] = signal.reason

    def _summary_ended(self, signal: s.SummaryEnded) -> None:
        summary = self._summary
        if summary is None or summary.what != signal.kind:
            return
        self._end_summary_calls(signal.at)
        self._summary = None
        if signal.none and not summary.span_id:
            return
        about = {n.PI_TOKENS_BEFORE: signal.tokens_before, n.PI_BY_EXTENSION: signal.by_extension or None}
        summary.attributes |= without_blanks(about)
        if signal.failure is not None:
            summary.error = signal.failure
            summary.attributes[n.ERROR_TYPE] = error_type("error", signal.failure) or n.OTHER_ERROR
        if signal.usage is not None:
            summary.attributes |= usage_attributes(signal.usage)
            if summary.parent is not None and self._run is not None:
                self._run.usage += signal.usage
        self._ledger.finish(summary, signal.at)

    def _spent(self, signal: s.Spent) -> None:
        call = s.RequestBegan(
            signal.at,
            identity=signal.identity,
            model=signal.model,
            purpose=signal.purpose or "other",
            leaf_id=signal.leaf_id,
        )
        chat = self._call(call)
        chat.parent = self._run
        chat.attributes |= usage_attributes(signal.usage)
        self._ledger.finish(chat, signal.at)

    def _abandon(self, at: int) -> None:
        """End everything, whether or not it came to its end."""
        if self._run is not None and self._run.ended is None:
            self._run.attributes[n.PI_INCOMPLETE] = True
        self._end_calls()
        self._end_summary()
        self._end_run(self._run.ended or at if self._run is not None else at)

    def _end_calls(self) -> None:
        """End calls whose end nobody will tell about any more when they were last heard of."""
        calls, self._calls = self._calls, []
        for chat in calls:
            chat.attributes[n.PI_INCOMPLETE] = True
            chat.parent = chat.parent or self._turn or self._run
            self._ledger.finish(chat, chat.seen)

    def _end_summary_calls(self, at: int) -> None:
        """End the call for a summary: the next one begins, or the summary is there."""
        for chat in [chat for chat in self._calls if self._summary is not None and chat.parent is self._summary]:
            self._calls.remove(chat)
            self._ledger.finish(chat, at)

    def _end_tools_of(self, outer: OpenSpan | None, at: int) -> None:
        for call_id, tool in [item for item in self._tools.items() if outer is None or item[1].parent is outer]:
            if call_id in self._tools:
                self._end_tools_of(tool, at)
                del self._tools[call_id]
                tool.attributes[n.PI_INCOMPLETE] = True
                self._ledger.finish(tool, at)

    def _end_turn(self, at: int) -> None:
        self._end_tools_of(None, at)
        if self._turn is not None:
            turn, self._turn = self._turn, None
            self._ledger.finish(turn, at)

    def _end_summary(self) -> None:
        """End a summary that was called off, if anything was done for it."""
        summary, self._summary = self._summary, None
        if summary is not None and any(chat.parent is summary for chat in self._calls):
            summary.seen = max(summary.seen, *(chat.seen for chat in self._calls))
            self._end_calls()
        if summary is not None and summary.span_id:
            summary.attributes[n.PI_INCOMPLETE] = True
            self._ledger.finish(summary, summary.seen)

    def _end_run(self, at: int) -> None:
        self._end_turn(at)
        run, self._run = self._run, None
        if run is None:
            return
        if self._summary is not None and self._summary.parent is run:
            self._end_summary()
        run.attributes |= {n.OPERATION: n.INVOKE_AGENT, n.PI_TURNS: run.turns, **self._agent()}
        if run.usage:
            run.attributes |= usage_attributes(run.usage)
        kind = error_type(run.last.stop_reason, run.last.error)
        if kind == "aborted":
            run.attributes[n.PI_ABORTED] = True
        elif kind is not None:
            run.attributes[n.ERROR_TYPE] = kind
            run.error = run.last.error or ""
        self._ledger.finish(run, at)
