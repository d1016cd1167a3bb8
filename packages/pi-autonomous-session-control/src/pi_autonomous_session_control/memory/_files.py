"""Files that only their owner may read, and that are whole at every moment."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["locked", "private_folder", "replace", "touch"]

#: A temporary file older than this, in seconds, was left behind by a process that was killed.
_ABANDONED: Final = 3_600


def private_folder(path: Path) -> Path:
    """Make ``path`` a folder that only its owner may enter, and return it; a folder that exists stays as it is."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def touch(path: Path) -> None:
    """Make ``path`` an empty file with mode 0600, unless it exists."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))


def replace(path: Path, data: bytes) -> None:
    """Put ``data`` into ``path``, with mode 0600, so that a reader sees the old or the new contents and nothing else.

    Raises:
        OSError: it can't be written; the old contents are still there.
    """
    _sweep(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``, which one process at a time can; it is free again when the process ends."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sweep(path: Path) -> None:
    for left in path.parent.glob(f".{path.name}.*.new"):
        try:
            if time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink()
        except OSError:  # somebody else was quicker
            continue


def _sync_folder(folder: Path) -> None:
    # Without it the new name, though not the new contents, may be lost with the power.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
