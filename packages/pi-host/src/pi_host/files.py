"""Files that only their owner may read, and that are whole at every moment."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["private_folder", "replace", "sync_folder"]

#: What the drafts of files end with, so that one that was left behind is known for what it is.
_DRAFT: Final = ".pi-draft"

#: A draft older than this, in seconds, was left behind by a process that was killed.
_ABANDONED: Final = 3_600


def private_folder(path: Path) -> Path:
    """Make ``path`` a folder that only its owner may enter, and return it; folders above it are made alike.

    A folder that is there stays as it is.
    """
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def replace(path: Path, parts: Iterable[bytes]) -> None:
    """Make a file of ``parts`` with mode 0600, so that a reader sees the old one or the whole new one.

    What it takes grows with the parts, and by a look at each name in the folder.

    Args:
        path: the file; folders that are missing get 0700.
        parts: its bytes; if they raise, the old file stays.

    Raises:
        OSError: it can't be written; the old file is still there.
    """
    _sweep(private_folder(path.parent))
    draft = path.with_name(f".{os.urandom(8).hex()}{_DRAFT}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make durable which files are in a folder; else a new name may go with the power, though its contents stay."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    before = time.time() - _ABANDONED
    with os.scandir(folder) as found:
        left = [entry for entry in found if entry.name.endswith(_DRAFT)]
    for entry in left:
        with suppress(OSError):  # somebody else was quicker
            if entry.stat(follow_symlinks=False).st_mtime < before:
                os.unlink(entry.path)  # noqa: PTH108  # it is no Path
