"""The plugin ``trace-spans``: what happens in pi as OpenTelemetry spans. Off until ``enabled`` is set.

Every hook only takes notes, and pi waits for as few as possible: the companion module inside pi tells the rest. Hooks
are what must be over before pi goes on (a request's ids, a tool's environment), and what the plugin ``trace-headers``
has to see in the same order.
"""

from __future__ import annotations

from time import time_ns
from typing import TYPE_CHECKING, Any, Final

from pi_host import companion, hookimpl
from pi_trace_headers._state import has_header_event, state_of
from pi_trace_headers.spans import _signals as s
from pi_trace_headers.spans._facts import model_of, usage_of
from pi_trace_headers.spans._recorder import Recorder

if TYPE_CHECKING:
    from pi_host import Context
    from pi_host.events import (
        AgentSettledEvent,
        AgentStartEvent,
        BeforeProviderHeadersEvent,
        SessionBeforeCompactEvent,
        SessionCompactEvent,
        SessionCompactFailedEvent,
        SessionShutdownEvent,
        SessionStartEvent,
        SessionTreeEvent,
        ToolExecutionStartEvent,
    )

#: Without it in ``[plugins.trace-spans]`` this plugin has no hooks.
REQUIRES_OPTION: Final = "enabled"

_NS_PER_MS: Final = 1_000_000

_side = companion("../pi_side/watch.js")


class _Current:
    """The recorder of this process, made when the first event comes."""

    recorder: Recorder | None = None


def _recorder(ctx: Context) -> Recorder:
    if _Current.recorder is None:
        # Wrong options are told once and not with every event.
        _Current.recorder = Recorder({"enabled": False}, "")
        _Current.recorder = Recorder(ctx.options, ctx.pi_version)
    return _Current.recorder


def _tell(ctx: Context, signal: s.Signal) -> None:
    _recorder(ctx).feed(ctx, signal)


@hookimpl
def session_start(event: SessionStartEvent, ctx: Context) -> None:
    """Read the options and begin the session."""
    state_of(ctx).begin_session(event, ctx)
    _recorder(ctx).begin_session(ctx)
    _side.post(ctx, "content", _recorder(ctx).settings.content)


@hookimpl
async def session_shutdown(event: SessionShutdownEvent, ctx: Context) -> None:
    """End the session's spans."""
    await _recorder(ctx).end_session(last=event.reason in {"quit", "reload"})


@hookimpl
def agent_start(event: AgentStartEvent, ctx: Context) -> None:
    """Begin or continue a run."""
    state = state_of(ctx)
    state.begin_run(event)
    _tell(ctx, s.RunBegan(time_ns(), state.identity))


@hookimpl(trylast=True)
def agent_settled(event: AgentSettledEvent, ctx: Context) -> None:
    """The run is over."""
    state_of(ctx).end_run(event)
    _tell(ctx, s.RunSettled(time_ns(), bool(event.aborted)))


@hookimpl
def before_provider_headers(event: BeforeProviderHeadersEvent, ctx: Context) -> None:
    """Begin a model call, under the id that is on the wire."""
    at = time_ns()
    _recorder(ctx).request(ctx, state_of(ctx).begin_request(event, ctx), at, model_of(ctx.model))


@hookimpl
def tool_execution_start(event: ToolExecutionStartEvent, ctx: Context) -> None:
    """Begin a tool call; processes that it starts become its children."""
    recorder = _recorder(ctx)
    call_id = event.tool_call_id
    began = s.ToolBegan(
        time_ns(),
        call_id=call_id,
        name=event.tool_name,
        parent_call_id=event.parent_tool_call_id,
        arguments=recorder.payload(event.args),
    )
    recorder.feed(ctx, began)
    span_id = recorder.tool_span_id(call_id)
    if span_id is not None:
        ctx.post("pi.setEnv", variables=state_of(ctx).child_environment(span_id))


@_side.on("before_agent_start")
def prompt(data: dict[str, Any], ctx: Context) -> None:
    """A new run is coming. Before 0.80.4 pi does not tell that the old one is over."""
    if not has_header_event(ctx.pi_version):
        state_of(ctx).end_run(data)
    _tell(ctx, s.RunAnnounced(_at(data)))


