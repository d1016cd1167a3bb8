"""A door to a run that goes on: others who want the same session hand their prompts in."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pi_session_persistence._errors import BusyError, PersistenceError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Self

    from pi_session_persistence.locking import Lock

__all__ = ["Door", "NotSteerableError", "steer"]

#: Longest prompt that is handed in, in bytes of JSON.
_LONGEST: Final = 1 << 26

#: Whoever comes hands in a prompt within so many seconds.
_HAND_IN_S: Final = 10.0

#: What Unix allows the path of a socket to be, in bytes.
_LONGEST_PATH: Final = 100


class NotSteerableError(BusyError):
    """The one who has the session takes no prompts, at least not now."""


class Handover(msgspec.Struct, frozen=True):
    """What is handed in."""

    prompt: str


class Answer(msgspec.Struct, frozen=True):
    """What becomes of it.

    Attributes:
        taken: whether it is in the session.
        text: what the model said in the end.
        error: why it is not there, or what went wrong afterwards.
    """

    taken: bool
    text: str = ""
    error: str | None = None


class Door:
    """Takes prompts for a run from other processes of the same user.

    Args:
        held: the lock of the session, which tells the others where to come.
        give: hands a prompt to pi; its result says whether pi has put it into the session.
    """

    def __init__(self, held: Lock, give: Callable[[str], Awaitable[bool]]) -> None:
        self._held = held
        self._give = give
        self._path: Path | None = None
        self._server: asyncio.Server | None = None
        self._waiting: list[asyncio.StreamWriter] = []
        self._serving: set[asyncio.Task[None] | None] = set()
        self._closed = False

    async def __aenter__(self) -> Self:
        path = _place(self._held.file)
        if path is None:
            return self
        path.unlink(missing_ok=True)  # of a run that was killed: the lock is ours
        self._server = await asyncio.start_unix_server(self._serve, path, limit=_LONGEST)
        path.chmod(0o600)
        self._path = path
        self._held.tell(socket=str(path))
        return self

    async def was_used(self) -> bool:
        """Wait until nobody is handing in a prompt, and tell whether somebody was."""
        serving = [task for task in self._serving if task is not None]
        if serving:
            await asyncio.wait(serving)
        return bool(serving)

    async def close(self, text: str, error: str | None) -> None:
        """Take no more, and tell those who came what became of the run."""
        if self._closed or self._server is None or self._path is None:
            return
        self._closed = True
        self._held.tell(socket=None)
        self._server.close()
        self._path.unlink(missing_ok=True)
        for writer in self._waiting:
            await _reply(writer, Answer(taken=True, text=text, error=error))
        self._waiting.clear()

    async def __aexit__(self, *_error: object) -> None:
        await self.close("", "it was ended")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._serving.add(task)
        try:
            async with asyncio.timeout(_HAND_IN_S):
                handed = msgspec.json.decode(await reader.readline(), type=Handover)
            if self._closed:
                await _reply(writer, Answer(taken=False, error="it is at its end"))
            elif await self._give(handed.prompt):
                self._waiting.append(writer)
            else:
                await _reply(writer, Answer(taken=False, error="pi did not take it"))
        except (ValueError, OSError, msgspec.MsgspecError, PersistenceError) as error:
            await _reply(writer, Answer(taken=False, error=str(error)))
        finally:
            self._serving.discard(task)


async def steer(busy: BusyError, prompt: str) -> str:
    """Hand a prompt to the run that has the session, wait for its end and return what the model said last.

    Raises:
        NotSteerableError: nobody takes it; the prompt is not in the session.
        PersistenceError: it was taken, and the run failed.
    """
    address = busy.holder.socket if busy.holder is not None else None
    if address is None:
        raise NotSteerableError(busy.file, busy.holder, "it takes no prompts from others; only runs in mode rpc do")
    try:
        reader, writer = await asyncio.open_unix_connection(address, limit=_LONGEST)
    except OSError as error:
        raise NotSteerableError(busy.file, busy.holder, f"it can't be reached: {error.strerror}") from error
    try:
        writer.write(msgspec.json.encode(Handover(prompt)) + b"\n")
        await writer.drain()
        line = await reader.readline()
    except OSError:
        line = b""
    finally:
        writer.close()
    if not line:
        raise PersistenceError(
            f"the run that has {str(busy.file)!r} ended while it had the prompt; look whether the session has it"
        )
    answer = msgspec.json.decode(line, type=Answer)
    if not answer.taken:
        raise NotSteerableError(busy.file, busy.holder, f"it did not take the prompt: {answer.error}")
    if answer.error is not None:
        raise PersistenceError(f"the prompt is in the session, but the run that took it failed: {answer.error}")
    return answer.text


async def _reply(writer: asyncio.StreamWriter, answer: Answer) -> None:
    with contextlib.suppress(OSError):  # whoever asked may be gone
        writer.write(msgspec.json.encode(answer) + b"\n")
        await writer.drain()
    writer.close()


def _place(file: Path) -> Path | None:
    """Return where the door of a session is; ``None`` if there is no safe place for it."""
    folders = [Path(tempfile.gettempdir(), f"pi-session-{os.getuid()}")]
    if runtime := os.environ.get("XDG_RUNTIME_DIR"):
        folders.insert(0, Path(runtime, "pi-session"))
    name = f"{hashlib.sha256(os.fsencode(file)).hexdigest()[:32]}.sock"
    fitting = (folder / name for folder in folders if len(os.fsencode(folder / name)) <= _LONGEST_PATH)
    return next((path for path in fitting if _is_ours(path.parent)), None)


def _is_ours(folder: Path) -> bool:
    """Make a folder, and tell whether it is one that nobody else can enter, even where anybody may make folders."""
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        facts = folder.stat(follow_symlinks=False)
        return stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid() and not facts.st_mode & 0o077
    return False
