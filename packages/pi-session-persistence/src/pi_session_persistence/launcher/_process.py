"""pi as a child: in a process group of its own, holding the session's lock, ended with patience and then without."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["Child"]

_CHUNK: Final = 1 << 16

#: What is kept of stderr, in bytes.
_TAIL: Final = 1 << 16

#: What pi gets to end in an orderly way, in seconds: it ends its tools and writes what it knows.
_GRACE_S: Final = 5.0

#: A tool that outlives pi may hold pi's pipes open; so long it is listened to, in seconds.
_LISTEN_S: Final = 1.0


class Child:
    """A pi that runs.

    Args:
        process: the process, leader of its own group.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._stderr = bytearray()
        self._exited = asyncio.ensure_future(process.wait())
        self._listening = asyncio.ensure_future(self._listen())

    @classmethod
    async def start(cls, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], lock: int) -> Child:
        """Start pi.

        Args:
            argv: its command line.
            cwd: the folder it runs in.
            env: its whole environment.
            lock: descriptor of the session's lock, which is free only when pi is gone too.

        Raises:
            OSError: it can't be started.
        """
        # Node lets no descriptor but the standard ones pass to its own children, so tools don't get the lock.
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=cwd,
            env=env,
            start_new_session=True,
            pass_fds=(lock,),
        )
        return cls(process)

    @property
    def stderr(self) -> str:
        """The end of what pi wrote to stderr."""
        return self._stderr.decode(errors="replace")

    async def write(self, data: bytes) -> None:
        """Write to pi's stdin; a pi that has ended reads nothing."""
        stdin = self._process.stdin
        if stdin is not None and not stdin.is_closing():
            with contextlib.suppress(ConnectionError):
                stdin.write(data)
                await stdin.drain()

    def close_stdin(self) -> None:
        """Say that nothing more will be written."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def lines(self) -> AsyncIterator[bytes]:
        """Yield what pi writes to stdout, line by line; only LF ends a line, and it may be of any length."""
        rest = b""
        while chunk := await self._read(self._process.stdout):
            *complete, rest = (rest + chunk).split(b"\n")
            for line in complete:
                yield line
        if rest:
            yield rest

    def send_signal(self, number: int) -> None:
        """Send a signal to pi's group; one that is gone gets none."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    async def wait(self) -> int:
        """Wait for pi's end and return its exit code; negative for a signal."""
        await asyncio.wait([self._exited])
        await asyncio.wait([self._listening])
        return self._process.returncode or 0

    async def end(self) -> int:
        """End pi, if it hasn't ended, and return its exit code."""
        if self._process.returncode is None:
            self.send_signal(signal.SIGTERM)
            self.close_stdin()
            await asyncio.wait([self._exited], timeout=_GRACE_S)
            if self._process.returncode is None:
                self.send_signal(signal.SIGKILL)
        return await self.wait()

    async def _listen(self) -> None:
        while chunk := await self._read(self._process.stderr):
            self._stderr += chunk
            del self._stderr[:-_TAIL]

    async def _read(self, pipe: asyncio.StreamReader | None) -> bytes:
        """Return what comes next, nothing at the end: of the pipe, or of a pi whose tools still hold the pipe."""
        if pipe is None:
            return b""
        reading = asyncio.ensure_future(pipe.read(_CHUNK))
        try:
            await asyncio.wait([reading, self._exited], return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait([reading], timeout=_LISTEN_S)
            return reading.result() if reading.done() else b""
        finally:
            reading.cancel()
