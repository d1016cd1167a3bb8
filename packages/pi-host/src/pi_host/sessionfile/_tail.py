"""A session file followed while others write to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_host.sessionfile._lines import lines_of
from pi_host.sessionfile._scan import Item, Scanner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from pi_host.sessionfile._lines import Line

__all__ = ["News", "Tail"]

#: So many bytes at the beginning of the file and before the place where reading goes on must be as they were, or the
#: file was rewritten.
_OVERLAP: Final = 4096


class News(NamedTuple):
    """What a poll found.

    Attributes:
        items: header, entries and oddities of the lines that were completed since the last poll, in file order.
        restarted: whether the file was replaced, rewritten or removed: what came before is void, and ``items`` begins
            with the first line.
    """

    items: list[Item]
    restarted: bool


class Tail:
    """Follows a file from its beginning. A line without an LF is not there yet, and neither need the file be.

    Attributes:
        path: the file.
        offset: up to where it has been read, in bytes; always the beginning of a line.
    """

    def __init__(self, path: Path, *, bodies: bool = True) -> None:
        self.path = path
        self._bodies = bodies
        self._begin()

    def _begin(self) -> None:
        self.offset = 0
        self._number = 1
        self._first = self._last = b""
        self._facts: os.stat_result | None = None
        self._scanner = Scanner(bodies=self._bodies)

    def poll(self) -> News:
        """Return what is new. It costs one ``stat`` if nothing is.

        Raises:
            OSError: the file is there and can't be read.
        """
        try:
            if self._facts is not None and _same(self.path.stat(), self._facts):
                return News([], restarted=False)
            with self.path.open("rb") as file:
                return self._read(file)
        except FileNotFoundError:
            restarted = self._facts is not None
            self._begin()
            return News([], restarted)

    def _read(self, file: BinaryIO) -> News:
        facts = os.fstat(file.fileno())
        restarted = self._facts is not None and not self._goes_on(file, self._facts, facts)
        if restarted:
            self._begin()
        self._facts = facts
        file.seek(self.offset)
        items = list(self._scanner.read(self._complete(file)))
        self._first, self._last = self._ends(file)
        return News(items, restarted)

    def _complete(self, file: BinaryIO) -> Iterator[Line]:
        for line in lines_of(file, self._number, self.offset):
            if line.ended:
                self._number = line.number + 1
                self.offset = line.offset + len(line.raw) + 1
                yield line

    def _goes_on(self, file: BinaryIO, old: os.stat_result, new: os.stat_result) -> bool:
        if (old.st_dev, old.st_ino) != (new.st_dev, new.st_ino) or new.st_size < old.st_size:
            return False
        return self._ends(file) == (self._first, self._last)

    def _ends(self, file: BinaryIO) -> tuple[bytes, bytes]:
        size = min(self.offset, _OVERLAP)
        file.seek(0)
        first = file.read(size)
        file.seek(self.offset - size)
        return first, file.read(size)


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_dev, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) == (
        other.st_dev,
        other.st_ino,
        other.st_size,
        other.st_mtime_ns,
        other.st_ctime_ns,
    )
