"""A session file on its way to being whole again, with an account of everything that is done to it."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from pi_host.sessionfile import Session, lines

__all__ = ["Action", "Draft", "Lost", "Row", "Salvaged"]


class Action(msgspec.Struct, frozen=True):
    """One thing that was done.

    Attributes:
        code: code of the finding that it was done about.
        line: number of the line in the original, starting at 1; 0 for what is not about a line.
        offset: where the line begins in the original, in bytes.
        message: what was done, for a person.
    """

    code: str
    line: int
    offset: int
    message: str


class Salvaged(msgspec.Struct, frozen=True):
    """Bytes of the original that are not in the repaired file as they were.

    Attributes:
        offset: where they are in the original.
        length: how many they are.
        at: where they are in the file with all salvaged bytes.
    """

    offset: int
    length: int
    at: int


class Lost(NamedTuple):
    """An entry that is not in the new file.

    Attributes:
        parent: id of the entry it hung from.
        offset: where it was in the original.
    """

    parent: str | None
    offset: int


class Row(msgspec.Struct):
    """A line of the new file.

    Attributes:
        raw: its bytes, without LF.
        line: number of the line of the original that it comes from.
        offset: where that line begins.
        size: how long that line is, its LF included.
        saved: whether the original bytes have been salvaged, as those of a changed line are once.
    """

    raw: bytes
    line: int = 0
    offset: int = 0
    size: int = 0
    saved: bool = False


class Draft:
    """The lines of a file, and what has been done to them.

    Attributes:
        data: the original.
        rows: the lines of the new file, in order.
        actions: what has been done.
        salvaged: the bytes of the original that have left the new file.
        lost: what could be made out of each entry that has left it, by its id.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.rows = [Row(line.raw, line.number, line.offset, len(line.raw) + line.ended) for line in lines(data)]
        self.actions: list[Action] = []
        self.salvaged: list[Salvaged] = []
        self.lost: dict[str, Lost] = {}

    def joined(self) -> bytes:
        """Return the new file."""
        return b"".join(part for row in self.rows for part in (row.raw, b"\n"))

    def session(self) -> Session:
        """Return the session in the new file: an oddity in its line ``n`` is about ``rows[n - 1]``."""
        return Session.parse(self.joined())

    def note(self, code: str, row: Row, message: str) -> None:
        """Add to the account."""
        self.actions.append(Action(code, row.line, row.offset, message))

    def change(self, row: Row, raw: bytes) -> None:
        """Give a row other bytes; the original ones are salvaged."""
        self.save(row)
        row.raw = raw

    def save(self, row: Row) -> None:
        """Salvage the original bytes of a row, once."""
        if row.size and not row.saved:
            self.save_bytes(row.offset, row.size)
        row.saved = True

    def save_bytes(self, offset: int, length: int) -> None:
        """Salvage some bytes of the original."""
        if length:
            at = self.salvaged[-1].at + self.salvaged[-1].length if self.salvaged else 0
            self.salvaged.append(Salvaged(offset, length, at))
