"""Files moved so that a power failure does not undo it, and nothing is overwritten."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["free", "move", "sync"]


def free(path: Path) -> Path:
    """Return ``path``, or one like it that nothing has."""
    names = (f"{path.name}.{number}" if number else path.name for number in count())
    return next(free for free in map(path.with_name, names) if not os.path.lexists(free))


def move(source: Path, target: Path) -> None:
    """Move a file, on the disk as well."""
    source.rename(target)
    sync(target.parent)
    sync(source.parent)


def sync(folder: Path) -> None:
    fileno = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fileno)
    finally:
        os.close(fileno)
