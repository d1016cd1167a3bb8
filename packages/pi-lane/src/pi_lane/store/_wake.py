"""Waking an instance by a byte in its FIFO, so that nobody has to look at the disk often to hear of news soon.

A lost byte costs time and nothing else: whoever waits looks by itself now and then. A file system without FIFOs leaves
it at that.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Bell", "ring"]

_DRAIN_BYTES: Final = 4096


class Bell:
    """The FIFO of this process's instance; to be made and closed in its event loop.

    Args:
        path: where it is.
        rung: called in the event loop when somebody rang.
    """

    def __init__(self, path: Path, rung: Callable[[], None]) -> None:
        self._path = path
        self._rung = rung
        self._file = -1
        with suppress(OSError):
            os.mkfifo(path, 0o600)
            # Opened for writing too, it has no end of file when the last of the others closes it.
            self._file = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            asyncio.get_running_loop().add_reader(self._file, self._drain)

    def close(self) -> None:
        """Remove it."""
        if self._file >= 0:
            asyncio.get_running_loop().remove_reader(self._file)
            os.close(self._file)
            self._file = -1
        with suppress(OSError):
            self._path.unlink()

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._file, _DRAIN_BYTES)
        self._rung()


def ring(path: Path) -> bool:
    """Wake the instance with this FIFO; return whether there is one that can hear it."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # A full one has been rung already.
        with suppress(OSError):
            os.write(file, b"\0")
    finally:
        os.close(file)
    return True
