"""What belongs to a session file and travels with it: what repairs, stores and bundles have put beside it."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["family", "sizes"]

_SUFFIXES: Final = (".bak-", ".salvage-", ".output-")


def family(file: Path) -> list[str]:
    """Return the names of the side files of a session file, sorted.

    Raises:
        OSError: its folder can't be read.
    """
    with os.scandir(file.parent) as entries:
        return sorted(entry.name for entry in entries if _owner(entry.name) == file.name and _is_regular(entry))


def sizes(files: Iterable[Path]) -> dict[Path, int]:
    """Return how many bytes session files have with their side files; those that can't be read have none."""
    wanted: dict[Path, dict[str, Path]] = {}
    for file in files:
        wanted.setdefault(file.parent, {})[file.name] = file
    found = {file: 0 for names in wanted.values() for file in names.values()}
    for folder, names in wanted.items():
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    file_ = names.get(entry.name) or names.get(_owner(entry.name) or "")
                    if file_ is not None:
                        found[file_] += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return found


def _owner(name: str) -> str | None:
    """Return the name of the session file that a side file belongs to."""
    for suffix in _SUFFIXES:
        stem, found, _ = name.rpartition(suffix)
        if found:
            return stem
    return None


def _is_regular(entry: os.DirEntry[str]) -> bool:
    return stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)
