"""Nobody's file is replaced without a copy of what was in it."""

from __future__ import annotations

import errno
import hashlib
import os
from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.memory import _files

if TYPE_CHECKING:
    from pathlib import Path

    from pi_autonomous_session_control.memory._snapshot import Reading

__all__ = ["check_writable", "is_same", "keep"]

#: With so many copies beside it, a file is not replaced any more until somebody has looked at them.
_MOST: Final = 20


def keep(path: Path, reading: Reading) -> Path | None:
    """Copy the file if writing it would lose something, and return where the copy is.

    Raises:
        OSError: the copy can't be made, or there are too many already.
    """
    if not reading.data or (reading.status == "loaded" and not reading.discarded):
        return None
    digest = hashlib.blake2b(reading.data, digest_size=4).hexdigest()
    copy = path.with_name(f"{path.name}.{reading.status}-{digest}.bak")  # the same contents need no second copy
    if not copy.exists():
        if len(list(path.parent.glob(f"{path.name}.*.bak"))) >= _MOST:
            raise OSError(
                errno.EEXIST, f"there are {_MOST} copies of broken ones beside it: look at them, then remove them"
            )
        _files.replace(copy, reading.data)
    return copy


def is_same(path: Path, reading: Reading) -> bool:
    """Tell whether nobody has written the file since it was read."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return reading.identity is None
    return reading.identity == (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)


def check_writable(path: Path) -> None:
    """Respect a file that is marked as read-only, although replacing it needs no right to write to it.

    Raises:
        PermissionError: it is.
    """
    if path.exists() and not path.stat().st_mode & 0o222:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
