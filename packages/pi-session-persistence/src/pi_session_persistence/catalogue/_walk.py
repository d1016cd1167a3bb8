"""The files that may be sessions, with what tells whether they have changed."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_session_persistence.catalogue._places import Places

__all__ = ["Walk", "stamp_of"]


def stamp_of(facts: os.stat_result) -> int:
    """Return a number that changes with the file: with its place, its size and the times of its last changes.

    It is never 0, so that 0 can stand for a file that has to be looked at.
    """
    return hash((facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)) or 1


class Walk:
    """One walk through places.

    Paths are bytes: names of files need not be text, and ten thousand of them are quicker to read so.

    Attributes:
        stamps: of the files whose names end in ``.jsonl``, by path.
        unread: folders that are there and can't be looked into.
    """

    def __init__(self, places: Places) -> None:
        self.stamps: dict[bytes, int] = {}
        self.unread: list[bytes] = []
        for folder in places.folders:
            self._look_into(os.fsencode(folder))
        for file in places.files:
            try:
                facts = file.stat()
            except OSError:
                continue
            self._add(os.fsencode(file), facts)

    def _look_into(self, root: bytes) -> None:
        folders = [root]
        while folders:
            folder = folders.pop()
            try:
                with os.scandir(folder) as entries:
                    folders += self._subfolders(entries)
            except FileNotFoundError:
                continue
            except OSError:
                self.unread.append(folder)

    def _subfolders(self, entries: Iterator[os.DirEntry[bytes]]) -> Iterator[bytes]:
        for entry in entries:
            if entry.name.endswith(b".jsonl"):
                try:
                    # A link counts as the file it leads to, as it does for pi.
                    facts = entry.stat()
                except OSError:
                    continue
                self._add(entry.path, facts)
            elif not entry.name.startswith(b".") and entry.is_dir(follow_symlinks=False):
                yield entry.path

    def _add(self, path: bytes, facts: os.stat_result) -> None:
        if stat.S_ISREG(facts.st_mode):
            self.stamps[path] = stamp_of(facts)
