"""One run of pi, in each of its modes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pi_session_persistence._errors import HistoryDivergedError, PersistenceError
from pi_session_persistence.launcher._events import record_of, told
from pi_session_persistence.launcher._rpc import Talk
from pi_session_persistence.launcher._steering import Door

if TYPE_CHECKING:
    from pi_session_persistence.launcher._process import Child
    from pi_session_persistence.launcher._program import Program
    from pi_session_persistence.launcher._ready import Ready
    from pi_session_persistence.launcher._settings import Options

__all__ = ["Drive", "drive"]


class Drive(NamedTuple):
    """What a run looked like from outside.

    Attributes:
        ran: whether the model was asked; ``None`` if pi didn't say.
        error: what pi said was wrong, beside its exit code.
    """

    ran: bool | None
    error: str | None = None


async def drive(child: Child, prompt: str, options: Options, program: Program, ready: Ready) -> Drive:
    """Give pi the prompt and follow it to its end.

    Raises:
        HistoryDivergedError: pi has opened another session.
    """
    if options.mode == "rpc":
        return await _talk(child, prompt, options, program, ready)
    writing = asyncio.ensure_future(_hand_over(child, prompt))
    ran = None if options.mode == "text" else False
    async for line in child.lines():
        record = record_of(line) if options.mode == "json" else None
        if record is not None:
            ran = ran or record.get("type") == "agent_start"
            told(record, ready.record.external_id, options.on_event)
    await writing
    await child.wait()
    return Drive(ran)


async def _hand_over(child: Child, prompt: str) -> None:
    # Not on the command line, which everybody may read, which has an end, and where pi takes `-x` and `@x` for its own.
    await child.write(prompt.encode())
    child.close_stdin()


async def _talk(child: Child, prompt: str, options: Options, program: Program, ready: Ready) -> Drive:
    talk = Talk(child, program, options, ready.record.external_id)
    async with Door(ready.held, talk.give) as door:
        text = ""
        error: str | None = "it was ended"
        try:
            _check_file(await talk.ask("get_state"), ready.record.pi_file)
            await talk.send(prompt)
            await talk.settle()
            while await door.was_used():
                await talk.settle()
            text = str((await talk.ask("get_last_assistant_text")).get("text") or "")
            error = None
        except PersistenceError as refused:
            error = str(refused)
            if isinstance(refused, HistoryDivergedError):
                raise
        finally:
            await door.close(text, error)
        await talk.close()
    return Drive(talk.ran, error)


def _check_file(state: dict[str, Any], file: Path) -> None:
    opened = str(state.get("sessionFile"))
    if Path(opened).resolve() != file.resolve():
        raise HistoryDivergedError(f"pi has opened {opened!r}, and not {str(file)!r}; see what extensions it loads")
