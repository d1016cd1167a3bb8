"""Merging a snapshot into the database, within a transaction of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from pi_autonomous_session_control.memory import _drafts, _exchange, _rows, _writing
from pi_autonomous_session_control.memory._errors import InvalidError
from pi_autonomous_session_control.memory._records import Memory, Origin

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from pi_autonomous_session_control.memory._records import Draft, Scope
    from pi_autonomous_session_control.memory._snapshot import Entry, Reading

__all__ = ["Merge", "as_memory", "current", "merge", "note_written"]


class Merge:
    """What a merge did.

    Attributes:
        added: ids of new memories.
        changed: ids of memories with another text than before.
        forgotten: ids of memories that are gone.
        carried: records for the file that the database does not take.
        untouched: ids among them that look like ours.
    """

    def __init__(self) -> None:
        self.added: list[str] = []
        self.changed: list[str] = []
        self.forgotten: list[str] = []
        self.carried: list[dict[str, Any]] = []
        self.untouched: set[str] = set()

    def plus(self, later: Merge) -> Merge:
        """Return what both did; what is carried is the later one's."""
        later.added = [*self.added, *later.added]
        later.changed = [*self.changed, *later.changed]
        later.forgotten = [*self.forgotten, *later.forgotten]
        return later


class _Known(msgspec.Struct, frozen=True):
    """A row of the table ``shared``: when an entry first stood in the file, whose it is, and what both agreed on."""

    since: int
    ours: bool
    digest: str


def merge(connection: sqlite3.Connection, path: str, scope: Scope, reading: Reading, now: int) -> Merge:
    """Take what is new in ``reading`` into the database."""
    done = Merge()
    done.carried = list(reading.carried)
    if reading.status != "loaded":
        return done
    merger = _Merger(connection, scope, now, done)
    known = _known(connection, path)
    mine = {entry.id: entry for entry in current(connection, scope, now)}
    merger.forget(reading, known)
    turn = _turn(connection)
    for entry in reading.entries:
        before = known.get(entry.id)
        if before is not None and mine.get(entry.id) == entry:
            continue  # nearly all: nobody has touched it
        merger.take(entry, before)
        if entry.id not in done.untouched:
            row = _Known(before.since if before else turn, before.ours if before else False, _exchange.digest(entry))
            _note(connection, path, entry.id, row)
    return done


def current(connection: sqlite3.Connection, scope: Scope, now: int) -> list[Entry]:
    """Return the entries that the file should hold: traps first, then the strongest."""
    query = """
        SELECT number FROM memory WHERE scope = ? AND scope_key = ? AND (expires_at IS NULL OR expires_at > ?)
        ORDER BY kind = 'trap' DESC, strength_now(strength, accessed_at, access_count, ?) DESC, number
    """
    rows = connection.execute(query, (scope.kind, scope.key, now, now))
    numbers = [row["number"] for row in rows]
    return [_exchange.to_entry(memory) for memory in _rows.fetch_numbers(connection, numbers)]


def note_written(connection: sqlite3.Connection, path: str, reading: Reading, entries: Iterable[Entry]) -> None:
    """Note what the file holds now."""
    known = _known(connection, path)
    had = {entry.id: entry for entry in reading.entries}
    turn = _turn(connection)
    written = {entry.id: entry for entry in entries}
    gone = [(path, name) for name in known if name not in written]
    connection.executemany("DELETE FROM shared WHERE path = ? AND id = ?", gone)
    for entry in written.values():
        before = known.get(entry.id) if entry.id in had else None
        if before is None or had[entry.id] != entry:
            row = _Known(before.since if before else turn, before.ours if before else True, _exchange.digest(entry))
            _note(connection, path, entry.id, row)


def _known(connection: sqlite3.Connection, path: str) -> dict[str, _Known]:
    rows = connection.execute("SELECT id, since, ours, digest FROM shared WHERE path = ?", (path,))
    return {row["id"]: _Known(row["since"], bool(row["ours"]), row["digest"]) for row in rows}


