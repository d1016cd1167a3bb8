"""Several terminals on one pi session: turns are serialised per lane, and history never forks.

Runs need pi 0.87.0 or newer: since then pi builds each request from the session, where the other terminals' turns are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pi_host import command, hookimpl
from pi_lane._commands import WORDS, answer
from pi_lane._errors import LaneError
from pi_lane._inside import MODULE, Inside
from pi_lane._terminal import Terminal

if TYPE_CHECKING:
    from pi_host import Context

inside = MODULE

#: The terminal of the current session, with its file; there is one session at a time in a pi.
_terminals: dict[str, Terminal] = {}


@hookimpl
async def session_start(ctx: Context) -> None:
    """Put the terminal on lane ``main``."""
    file = ctx.session.file
    before = _terminals.pop("", None)
    if before is not None:
        await before.close()
    if file is None:
        return
    try:
        terminal = await Terminal.open(ctx, file)
    except LaneError as error:
        await Inside(ctx).close()
        ctx.ui.notify(f"lanes are off in this session, so another terminal on it would fork it: {error}", "error")
        return
    _terminals[""] = terminal


@hookimpl
async def session_shutdown() -> None:
    """Leave the session."""
    terminal = _terminals.pop("", None)
    if terminal is not None:
        await terminal.close()


def _complete(typed: str) -> list[str]:
    known = WORDS
    if typed.startswith("join ") and (terminal := _terminals.get("")) is not None:
        known = tuple(f"join {name}" for name in terminal.here.paths.lane_names())
    # What is complete is no proposal: accepting it would cost a key more.
    return [words for words in known if words.startswith(typed) and words != typed]


@command(complete=_complete)
async def lane(args: str, ctx: Context) -> str:
    """Lanes of this session: status, new, join, leave, list, instances, queue, cancel, abort, take, adopt, identity."""
    if (terminal := _terminals.get("")) is None:
        reason = "it has no file" if ctx.session.file is None else "see the notice at its start"
        return f"/lane: there are no lanes in this session, since {reason}"
    return await answer(terminal, args)


@inside.on("run")
async def run(data: dict[str, Any]) -> None:
    """A run begins."""
    if (terminal := _terminals.get("")) is not None:
        await terminal.run(data["prompt"])


@inside.on("write")
async def write() -> None:
    """pi keeps entries that it could not write."""
    if (terminal := _terminals.get("")) is not None:
        await terminal.write()


@inside.on("progress")
async def progress(data: dict[str, Any]) -> None:
    """A turn is complete."""
    if (terminal := _terminals.get("")) is not None:
        await terminal.progress(data["leaf"])


@inside.on("settled")
async def settled(data: dict[str, Any]) -> None:
    """A run is over."""
    if (terminal := _terminals.get("")) is not None:
        await terminal.settled(data["leaf"])


@inside.on("lost")
def lost(data: dict[str, Any]) -> None:
    """The lane is somebody else's."""
    if (terminal := _terminals.get("")) is not None:
        terminal.lost(data["reason"])


@inside.on("navigated")
async def navigated(data: dict[str, Any]) -> None:
    """The user moved in the session tree."""
    if (terminal := _terminals.get("")) is not None:
        await terminal.navigated(data["leaf"])


@inside.on("behind")
async def behind() -> None:
    """pi may not be where the lane is."""
    if (terminal := _terminals.get("")) is not None:
        await terminal.follow()
