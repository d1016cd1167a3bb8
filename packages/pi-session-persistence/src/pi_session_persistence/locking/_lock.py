"""A lock on a file beside the session file; pi's own file is never locked, for pi would not notice.

``flock`` belongs to the open file, not to a process: a child that inherits it keeps the lock for as long as it runs,
whatever becomes of its parent. So a pi whose launcher was killed still has its session.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from pi_session_persistence._errors import BusyError, NotAFileError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self

__all__ = ["Holder", "Lock", "holder", "is_locked", "lock"]

#: Longest word that a holder leaves, in bytes.
_BODY: Final = 4096

_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_MAKE: Final = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class Holder(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who has a lock, in their own words: good for messages, not for decisions.

    Attributes:
        pid: process id on that host.
        host: name of the machine.
        since: when they got it (ISO 8601).
        what: what they do, such as ``"pi-session run"``.
        socket: where the run that has it takes more for the model.
    """

    pid: int
    host: str
    since: str
    what: str
    socket: str | None = None

    def __str__(self) -> str:
        return f"{self.what} (process {self.pid} on {self.host}, since {self.since})"


class Lock:
    """A lock that is held until ``release``, the end of a ``with`` or the end of the last process that has it.

    Attributes:
        file: the session file, links followed.
        fileno: the descriptor that holds the lock, for a child that is to hold it too.
    """

    def __init__(self, file: Path, fileno: int, holder: Holder, *, shared: bool) -> None:
        self.file = file
        self.fileno = fileno
        self._holder = holder
        self._shared = shared
        self._write(holder)

    def tell(self, *, socket: str | None) -> None:
        """Say where the run that has the lock can be talked to."""
        self._write(msgspec.structs.replace(self._holder, socket=socket))

    def release(self) -> None:
        """Give the lock back; a second call does nothing."""
        if self.fileno < 0:
            return
        # Whoever is in line holds a file without a name then, notices, and asks again.
        if not self._shared or _flock(self.fileno, fcntl.LOCK_EX):
            with suppress(OSError):
                _sidecar(self.file).unlink()
        os.close(self.fileno)
        self.fileno = -1

    def _write(self, holder: Holder) -> None:
        with suppress(OSError):  # it is the lock that counts, and that needs no room on the disk
            os.ftruncate(self.fileno, 0)
            os.pwrite(self.fileno, msgspec.json.encode(holder), 0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()


def lock(file: Path, *, what: str, shared: bool = False, patience_s: float = 0.05) -> Lock:
    """Take the lock of a session file, which need not exist yet.

    Args:
        file: the session file.
        what: what it is taken for, for those who find it taken.
        shared: whether others may share it: those who only want that nobody rewrites the file.
        patience_s: how long to try, in seconds: somebody who only looks whether it is locked has it for a moment.

    Raises:
        BusyError: somebody else has it.
        NotAFileError: something that is no regular file is in the place of the lock.
        OSError: the file of the lock can't be made.
    """
    real = file.resolve()
    mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    until = time.monotonic() + patience_s
    while (fileno := _take(_sidecar(real), mode)) is None:
        if time.monotonic() >= until:
            raise BusyError(file, holder(real))
        time.sleep(patience_s / 10)
    me = Holder(os.getpid(), os.uname().nodename, datetime.now(UTC).isoformat(timespec="seconds"), what)
    return Lock(real, fileno, me, shared=shared)


def is_locked(file: Path) -> bool:
    """Tell whether anybody has the lock of a session file, shared or not."""
    try:
        fileno = os.open(_sidecar(file.resolve()), _READ)
    except FileNotFoundError:
        return False
    try:
        return not _flock(fileno, fcntl.LOCK_EX)
    finally:
        os.close(fileno)


def holder(file: Path) -> Holder | None:
    """Return who said last that they have the lock of a session file; ``None`` if they left no word."""
    try:
        return msgspec.json.decode(_sidecar(file.resolve()).read_bytes()[:_BODY], type=Holder)
    except (OSError, msgspec.DecodeError):
        return None


def _take(path: Path, mode: int) -> int | None:
    try:
        fileno = os.open(path, _MAKE, 0o600)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise NotAFileError(f"{str(path)!r} is in the place of a lock and no regular file; move it away") from error
        raise
    # Between opening and locking, the one who had it may have removed the file.
    if _flock(fileno, mode) and _still_named(fileno, path):
        return fileno
    os.close(fileno)
    return None


def _flock(fileno: int, mode: int) -> bool:
    try:
        fcntl.flock(fileno, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _still_named(fileno: int, path: Path) -> bool:
    try:
        named = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    mine = os.fstat(fileno)
    return (mine.st_dev, mine.st_ino) == (named.st_dev, named.st_ino)


def _sidecar(real: Path) -> Path:
    return real.with_name(f"{real.name}.lock")
