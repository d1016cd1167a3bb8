"""Whether an instance lives: a file it keeps locked, with a counter in it that it bumps.

The kernel drops the lock with the process, whatever ended it, so a dead instance is known at once. No process id is
looked at, so a recycled one means nothing. A counter that stands still for long tells a paused one; how long, each
observer measures with its own monotonic clock, and only while it looks on.
"""

from __future__ import annotations

import fcntl
import os
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from pi_lane.store._contract import Liveness
from pi_lane.store._faults import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Beat", "Observer"]

#: Between two looks so much counts at most, in shares of the limit: an observer that was stopped itself knows nothing.
_LONGEST_LOOK: Final = 0.1
_SHORTEST_LOOK_S: Final = 0.3

#: Every so many beats the file is looked after: somebody may have removed it.
_LOOKED_AFTER: Final = 10

_opened: weakref.WeakSet[Beat] = weakref.WeakSet()


class Beat:
    """The sign of life of this process's instance; it is one from construction to `close`.

    Args:
        path: the file; others may look for it from now on.

    Raises:
        StoreError: it cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = 0
        self._file = -1
        self._make()
        _opened.add(self)

    def beat(self) -> None:
        """Show that the instance works; a file that was removed is made again soon.

        Raises:
            StoreError: it cannot be written.
        """
        self._count += 1
        with faults(self._path):
            os.pwrite(self._file, self._count.to_bytes(8, "big"), 0)
            if self._count % _LOOKED_AFTER == 0 and os.fstat(self._file).st_nlink == 0:
                os.close(self._file)
                self._make()

    def close(self) -> None:
        """End the sign of life."""
        with suppress(OSError):
            self._path.unlink()
        self.drop()

    def drop(self) -> None:
        """Close the file, in this process only."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _make(self) -> None:
        # Locked before it has its name: nobody ever finds it without its lock.
        draft = self._path.with_name(f".{self._path.name}.{os.urandom(4).hex()}")
        with faults(self._path):
            self._file = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.pwrite(self._file, self._count.to_bytes(8, "big"), 0)
                draft.replace(self._path)
            except OSError:
                self.drop()
                with suppress(OSError):
                    draft.unlink()
                raise


def _drop_all() -> None:
    # The lock goes with the last copy of the descriptor: a forked child must not keep a dead parent alive.
    for beat in list(_opened):
        beat.drop()


os.register_at_fork(after_in_child=_drop_all)


class _Seen(msgspec.Struct):
    count: bytes
    looked_at: float
    still_s: float = 0.0


class Observer:
    """Judges instances by their files.

    Args:
        paused_after_s: an instance whose counter stands still for so long, in seconds, is paused.
        clock: a monotonic clock, in seconds.
    """

    def __init__(self, paused_after_s: float, clock: Callable[[], float]) -> None:
        self._paused_after_s = paused_after_s
        self._longest_look_s = max(paused_after_s * _LONGEST_LOOK, _SHORTEST_LOOK_S)
        self._clock = clock
        self._seen: dict[Path, _Seen] = {}

    def judge(self, path: Path) -> Liveness:
        """Return what the instance with this file is.

        Raises:
            StoreError: the file cannot be read.
        """
        count = _locked_count(path)
        if count is None:
            self._seen.pop(path, None)
            return Liveness.DEAD
        now = self._clock()
        seen = self._seen.get(path)
        if seen is None or seen.count != count:
            self._seen[path] = _Seen(count, now)
            return Liveness.ALIVE
        seen.still_s += min(now - seen.looked_at, self._longest_look_s)
        seen.looked_at = now
        return Liveness.PAUSED if seen.still_s >= self._paused_after_s else Liveness.ALIVE


def _locked_count(path: Path) -> bytes | None:
    """Return the counter in the file, or ``None`` if there is none or nobody has it locked."""
    with faults(path):
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return os.pread(file, 8, 0)
        finally:
            os.close(file)
        return None
