"""From a stored session to the signals that a running pi would have given, and so to the same spans.

What a file does not say is filled in: a run begins with its prompt, a turn with its request, a tool without a duration
with the call. A prompt that was given while the run still worked belongs to that run. How long a summary took is not
stored, so it takes no time.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pi_trace_headers._errors import TraceError
from pi_trace_headers._identity import Identity, Link, derive_span_id, derive_trace_id
from pi_trace_headers._lineage import instant, session_id_in
from pi_trace_headers.spans import _content as content
from pi_trace_headers.spans import _signals as s
from pi_trace_headers.spans._builder import Builder
from pi_trace_headers.spans._facts import ModelFacts, answer_of, usage_of
from pi_trace_headers.spans._redact import redactor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pi_host.sessionfile import Entry, Header
    from pi_trace_headers.spans._model import Span

__all__ = ["Replay", "spans_of"]

_NS_PER_MS: Final = 1_000_000
_NS_PER_S: Final = 1_000_000_000

#: How much later than it came an answer may be written; pi 0.74.2 waits for extensions before it writes.
_LATE: Final = 50 * _NS_PER_MS

#: Reasons after which the agent goes on by itself.
_GOES_ON: Final = frozenset({"toolUse", ""})

#: Reasons after which only a new prompt is answered, or pi tries again without one.
_OVER: Final = frozenset({"aborted", "error"})


def spans_of(path: Path, *, by_run: bool = False, with_content: bool = False) -> list[Span]:
    """Return the spans of a session file, children before parents.

    Args:
        path: the file.
        by_run: whether each run is a trace of its own, in place of the whole session.
        with_content: whether the spans carry what was said, with what looks like a secret taken out.

    Raises:
        TraceError: it is no session file.
    """
    from pi_host.sessionfile import Session  # noqa: PLC0415  # the library is for commands, not for pi's process

    try:
        session = Session.read(path)
    except OSError as error:
        raise TraceError(f"{str(path)!r} can't be read: {error.strerror}; name a session file of pi") from error
    if session.header is None:
        raise TraceError(f"{str(path)!r} is no session file of pi: it has no header")
    replay = Replay(session.header, by_run=by_run, with_content=with_content, redact=redactor())
    return replay.run(session.entries)


class Replay:
    """Plays one session to a builder.

    Args:
        header: the session's header.
        by_run: whether each run is a trace of its own.
        with_content: whether the spans carry what was said.
        redact: takes secrets out of text.
    """

    def __init__(self, header: Header, *, by_run: bool, with_content: bool, redact: Callable[[str], str]) -> None:
        self._header = header
        self._by_run = by_run
        self._content = with_content
        self._redact = redact
        self._links = _links(header.parent_session)
        self._builder = Builder(header.id)
        self._spans: list[Span] = []
        self._model = ModelFacts()
        #: When the last thing of the run happened; ``None`` outside of a run.
        self._last: int | None = None
        self._reason = ""
        self._prompt: int | None = None
        self._run_id = ""
        self._turn = -1
        self._attempt = 1

    def run(self, entries: list[Entry]) -> list[Span]:
        """Play all entries, in the order in which they were written, and return the spans."""
        own = [entry for entry in entries if not self._is_inherited(entry)]
        began = instant(self._header.timestamp) or next(filter(None, map(_written, own)), 0)
        self._feed(s.SessionBegan(began, self._identity()))
        for number, entry in enumerate(own, 1):
            self._play(entry, own[number] if number < len(own) else None)
        self._leave()
        self._feed(s.SessionEnded(began))
        return self._spans

    def _is_inherited(self, entry: Entry) -> bool:
        # A fork begins with a copy of what came before; that is in the trace of the other session.
        return self._header.parent_session is not None and entry.timestamp < self._header.timestamp

    def _play(self, entry: Entry, following: Entry | None) -> None:
        fields = entry.fields
        at = _written(entry) or self._last or 0
        message = fields.get("message")
        if entry.type == "message" and isinstance(message, dict):
            self._play_message(entry, message, at)
        elif entry.type == "custom_message":
            self._hear({**fields, "role": "custom"}, at)
        elif entry.type == "model_change":
            self._model = ModelFacts(str(fields.get("provider", "")), str(fields.get("modelId", "")))
        elif entry.type == "usage":
            self._spend(entry, fields, at)
        elif entry.type in {"compaction", "branch_summary"}:
            if following is None or following.role != "assistant":
                self._leave()
            self._sum_up(entry, fields, at)

    def _play_message(self, entry: Entry, message: dict[str, Any], at: int) -> None:
        if entry.role == "assistant":
            self._answer(entry, message, at)
        elif entry.role == "toolResult":
            self._result(message, at)
        else:
            self._hear(message, at)

    def _hear(self, message: dict[str, Any], at: int) -> None:
        given = _milliseconds(message.get("timestamp")) or at
        # What was queued while the run worked is part of it, but nothing queued outlives a failure or an abort.
        if self._last is not None and (given >= self._last - _LATE or self._reason in _OVER):
            self._leave()
        if self._prompt is None:
            self._prompt = given
        if self._content:
            system = message.get("role") == "system"
            text = (content.instructions if system else content.heard)(message, self._redact)
            self._feed(s.Heard(at, text, system))

    def _answer(self, entry: Entry, message: dict[str, Any], at: int) -> None:
        output = content.said(message, self._redact) if self._content else None
        answer = answer_of(message, self._redact, output)
        began = min(answer.began or at, at)
        if self._last is None:
            self._run_id = entry.parent_id or entry.id or ""
            self._feed(s.RunBegan(min(self._prompt or began, began), self._identity()))
        elif self._reason == "error":
            self._feed(s.RunEnded(self._last))
            self._feed(s.RunBegan(began, self._identity()))
        again = self._reason == "error"
        self._attempt = self._attempt + 1 if again else 1
        self._turn += 0 if again else 1
        self._feed(s.TurnBegan(min(self._prompt or began, began) if self._last is None else began))
        self._model = answer.model
        request = s.RequestBegan(
            began,
            identity=self._identity(),
            model=answer.model,
            attempt=self._attempt,
            turn=self._turn,
            leaf_id=entry.parent_id or "",
        )
        self._feed(request)
        self._feed(s.Answered(at, answer=answer, request=request))
        for call_id, name, arguments in _calls(message):
            text = content.payload(arguments, self._redact) if self._content else None
            self._feed(s.ToolBegan(at, call_id=call_id, name=name, arguments=text))
        self._last, self._reason, self._prompt = at, answer.stop_reason, None

    def _result(self, message: dict[str, Any], at: int) -> None:
        ended = _milliseconds(message.get("timestamp")) or at
        duration = _milliseconds(message.get("durationMs"))
        self._play_nested(message.get("nestedCalls"), ended - (duration or 0))
        ended_signal = s.ToolEnded(
            ended,
            call_id=str(message.get("toolCallId", "")),
            name=str(message.get("toolName", "")),
            failed=message.get("isError") is True,
            duration=duration,
            result=content.payload(message, self._redact) if self._content else None,
        )
        self._feed(ended_signal)
        if self._content:
            self._feed(s.Heard(at, content.heard(message, self._redact)))
        if self._last is not None:
            self._last = max(self._last, at)

    def _play_nested(self, record: Any, began: int) -> None:
        """Play the calls that a tool made: how long each took is stored, but not when it was made."""
        calls = record.get("calls") if isinstance(record, dict) else None
        known = [call for call in calls or () if isinstance(call, dict) and isinstance(call.get("id"), str)]
        for call in known:
            text = content.payload(call.get("arguments"), self._redact) if self._content else None
            call_id, name = call["id"], str(call.get("name", ""))
            self._feed(
                s.ToolBegan(
                    began, call_id=call_id, name=name, parent_call_id=call_id.rpartition("/")[0], arguments=text
                )
            )
        for call in reversed(known):
            took = _milliseconds(call.get("durationMs"))
            if took is not None:
                failed = call.get("status") == "error"
                self._feed(s.ToolEnded(began + took, call_id=call["id"], name=str(call.get("name", "")), failed=failed))

    def _spend(self, entry: Entry, fields: dict[str, Any], at: int) -> None:
        spent = s.Spent(
            at,
            identity=self._identity(),
            model=ModelFacts(str(fields.get("provider", "")), str(fields.get("model", ""))),
            purpose=str(fields.get("kind", "")),
            usage=usage_of(fields.get("usage")),
            leaf_id=entry.id or "",
        )
        self._feed(spent)

    def _sum_up(self, entry: Entry, fields: dict[str, Any], at: int) -> None:
        kind: s.Summary = "compaction" if entry.type == "compaction" else "branch_summary"
        leaf = entry.parent_id if kind == "compaction" else fields.get("fromId")
        began = s.SummaryBegan(at, kind=kind, identity=self._identity(), model=self._model, leaf_id=str(leaf or ""))
        self._feed(began)
        before = fields.get("tokensBefore")
        ended = s.SummaryEnded(
            at,
            kind=kind,
            usage=usage_of(fields["usage"]) if "usage" in fields else None,
            tokens_before=before if isinstance(before, int) else None,
            by_extension=fields.get("fromHook") is True,
        )
        self._feed(ended)

    def _leave(self) -> None:
        """End the run: it came to its end, or pi did."""
        if self._last is not None:
            if self._reason in _GOES_ON:
                self._feed(s.RunAnnounced(self._last))
            else:
                self._feed(s.RunEnded(self._last))
                self._feed(s.RunSettled(self._last))
        self._last, self._reason, self._prompt, self._run_id, self._turn = None, "", None, "", -1

    def _identity(self) -> Identity:
        session = self._header.id
        key = f"{session}/{self._run_id}" if self._by_run and self._run_id else session
        return Identity(derive_trace_id(key), session, self._run_id or None, links=self._links)

    def _feed(self, signal: s.Signal) -> None:
        self._spans += self._builder.feed(signal)


def _calls(message: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    blocks = message.get("content")
    for block in blocks if isinstance(blocks, list) else ():
        match block:
            case {"type": "toolCall", "id": str(call_id), "name": str(name)}:
                yield call_id, name, block.get("arguments")


def _links(parent: str | None) -> tuple[Link, ...]:
    if parent is None:
        return ()
    # pi names files after the session's id, so the link is known even if the file is gone.
    session = session_id_in(parent) or Path(parent).stem.rpartition("_")[2]
    trace_id = derive_trace_id(session)
    return (Link(trace_id, derive_span_id(trace_id, "session", session), "fork", session),)


def _written(entry: Entry) -> int | None:
    return instant(entry.timestamp)


def _milliseconds(value: Any) -> int | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _NS_PER_S**2
    return int(value * _NS_PER_MS) if known else None
