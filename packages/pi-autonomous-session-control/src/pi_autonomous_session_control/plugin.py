"""The plugin `self`: a mirror for the agent, with memory, loop detection and traps.

Options in ``[plugins.self]`` of ``pi-host.toml``:

- ``warn_after = 4``: tell the agent when something has repeated so often; 0, the default, is never.
- ``help_command = ["notify-send", "pi"]``: program to run when the agent asks for help, with JSON on its standard
  input.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any, Literal
from weakref import WeakKeyDictionary

from msgspec import Meta

from pi_autonomous_session_control._desk import Desk, now_ms
from pi_host import Block, Context, ToolContext, ToolResult, command, hookimpl, tool

if TYPE_CHECKING:
    from pi_host.events import (
        BeforeAgentStartEvent,
        SessionStartEvent,
        SessionTreeEvent,
        ToolCallEvent,
        ToolResultEvent,
        TurnEndEvent,
        UserBashEvent,
    )

_OWN = "self"

#: By event loop, since that is what one host has and no other, and by session, so that what pi tells late about one is
#: never put down for another.
_hosts: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Desk]] = WeakKeyDictionary()


def _desks() -> dict[str, Desk]:
    return _hosts.setdefault(asyncio.get_running_loop(), {})


def _desk(ctx: Context, reason: str = "late", parent: str | None = None) -> Desk:
    desks = _desks()
    desk = desks.get(ctx.session.id)
    if desk is None:
        desk = desks[ctx.session.id] = Desk(ctx, reason, parent)
    desk.ctx = ctx
    return desk


@hookimpl
async def session_start(event: SessionStartEvent, ctx: Context) -> None:
    """Open the mirror; while it is being opened, pi goes on."""
    parent = event.previous_session_file if event.reason == "fork" else None
    known = _desks().get(ctx.session.id)
    _desk(ctx, event.reason, parent)
    if known is not None:  # pi may tell twice, and may come back to a session
        known.moved()


@hookimpl
async def session_shutdown(ctx: Context) -> None:
    """Write what is left."""
    desk = _desks().pop(ctx.session.id, None)
    if desk is not None:
        await desk.close()


@hookimpl
async def session_tree(event: SessionTreeEvent, ctx: Context) -> None:
    """What happened on the branch that was left does not count any more."""
    from pi_autonomous_session_control.mirror import Moved  # noqa: PLC0415  # heavy

    desk = _desk(ctx)
    desk.note(Moved(at=now_ms(), entry=event.old_leaf_id, to=event.new_leaf_id))
    desk.moved()


@hookimpl
async def session_compact(ctx: Context) -> None:
    """Put it down; nothing that happened is forgotten."""
    from pi_autonomous_session_control.mirror import Compacted  # noqa: PLC0415  # heavy

    _desk(ctx).note(Compacted(at=now_ms(), entry=ctx.session.leaf_id))


@hookimpl
async def before_agent_start(event: BeforeAgentStartEvent, ctx: Context) -> None:
    """A run begins."""
    desk, at, leaf, prompt = _desk(ctx), now_ms(), ctx.session.leaf_id, event.prompt or ""

    def put(mirror: Any) -> None:
        from pi_autonomous_session_control.mirror import Run, safe  # noqa: PLC0415  # heavy

        mirror.look(leaf)
        mirror.note(Run(at=at, entry=leaf, prompt=safe(prompt, 80)), early=True)

    desk.record(put)
    if desk.mirror is not None:
        desk.followups.prompt(prompt)


@hookimpl
async def agent_settled(ctx: Context) -> None:
    """A run is over."""
    desk, at, leaf = _desk(ctx), now_ms(), ctx.session.leaf_id

    def put(mirror: Any) -> None:
        from pi_autonomous_session_control.mirror import RunEnded  # noqa: PLC0415  # heavy

        mirror.note(RunEnded(at=at, entry=leaf))

    desk.record(put)
    desk.settled(ctx)


@hookimpl
async def turn_start(ctx: Context) -> None:
    """A turn begins."""
    desk, at, leaf = _desk(ctx), now_ms(), ctx.session.leaf_id

    def put(mirror: Any) -> None:
        from pi_autonomous_session_control.mirror import Turn  # noqa: PLC0415  # heavy

        mirror.note(Turn(at=at, entry=leaf), early=True)

    desk.record(put)


@hookimpl
async def turn_end(event: TurnEndEvent, ctx: Context) -> None:
    """A turn is complete."""
    desk, at, leaf, usage = _desk(ctx), now_ms(), ctx.session.leaf_id, _usage(event.message)

    def put(mirror: Any) -> None:
        from pi_autonomous_session_control.mirror import TurnEnded  # noqa: PLC0415  # heavy

        mirror.turn_over()
        mirror.note(TurnEnded(at=at, entry=leaf, tokens=usage[0], cost=usage[1]))

    desk.record(put)
    if desk.mirror is not None:
        desk.followups.turn()


@hookimpl
async def tool_call(event: ToolCallEvent, ctx: Context) -> Block | None:
    """Put the call down, and let traps fire."""
    if event.tool_name == _OWN:
        return None
    return await _desk(ctx).guarded(event.tool_name, event.tool_call_id, event.input, ctx)


@hookimpl
async def tool_result(event: ToolResultEvent, ctx: Context) -> None:
    """Put down what came of a call."""
    if event.tool_name == _OWN:
        return
    called = (event.tool_call_id, event.tool_name, event.input)
    leaf, content, failed = ctx.session.leaf_id, event.content, event.is_error
    _desk(ctx).record(lambda mirror: mirror.result(leaf, called, content, failed=failed))


@hookimpl
async def user_bash(event: UserBashEvent, ctx: Context) -> None:
    """The user runs a command."""
    desk, at, leaf, line = _desk(ctx), now_ms(), ctx.session.leaf_id, event.command

    def put(mirror: Any) -> None:
        from pi_autonomous_session_control.mirror import UserShell, safe  # noqa: PLC0415  # heavy

        mirror.note(UserShell(at=at, entry=leaf, command=safe(line)), early=True)

    desk.record(put)


@tool(
    name=_OWN,
    label="Self",
    snippet="self(query): a mirror of what really happened in this session, with memory and traps",
    guidelines=(
        "Before planning the next step of longer work, ask `self` what really happened instead of trusting memory.",
        "Use `self` to check for loops, progress and touched files, to remember what was learned, and to mark traps.",
    ),
)
async def ask(
    query: Annotated[str, Meta(description="A question or directive in plain words, such as 'Am I in a loop?'")],
    context: Annotated[
        Any,
        Meta(
            description="Values that go with the query: pattern, topic, patternId, description, triggers, level, "
            "scope, currentContext, objective, entryId, reason, text, urgency. They win over what the query says.",
            extra_json_schema={"type": "object", "additionalProperties": True},
        ),
    ] = None,
    op: Annotated[
        str,
        Meta(
            description="For programs: the kind that is meant, such as 'files_touched'; the query is not interpreted."
        ),
    ] = "",
    *,
    ctx: ToolContext,
) -> ToolResult:
    """A mirror of this session: ask it what really happened, and have it remember.

    It tells from results and from the files themselves, not from what was intended: "What files have I touched?", "What
    commands have I run?", "What errors?", "Am I in a loop?", "What progress have I made?", "summary".
    It remembers across sessions: "Remember: ...", "What did I learn about X?", "Forget pattern".
    It guards: "Mark as trap: ..." (context.triggers; context.level note, confirm or block), "Am I approaching a trap?".
    It acts: "Create checkpoint ...", "Remind me in 10 minutes to ...", "Prefill: ...", "I need help with ...",
    "Spawn branch ...". A question never changes anything. "What can you do?" lists all of it.
    """
    from pi_autonomous_session_control.tool import details  # noqa: PLC0415  # heavy

    try:
        found, answer = await _desk(ctx).ask(query, context, op or None, ctx)
    except Exception as error:  # noqa: BLE001  # a mirror that fails must not stop the work
        text = f"The mirror failed: {type(error).__name__}: {error}"
        return ToolResult(content=text, details={"understood": False, "intent": "unknown"})
    return ToolResult(content=answer.content, details=details(found, answer))


@command
async def self_status(ctx: Context) -> None:
    """Show the session as the mirror sees it, and whether its counters are sound."""
    desk = _desk(ctx)
    _, answer = await desk.ask("", {}, "session_summary", ctx)
    report = await _report(desk, ctx)
    data = answer.data or {}
    sound = report.ok and not report.issues and not data.get("isLooping") and not data.get("isStalled")
    _show(ctx, f"{answer.text} | Invariants: {report.line}", "info" if sound else "warning")


@command
async def self_loop_check(ctx: Context) -> None:
    """Show what repeats without getting anywhere."""
    _, answer = await _desk(ctx).ask("", {}, "am_i_looping", ctx)
    _show(ctx, answer.text, "warning" if (answer.data or {}).get("isLooping") else "info")


@command
async def self_progress(ctx: Context) -> None:
    """Show whether files change."""
    _, answer = await _desk(ctx).ask("", {}, "progress_status", ctx)
    _show(ctx, answer.text, "warning" if (answer.data or {}).get("isStalled") else "info")


@command
async def self_runtime_invariants(ctx: Context) -> None:
    """Show whether the counters of this session are sound."""
    from pi_autonomous_session_control.tool import page  # noqa: PLC0415  # rare

    report = await _report(_desk(ctx), ctx)
    _show(ctx, page(report), "info" if not report.issues else "warning" if report.ok else "error")


@command
async def self_prompt_vault_compat(ctx: Context) -> None:
    """Show whether the prompt vault on this machine fits."""
    from pi_autonomous_session_control.tool import compatibility  # noqa: PLC0415  # rare

    found = await asyncio.to_thread(compatibility)
    _show(ctx, found.markdown, found.level)


async def _report(desk: Desk, ctx: Context) -> Any:
    from pi_autonomous_session_control.tool import Counters, check  # noqa: PLC0415  # heavy

    view = await desk.view(ctx)
    if view is None:
        return check(Counters())
    children = [child.status for child in view.state.children.values()]
    return check(
        Counters(
            turn_count=view.state.turns,
            turns_since_change=view.state.turns_since_change,
            active=children.count("running"),
            completed=len(children) - children.count("running"),
        )
    )


def _show(ctx: Context, text: str, level: Literal["info", "warning", "error"]) -> None:
    ctx.ui.notify(text, level)


def _usage(message: Any) -> tuple[int, float]:
    usage = message.get("usage") if isinstance(message, dict) else None
    if not isinstance(usage, dict):
        return 0, 0.0
    cost = usage.get("cost")
    total = cost.get("total", 0.0) if isinstance(cost, dict) else 0.0
    return int(usage.get("totalTokens") or 0), float(total or 0.0)
