"""Errors of the file system, told as what a person can do about them; folders that only their owner may enter."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pi_lane._errors import DiskFullError, ForeignOwnerError, RootNotWritableError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["faults", "private_folder"]

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_DENIED: Final = frozenset({errno.EACCES, errno.EPERM})


@contextmanager
def faults(path: Path) -> Iterator[None]:
    """Raise what goes wrong with the file system inside as a `StoreError` about ``path``."""
    try:
        yield
    except OSError as error:
        raise _told(error, path) from error


def _told(error: OSError, path: Path) -> StoreError:
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in _FULL:
        return DiskFullError(path, reason)
    if error.errno == errno.EROFS:
        return RootNotWritableError(path, reason)
    if error.errno in _DENIED:
        closed, uid = _closed(path / error.filename if isinstance(error.filename, str) else path)
        return RootNotWritableError(closed, reason) if uid == os.geteuid() else ForeignOwnerError(closed, uid)
    if error.errno == errno.ENOTDIR:
        return StoreError(path, f"'{path}' or a folder above it is a file: move it away, lanes are kept there")
    return StoreError(
        path, f"cannot use '{path}' for the state of the lanes ({reason}): see to it, or set PI_LANE_ROOT"
    )


def _closed(path: Path) -> tuple[Path, int | None]:
    # The nearest thing that can be seen is what keeps us out.
    for place in (path, *path.parents):
        try:
            return place, place.stat().st_uid
        except OSError:
            continue
    return path, None


def private_folder(path: Path) -> None:
    """Make ``path`` a folder that only its owner may enter; folders above it are made alike.

    Raises:
        OSError: it cannot be made.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        if not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from None
    except FileNotFoundError:
        private_folder(path.parent)
        private_folder(path)
