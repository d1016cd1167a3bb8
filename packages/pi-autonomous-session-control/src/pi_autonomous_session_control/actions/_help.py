"""Calls for help: a notice, and a command of the user's choice."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_autonomous_session_control.mirror import Asked
    from pi_host import Context

__all__ = ["call_for_help"]

_TIMEOUT: Final = 15.0


async def call_for_help(asked: Asked, command: Sequence[str], ctx: Context, session: str) -> None:
    """Tell the user that the agent needs help.

    Args:
        asked: with what, and how urgently.
        command: program and arguments to run without a shell; it gets the call as JSON on its standard input. Empty for
            none.
        ctx: of the session.
        session: pi's id of it.
    """
    context = f" ({asked.context})" if asked.context else ""
    ctx.ui.notify(
        f"The agent asks for help with {asked.topic}{context}", "error" if asked.urgency == "high" else "warning"
    )
    if not command:
        return
    call = {**msgspec.to_builtins(asked), "session": session, "cwd": ctx.cwd}
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=ctx.cwd or None,
        )
    except OSError as error:
        ctx.ui.notify(f"help_command {command[0]!r} could not be started: {error.strerror}; see pi-host.toml", "error")
        return
    try:
        await asyncio.wait_for(process.communicate(json.dumps(call).encode()), _TIMEOUT)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        ctx.ui.notify(f"help_command {command[0]!r} took more than {_TIMEOUT:g} s and was stopped", "warning")
        return
    if process.returncode:
        ctx.ui.notify(f"help_command {command[0]!r} ended with {process.returncode}", "warning")