@_side.on("agent_end")
def run_ended(data: dict[str, Any], ctx: Context) -> None:
    """The run is over, unless pi tries again."""
    _tell(ctx, s.RunEnded(_at(data)))


@_side.on("turn_start")
def turn_began(data: dict[str, Any], ctx: Context) -> None:
    """Begin a turn, and end the one before."""
    _tell(ctx, s.TurnBegan(_at(data)))


@_side.on("before_provider_request")
def request_began(data: dict[str, Any], ctx: Context) -> None:
    """As ``before_provider_headers``, for a pi without it."""
    request = state_of(ctx).begin_request(data, ctx)
    _recorder(ctx).request(ctx, request, _at(data), model_of(data["model"]))


@_side.on("after_provider_response")
def response_began(data: dict[str, Any], ctx: Context) -> None:
    """Note the status, and what the provider calls this request."""
    _tell(ctx, s.ResponseBegan(_at(data), data["status"], data["ids"]))


@_side.on("message_update")
def first_token(data: dict[str, Any], ctx: Context) -> None:
    """Note when the answer began."""
    _tell(ctx, s.FirstToken(_at(data)))


@_side.on("message_end")
def message_ended(data: dict[str, Any], ctx: Context) -> None:
    """End a model call, or note what the model will be told."""
    recorder = _recorder(ctx)
    if data["message"]["role"] == "assistant":
        if data["message"].get("stopReason") == "error":
            state_of(ctx).fail()
        recorder.answer(ctx, data["message"], _at(data), data["leaf"])
    else:
        recorder.hear(ctx, data["message"], _at(data))


@_side.on("tool_execution_end")
def tool_ended(data: dict[str, Any], ctx: Context) -> None:
    """End a tool call."""
    recorder = _recorder(ctx)
    duration = data.get("duration")
    ended = s.ToolEnded(
        _at(data),
        call_id=data["id"],
        name=data["name"],
        failed=data["failed"],
        duration=int(duration * _NS_PER_MS) if duration is not None else None,
        result=recorder.payload(data.get("result")),
    )
    recorder.feed(ctx, ended)


@hookimpl
def session_before_compact(event: SessionBeforeCompactEvent, ctx: Context) -> None:
    """Begin a compaction."""
    state_of(ctx).begin_compaction(event)
    _begin_summary(ctx, "compaction", event.reason or "")


@hookimpl(trylast=True)
def session_compact(event: SessionCompactEvent, ctx: Context) -> None:
    """End it."""
    state_of(ctx).end_compaction(event)
    entry = event.compaction_entry
    usage = usage_of(entry["usage"]) if "usage" in entry else None
    before = entry.get("tokensBefore")
    ended = s.SummaryEnded(
        time_ns(), kind="compaction", usage=usage, tokens_before=before, by_extension=event.from_extension
    )
    _tell(ctx, ended)


@hookimpl(trylast=True)
def session_compact_failed(event: SessionCompactFailedEvent, ctx: Context) -> None:
    """End it without a summary."""
    state_of(ctx).end_compaction(event)
    failure = "aborted" if event.aborted else event.error_message or ""
    _tell(ctx, s.SummaryEnded(time_ns(), kind="compaction", failure=failure))


@hookimpl
def session_before_tree(ctx: Context) -> None:
    """Begin to move in the tree; what is left behind may be summed up."""
    _begin_summary(ctx, "branch_summary", "")


@hookimpl
def session_tree(event: SessionTreeEvent, ctx: Context) -> None:
    """The move is done."""
    entry = event.summary_entry
    usage = usage_of(entry["usage"]) if entry is not None and "usage" in entry else None
    _tell(ctx, s.SummaryEnded(time_ns(), kind="branch_summary", usage=usage, none=entry is None))


def _begin_summary(ctx: Context, kind: s.Summary, reason: str) -> None:
    identity, leaf = state_of(ctx).identity, ctx.session.leaf_id or ""
    began = s.SummaryBegan(
        time_ns(), kind=kind, identity=identity, model=model_of(ctx.model), leaf_id=leaf, reason=reason
    )
    _tell(ctx, began)


def _at(data: dict[str, Any]) -> int:
    return int(data["at"] * _NS_PER_MS)
