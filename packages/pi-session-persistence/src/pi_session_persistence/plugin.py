"""External ids inside pi: told to the tools, shown by ``/session-id``, and kept true when pi forks or renames.

A session without an external id costs a look into the registry, and nothing of it is written down.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from pi_host import command, hookimpl

if TYPE_CHECKING:
    from pi_host import Context
    from pi_host.events import SessionInfoChangedEvent, SessionStartEvent
    from pi_session_persistence._inside import Inside

#: What a tool of a session without an external id must not inherit from an outer one.
_UNSET: Final = {"PI_SESSION_EXTERNAL_ID": None, "PI_SESSION_EXTERNAL_PARENT": None}

#: The current session, if it has an external id; there is one session at a time in a pi.
_current: list[Inside] = []


@hookimpl
async def session_start(event: SessionStartEvent, ctx: Context) -> None:
    """Find out whose session this is."""
    _leave()
    file = ctx.session.file
    found = None
    if file is not None:
        from pi_session_persistence._inside import enter  # noqa: PLC0415  # pi waits for the import of a plugin

        found = enter(file, event.previous_session_file if event.reason == "fork" else None, ctx.pi_version)
    if found is not None:
        _current.append(found)
        await ctx.pi.set_env(_UNSET | found.variables)
    elif any(name in os.environ for name in _UNSET):
        await ctx.pi.set_env(_UNSET)


@hookimpl
async def agent_settled(ctx: Context) -> None:
    """Write down where the session stands."""
    await _keep(ctx)


@hookimpl
async def session_info_changed(event: SessionInfoChangedEvent) -> None:
    """Write down the session's new name."""
    for inside in _current:
        inside.rename(event.session_name)


@hookimpl
async def session_shutdown(ctx: Context) -> None:
    """Write down where the session stands, and leave it."""
    await _keep(ctx)
    _leave()


@command
def session_id() -> str:
    """Show the external id of this session."""
    if not _current:
        return "this session has no external id; `pi-session run ID PROMPT` begins one that has"
    return _current[0].described()


async def _keep(ctx: Context) -> None:
    import asyncio  # noqa: PLC0415  # the host has it by now

    for inside in _current:
        await asyncio.to_thread(inside.keep, ctx.session.name, ctx.session.id)


def _leave() -> None:
    while _current:
        _current.pop().leave()
