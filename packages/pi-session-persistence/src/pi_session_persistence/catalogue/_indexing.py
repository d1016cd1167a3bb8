"""One file brought into the catalogue: what is new of it, or all of it if what was there has changed."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from pi_session_persistence.catalogue._reading import blocks, crc, ends, items, last_line
from pi_session_persistence.catalogue._rows import Kept, Row
from pi_session_persistence.catalogue._state import State
from pi_session_persistence.catalogue._text import storable
from pi_session_persistence.catalogue._walk import stamp_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from typing import BinaryIO

    from pi_host.sessionfile import Item
    from pi_session_persistence.catalogue._state import Noted

__all__ = ["forget", "forget_all", "index", "is_worn", "kept"]

#: Clocks of file systems are coarse: what changed just now may change again within the same tick.
_TICK_NS: Final = 50_000_000

#: Files of older versions are read as a whole.
_TREE: Final = 3

#: So many entries may be gone before the index is made anew.
_WORN: Final = 200_000

_TABLES: Final = ("session", "reading", "state", "spent", "tool")

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(State).decode


class _Before(NamedTuple):
    """What the catalogue has of a file."""

    session: int
    size: int
    ends: bytes
    tail: int
    state: bytes


def index(database: sqlite3.Connection, path: bytes) -> bool:
    """Bring the file at ``path`` into the catalogue, within the caller's transaction.

    Returns:
        Whether what was in the catalogue is still the beginning of the file.

    Raises:
        OSError: the file can't be read; part of it may be in the catalogue then.
    """
    before = _before(database, path)
    with open(path, "rb") as file:  # noqa: PTH123  # the path is bytes
        now = time.time_ns()
        facts = os.fstat(file.fileno())
        state = _continued(file, before, facts.st_size)
        goes_on = True
        if before is not None and state is None:
            goes_on = not _can_grow(_unpack(before.state))
            forget(database, before.session)
            before = None
        racy = now - facts.st_mtime_ns < _TICK_NS
        _File(database, path, file, before).bring_in(state or State(), facts, 0 if racy else stamp_of(facts))
    return goes_on


def kept(database: sqlite3.Connection, path: bytes) -> Kept | None:
    """Compare the file at ``path`` with what the catalogue has read of it; ``None`` if that is nothing.

    Raises:
        OSError: the file can't be read.
    """
    before = _before(database, path)
    if before is None:
        return None
    state = _unpack(before.state)
    with open(path, "rb") as file:  # noqa: PTH123  # the path is bytes
        return Kept(state.offset, os.fstat(file.fileno()).st_size, crc(file, state.offset) == state.crc)


def _before(database: sqlite3.Connection, path: bytes) -> _Before | None:
    query = "SELECT state.* FROM reading JOIN state USING (session) WHERE path = ?"
    row = database.execute(query, (path,)).fetchone()
    return _Before(*row) if row is not None else None


def forget(database: sqlite3.Connection, session: int) -> None:
    """Take a session out of the catalogue, within the caller's transaction."""
    _forget_entries(database, "session = ?", session)
    for table in _TABLES:
        column = "id" if table == "session" else "session"
        database.execute(f"DELETE FROM {table} WHERE {column} = ?", (session,))  # noqa: S608  # names of our own


def forget_all(database: sqlite3.Connection) -> None:
    """Empty the catalogue, within the caller's transaction."""
    # The numbers of entries go on, so that a later one is always higher.
    for table in (*_TABLES, "entry", "wear"):
        database.execute(f"DELETE FROM {table}")  # noqa: S608  # names of our own
    database.execute("INSERT INTO words (words) VALUES ('delete-all')")


def is_worn(database: sqlite3.Connection) -> bool:
    """Tell whether most words in the index are of entries that are gone, which FTS5 can't take out of it."""
    (dead,) = database.execute("SELECT coalesce(sum(dead), 0) FROM wear").fetchone()
    if dead < _WORN:
        return False
    (living,) = database.execute("SELECT count(*) FROM entry").fetchone()
    return bool(dead > 2 * living)


def _forget_entries(database: sqlite3.Connection, condition: str, *values: int) -> None:
    dead = database.execute(f"DELETE FROM entry WHERE {condition}", values).rowcount  # noqa: S608  # conditions of our own
    database.execute("INSERT INTO wear VALUES (?)", (dead,))


def _continued(file: BinaryIO, before: _Before | None, size: int) -> State | None:
    """Return the state to go on from; ``None`` if the file has to be read from its beginning."""
    if before is None:
        return None
    state = _unpack(before.state)
    if size < state.offset or not _can_grow(state):
        return None
    if size > before.size:
        return state if ends(file, state.offset) == before.ends else None
    return state if crc(file, state.offset) == state.crc else None


def _can_grow(state: State) -> bool:
    """Tell whether new lines can be read without those before them."""
    return bool(state.header) and state.version >= _TREE


