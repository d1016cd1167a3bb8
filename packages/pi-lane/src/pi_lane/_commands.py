"""The words of ``/lane``."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from pi_lane import formats
from pi_lane._errors import LaneError, LaneNameError
from pi_lane._status import duration
from pi_lane.runtime import MAIN, check_lane_name
from pi_lane.store import Liveness

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pi_lane._terminal import Terminal

__all__ = ["WORDS", "answer"]


async def answer(terminal: Terminal, args: str) -> str:
    """Do what ``/lane ARGS`` asks and return what to tell the user; an error of lanes is such a text, too."""
    word, _, rest = args.strip().partition(" ")
    action = _ACTIONS.get(word or "status")
    if action is None:
        return f"/lane {word}: there is no such word; it is one of {', '.join(WORDS)}"
    try:
        return await action(terminal, rest.strip())
    except LaneError as error:
        return f"/lane {word}: {error}"


async def _status(terminal: Terminal, _: str) -> str:
    view = await terminal.lane.view()
    state = view.state
    lines = [f"lane {state.lane}, head {state.head or '<empty>'}, {await _connected(terminal)} connected"]
    if state.owner is not None:
        since = formats.age_s(state.owner.acquired_at)
        whose = "this terminal" if view.mine else state.owner.label
        paused = ", which seems stopped" if view.owner_is is Liveness.PAUSED else ""
        lines.append(f"{state.owner.purpose} of {whose}{paused}, for {duration(since or 0)}")
    lines += [f"{place}. {waiter.label} waits to {waiter.purpose}" for place, waiter in enumerate(state.queue, 1)]
    return "\n".join(lines)


async def _new(terminal: Terminal, rest: str) -> str:
    title = rest or f"lane-{secrets.token_hex(3)}"
    name = check_lane_name(title, existing=terminal.here.paths.lane_names())
    leaf = await terminal.start()
    if leaf is None:
        return "/lane new: nothing has been said in this session yet, so there is nothing to branch off from"
    await terminal.branch_off(name, leaf, title)
    return f"lane {name} starts here, and this terminal is on it"


async def _join(terminal: Terminal, rest: str) -> str:
    name = check_lane_name(rest or MAIN)
    if name not in terminal.here.paths.lane_names():
        return f"/lane join: there is no lane {name!r}; /lane new {name} makes one, /lane list shows those there are"
    await terminal.join(name)
    return f"this terminal is on lane {name} now"


async def _list(terminal: Terminal, _: str) -> str:
    lines = []
    for name in sorted(terminal.here.paths.lane_names()):
        state = (await terminal.store.read(name)).state
        here = "* " if name == terminal.lane.name else "  "
        busy = f", {state.owner.label} runs" if state.owner is not None else ""
        title = f" ({state.title})" if state.title not in {"", name} else ""
        lines.append(f"{here}{name}{title}: head {state.head or '<empty>'}{busy}")
    return "\n".join(lines)


async def _instances(terminal: Terminal, _: str) -> str:
    lines = []
    for seen, liveness in await _seen(terminal):
        age = formats.age_s(seen.last_seen_at)
        shown = f", seen {duration(age)} ago" if age is not None else ""
        here = "* " if seen.instance_id == terminal.here.me.instance_id else "  "
        status = seen.status if liveness is Liveness.ALIVE else liveness.value
        lines.append(f"{here}{seen.instance_id[:8]} lane {seen.lane}, {status}, pid {seen.pid}{shown}")
    return "\n".join(lines)


async def _identity(terminal: Terminal, _: str) -> str:
    who = terminal.here.identity
    return "\n".join(
        [
            f"sessionId: {who.session_id or '<none>'}",
            f"sessionKey: {who.session_key}",
            f"sessionFile: {who.session_file}",
            f"instanceId: {who.instance_id}",
            f"currentLane: {who.lane}",
            f"root: {who.root}",
            f"pid: {terminal.here.me.pid}",
        ]
    )


async def _debug(terminal: Terminal, _: str) -> str:
    return str(terminal.here.paths.debug_log)


async def _queue(terminal: Terminal, _: str) -> str:
    queue = (await terminal.lane.view()).state.queue
    if not queue:
        return f"nobody waits for lane {terminal.lane.name}"
    return "\n".join(f"{place}. {waiter.label} waits to {waiter.purpose}" for place, waiter in enumerate(queue, 1))


async def _cancel(terminal: Terminal, _: str) -> str:
    if terminal.call_off():
        return "the prompt that waited is called off"
    return "/lane cancel: no prompt of this terminal waits for the lane"


async def _abort(terminal: Terminal, _: str) -> str:
    if await terminal.lane.request_abort(terminal.here.me.label):
        return f"whoever runs on lane {terminal.lane.name} was asked to abort"
    return f"/lane abort: nobody runs on lane {terminal.lane.name}"


async def _take(terminal: Terminal, _: str) -> str:
    owner = (await terminal.lane.view()).state.owner
    if owner is None:
        return f"/lane take: lane {terminal.lane.name} is free; just go on"
    question = f"{owner.label} seems stopped. Its run will be cut off and stays in the session as a side branch."
    if not await terminal.ctx.ui.confirm("Take over the lane?", question):
        return "/lane take: left as it is"
    await terminal.lane.take(owner.instance_id)
    return f"lane {terminal.lane.name} was taken from {owner.label}"


async def _adopt(terminal: Terminal, rest: str) -> str:
    entry = rest or terminal.orphan
    if not entry:
        return "/lane adopt: which entry? /lane adopt ID, from /tree or from the notice about work that is on no lane"
    known = await terminal.inside.knows(entry)
    if not known:
        raise LaneNameError(entry, "is no entry of this session; /tree shows those there are")
    await terminal.adopt(entry)
    return f"lane {terminal.lane.name} goes on from entry {entry}"


async def _leave(terminal: Terminal, _: str) -> str:
    name = terminal.draft_name()
    await terminal.branch_off(name, await terminal.start())
    return f"this terminal is on its own lane {name} now; /lane join main brings it back"


async def _connected(terminal: Terminal) -> int:
    return sum(
        seen.lane == terminal.lane.name and liveness is not Liveness.DEAD for seen, liveness in await _seen(terminal)
    )


async def _seen(terminal: Terminal) -> list[tuple[formats.InstanceFile, Liveness]]:
    return [(seen, await terminal.store.alive(seen.instance_id)) for seen in terminal.here.seen()]


_ACTIONS: Final[dict[str, Callable[[Terminal, str], Awaitable[str]]]] = {
    "status": _status,
    "new": _new,
    "join": _join,
    "leave": _leave,
    "list": _list,
    "instances": _instances,
    "queue": _queue,
    "cancel": _cancel,
    "abort": _abort,
    "take": _take,
    "adopt": _adopt,
    "identity": _identity,
    "self": _identity,
    "debug": _debug,
}

#: The words that may follow ``/lane``.
WORDS: Final = tuple(_ACTIONS)