def _note(connection: sqlite3.Connection, path: str, name: str, known: _Known) -> None:
    values = (path, name, known.since, known.ours, known.digest)
    connection.execute("INSERT OR REPLACE INTO shared (path, id, since, ours, digest) VALUES (?, ?, ?, ?, ?)", values)


def _turn(connection: sqlite3.Connection) -> int:
    connection.execute("INSERT INTO fact VALUES ('turn', 1) ON CONFLICT DO UPDATE SET value = value + 1")
    return int(connection.execute("SELECT value FROM fact WHERE name = 'turn'").fetchone()[0])


class _Merger:
    def __init__(self, connection: sqlite3.Connection, scope: Scope, now: int, done: Merge) -> None:
        self._connection = connection
        self._scope = scope
        self._now = now
        self._done = done

    def forget(self, reading: Reading, known: dict[str, _Known]) -> None:
        """Forget what is missing from the file if its writer must have known it."""
        here = {entry.id for entry in reading.entries}
        proof = max((row.since for name, row in known.items() if row.ours and name in here), default=0)
        missing = [name for name, row in known.items() if name not in here and row.since < proof]
        place, values = _rows.place([self._scope])
        query = f"SELECT number FROM memory WHERE id = ? AND {place}"  # noqa: S608  # no value in it
        rows = [self._connection.execute(query, (name, *values)).fetchone() for name in missing]
        gone = _rows.remove(self._connection, [row["number"] for row in rows if row is not None], self._now)
        self._done.forgotten += gone

    def take(self, entry: Entry, known: _Known | None) -> None:
        """Take over what the file says of one memory."""
        forgotten = self._connection.execute("SELECT 1 FROM forgotten WHERE id = ?", (entry.id,)).fetchone()
        if forgotten is not None:
            return
        number = _rows.number_of(self._connection, entry.id)
        try:
            draft, _ = _drafts.checked(_exchange.to_draft(entry, self._scope, self._now))
        except InvalidError:  # too long for us, or nothing but a secret: theirs to keep
            if number is None:
                self._done.untouched.add(entry.id)
                self._done.carried.append({"layer": "longterm", "memory": msgspec.to_builtins(entry)})
            return
        if number is None:
            self._insert(entry, draft, entry.id)
            return
        (mine,) = _rows.fetch_numbers(self._connection, [number])
        if mine.scope == self._scope and (merged := self._reconciled(mine, entry, draft, known)) != mine:
            _rows.update(self._connection, number, merged)

    def _reconciled(self, mine: Memory, entry: Entry, draft: Draft, known: _Known | None) -> Memory:
        theirs, ours = _exchange.digest(entry), _exchange.digest(_exchange.to_entry(mine))
        agreed = known.digest if known else ""
        merged = msgspec.structs.replace(
            mine,
            strength=entry.strength if entry.lastAccessedAt > mine.accessed_at else mine.strength,
            accessed_at=max(mine.accessed_at, entry.lastAccessedAt),
            access_count=max(mine.access_count, entry.accessCount),
        )
        if theirs != ours and agreed == ours:
            self._done.changed.append(mine.id)
            fields = {name: getattr(draft, name) for name in ("content", "context", "topics", "metadata")}
            return msgspec.structs.replace(merged, **fields, updated_at=self._now)
        if theirs not in {ours, agreed}:
            self._insert(entry, draft, _writing.new_id(self._connection, entry.type, self._now))
        return merged

    def _insert(self, entry: Entry, draft: Draft, name: str) -> None:
        _rows.insert(self._connection, as_memory(entry, draft, name))
        self._done.added.append(name)


def as_memory(entry: Entry, draft: Draft, name: str) -> Memory:
    """Return the memory that an entry is, checked as ``draft``."""
    fields = {field: getattr(draft, field) for field in draft.__struct_fields__ if field != "origin"}
    return Memory(
        id=name,
        strength=entry.strength,
        created_at=entry.createdAt,
        updated_at=draft.origin.at,
        accessed_at=max(entry.createdAt, entry.lastAccessedAt),
        access_count=entry.accessCount,
        origins=(Origin(event=draft.origin.event, entry=entry.id, at=draft.origin.at),),
        **fields,
    )