class _File:
    """One file on its way into the catalogue."""

    def __init__(self, database: sqlite3.Connection, path: bytes, file: BinaryIO, before: _Before | None) -> None:
        self._database = database
        self._path = path
        self._file = file
        self._rebranch = bool(before and before.tail)
        if before is None:
            self._id = database.execute("INSERT INTO session (path) VALUES (?)", (path,)).lastrowid or 0
        else:
            self._id = before.session

    def bring_in(self, state: State, facts: os.stat_result, stamp: int) -> None:
        """Read on from ``state``, and write down what is there then."""
        if self._rebranch:
            _forget_entries(self._database, "session = ? AND line >= ?", self._id, state.line)
        end = last_line(self._file, facts.st_size)
        for block in blocks(self._file, Path(os.fsdecode(self._path)), state, end):
            self._note(state, block.items)
            state.offset, state.line, state.crc = state.offset + block.size, state.line + block.lines, block.crc
        known = (facts.st_size, ends(self._file, state.offset), facts.st_size - end, _pack(state))
        if end < facts.st_size:
            self._read_tail(state, end, facts.st_size)
        if self._rebranch:
            self._mark_branch(state.leaf)
        self._database.execute("REPLACE INTO reading VALUES (?, ?, ?)", (self._path, stamp, self._id))
        self._database.execute("REPLACE INTO state VALUES (?, ?, ?, ?, ?)", (self._id, *known))
        self._save(state, facts)

    def _read_tail(self, state: State, end: int, size: int) -> None:
        # A last line without LF may be whole, or in the middle of being written. It is read again next time.
        self._file.seek(end)
        raw = self._file.read(size - end)
        self._note(state, items(raw, state))
        state.offset = size

    def _note(self, state: State, items: Iterable[Item]) -> None:
        notes: list[Noted] = []
        pending: set[str | None] = set()

        def known(identity: str) -> bool:
            return identity in pending or self._database.execute(_KNOWN, (self._id, identity)).fetchone() is not None

        for item in items:
            noted = state.add(item, known)
            if noted is not None:
                notes.append(noted)
                pending.add(storable(noted.entry.id))
                self._rebranch = self._rebranch or noted.branches_off
        self._insert(notes)

    def _insert(self, notes: list[Noted]) -> None:
        found = self._database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entry'").fetchone()
        first = found[0] + 1 if found else 1
        rows = (self._row(number, noted) for number, noted in enumerate(notes, first))
        self._database.executemany(f"INSERT INTO entry VALUES ({', '.join('?' * 12)})", rows)  # noqa: S608  # question marks
        words = ((number, noted.digest.text) for number, noted in enumerate(notes, first) if noted.digest.text)
        self._database.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", words)

    def _row(self, number: int, noted: Noted) -> tuple[Any, ...]:
        entry, found = noted.entry, noted.digest
        place = (entry.line, entry.offset, entry.length)
        names = (storable(entry.id), storable(entry.parent_id))
        return (number, self._id, *names, *place, found.kind, found.tool, found.at, found.failed, 1)

    def _mark_branch(self, leaf: str | None) -> None:
        self._database.execute("UPDATE entry SET active = 0 WHERE session = ?", (self._id,))
        self._database.execute(_MARK, {"session": self._id, "leaf": leaf})

    def _save(self, state: State, facts: os.stat_result) -> None:
        times = (state.modified, state.created, facts.st_mtime_ns // 1_000_000)
        spent = [
            (self._id, day, provider, model, *msgspec.structs.astuple(sums))
            for day, providers in state.spent.items()
            for provider, models in providers.items()
            for model, sums in models.items()
        ]
        row = Row(
            path=self._path,
            size=facts.st_size,
            modified=next(at for at in times if at is not None),
            branches=len(state.tips),
            tokens=sum(sum(sums[5:9]) for sums in spent),
            cost=sum(sums[9] for sums in spent),
            damage=tuple(state.damage),
            **{name: getattr(state, name) for name in _AS_THEY_ARE},
        )
        values = {name: getattr(row, name) for name in _COLUMNS} | {"damage": bool(row.damage), "row": _pack(row)}
        assignments = ", ".join(f"{name} = ?" for name in values)
        self._database.execute(f"UPDATE session SET {assignments} WHERE id = ?", (*values.values(), self._id))  # noqa: S608  # names of our own
        self._replace("spent", spent)
        self._replace("tool", [(self._id, name, tool.calls, tool.errors) for name, tool in state.tools.items()])

    def _replace(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        self._database.execute(f"DELETE FROM {table} WHERE session = ?", (self._id,))  # noqa: S608  # name of our own
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._database.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  # as above


_KNOWN: Final = "SELECT 1 FROM entry WHERE session = ? AND entry = ? LIMIT 1"

#: The entries from the root to the leaf; of several with one id the last one counts, and a cycle ends the walk.
_MARK: Final = """
WITH RECURSIVE path (id, parent) AS (
    SELECT id, parent FROM entry
    WHERE id = (SELECT max(id) FROM entry WHERE session = :session AND entry = :leaf)
    UNION
    SELECT entry.id, entry.parent FROM path JOIN entry
    ON entry.id = (SELECT max(id) FROM entry WHERE session = :session AND entry = path.parent)
)
UPDATE entry SET active = 1 WHERE id IN (SELECT id FROM path)
"""

_AS_THEY_ARE: Final = (
    *("session_id", "name", "cwd", "parent", "first", "version", "created", "entries", "prompts", "answers", "leaf"),
    *("provider", "model", "failures"),
)

#: What sessions are chosen by.
_COLUMNS: Final = (*("session_id", "cwd", "created", "modified", "prompts", "answers", "branches", "cost", "failures"),)
