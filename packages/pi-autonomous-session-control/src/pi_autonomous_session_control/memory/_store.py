"""The memory: add, find, change, forget."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from pi_autonomous_session_control.memory import (
    _decay,
    _drafts,
    _merge,
    _quota,
    _recovery,
    _rows,
    _search,
    _stats,
    _writing,
)
from pi_autonomous_session_control.memory._database import Database
from pi_autonomous_session_control.memory._errors import InvalidError
from pi_autonomous_session_control.memory._records import Draft, Memory, Stored, wall_clock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pi_autonomous_session_control.memory._quota import Quota
    from pi_autonomous_session_control.memory._records import Change, Clock, Kind, Scope
    from pi_autonomous_session_control.memory._search import Search
    from pi_autonomous_session_control.memory._stats import Stats

__all__ = ["Hit", "MemoryStore"]


class Hit(msgspec.Struct, frozen=True):
    """A memory that was found, and how well it fits; scores are comparable within one search."""

    memory: Memory
    score: float


class MemoryStore:
    """What was learned, in one database that several processes share.

    All methods may be called from any thread. They raise `UnavailableError` when the database can't be used.
    """

    def __init__(self, path: Path, *, clock: Clock = wall_clock, quota: Quota = _quota.DEFAULT) -> None:
        """Open the memory in ``path``; a damaged one is repaired, see ``notice``."""
        self._clock = clock
        self._quota = quota
        self.database = Database(path, clock)

    @property
    def notice(self) -> str | None:
        """What the user should be told about the file: that it was repaired, or can't be written."""
        if self.database.recovery is not None:
            return str(self.database.recovery)
        if self.database.read_only:
            return f"the memory {str(self.database.path)!r} can be read but not written: nothing new is kept"
        return None

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def now(self) -> int:
        """Return the time of this memory's clock."""
        return self._clock()

    def add(self, draft: Draft) -> Stored:
        """Store ``draft``; when this returns, it survives a killed process and a power cut.

        What is known already in the same scope, in whatever wording, is strengthened instead.

        Raises:
            SecretError: it is nothing but a secret.
            InvalidError: it is empty, too long or out of range.
        """
        draft, masked = _drafts.checked(draft)
        now = self._clock()
        origin = msgspec.structs.replace(draft.origin, at=draft.origin.at or now)
        draft = msgspec.structs.replace(draft, origin=origin)
        with self.database.writing() as connection:
            _quota.sweep(connection, now)
            # A trap is more than its text.
            number = _merge.twin(connection, draft) if draft.kind == "pattern" else None
            if number is None:
                memory = _writing.create(connection, draft, now)
            else:
                memory = _writing.join(connection, number, draft, now)
            evicted = _quota.enforce(connection, self._quota, now, spare=memory.id)
        return Stored(memory=memory, merged=number is not None, masked=masked, evicted=evicted)

    def get(self, name: str) -> Memory | None:
        """Return the memory with this id, unless it has expired."""
        with self.database.reading() as connection:
            memory = _rows.fetch(connection, name)
        return None if memory is None or _is_over(memory, self._clock()) else memory

    def search(self, search: Search) -> list[Hit]:
        """Return the memories that fit best, best first; nothing is changed by looking."""
        with self.database.reading() as connection:
            found = dict(_search.ranked(connection, search, self._clock()))
            memories = _rows.fetch_numbers(connection, list(found))
        return [Hit(memory, score) for memory, score in zip(memories, found.values(), strict=True)]

    def recall(self, search: Search) -> list[Hit]:
        """As `search`, and strengthen what was found, because it is of use."""
        found = self.search(search)
        if not found or self.database.read_only:
            return found
        with self.database.writing() as connection:
            _writing.touch(connection, [hit.memory.id for hit in found], self._clock())
        return found

    def matching(self, search: Search) -> list[Memory]:
        """Return the memories that have every word of the query, oldest first: what `forget` by query would take."""
        with self.database.reading() as connection:
            return _rows.fetch_numbers(connection, _search.matching(connection, search, self._clock()))

    def edit(self, name: str, change: Change) -> Stored:
        """Change the memory with this id.

        Raises:
            InvalidError: there is none, or it can't be like that.
            SecretError: the text is nothing but a secret.
        """
        given = {field: getattr(change, field) for field in change.__struct_fields__}
        given = {field: value for field, value in given.items() if value is not msgspec.UNSET}
        now = self._clock()
        with self.database.writing() as connection:
            number = _rows.number_of(connection, name)
            old = None if number is None else _rows.fetch(connection, name)
            if number is None or old is None or _is_over(old, now):
                raise InvalidError(f"there is no memory {name!r}: look with `pi-self memory list`")
            draft, masked = _drafts.checked(_draft_of(old, given))
            fields = {field: getattr(draft, field) for field in given}
            _rows.update(connection, number, msgspec.structs.replace(old, **fields, updated_at=now))
            evicted = _quota.enforce(connection, self._quota, now, spare=name)
            memory = _rows.fetch_numbers(connection, [number])[0]
        return Stored(memory=memory, masked=masked, evicted=evicted)

    def forget(self, names: Iterable[str]) -> tuple[str, ...]:
        """Remove memories for good, and return the ids that were there; no snapshot brings them back."""
        with self.database.writing() as connection:
            wanted = json.dumps(list(names))
            query = "SELECT number FROM memory WHERE id IN (SELECT value FROM json_each(?))"
            numbers = [row["number"] for row in connection.execute(query, (wanted,))]
            return _rows.remove(connection, numbers, self._clock())

    def all(self, scopes: Iterable[Scope] | None = None, *, kind: Kind | None = None) -> list[Memory]:
        """Return every memory of ``scopes`` and of this kind, or of all, oldest first."""
        condition, values = _rows.place(scopes) if scopes is not None else ("1", [])
        if kind is not None:
            condition, values = f"{condition} AND kind = ?", [*values, kind]
        query = f"""
            SELECT number FROM memory WHERE {condition} AND (expires_at IS NULL OR expires_at > ?) ORDER BY number
        """  # noqa: S608  # no value in it
        with self.database.reading() as connection:
            numbers = [row["number"] for row in connection.execute(query, (*values, self._clock()))]
            return _rows.fetch_numbers(connection, numbers)

    def count_hits(self, names: Iterable[str], outcome: str, *, tool: str, session: str) -> None:
        """Note that traps fired."""
        now = self._clock()
        with self.database.writing() as connection:
            wanted = list(names)
            _writing.touch(connection, wanted, now)
            query = "INSERT INTO trap_hit SELECT number, ?, ?, ?, ? FROM memory WHERE id = ?"
            connection.executemany(query, [(now, session, tool, outcome, name) for name in wanted])

    def hit_outcomes(self, name: str) -> dict[str, int]:
        """Return what came of a trap's hits, with their numbers."""
        query = """
            SELECT outcome, count(*) FROM trap_hit JOIN memory ON number = trap
            WHERE id = ? GROUP BY outcome ORDER BY outcome
        """
        with self.database.reading() as connection:
            return {str(outcome): int(count) for outcome, count in connection.execute(query, (name,))}

    def maintain(self) -> tuple[str, ...]:
        """Remove what has expired or faded, write the daily backup, and return the removed ids.

        Removing happens by itself, too, when something is added and an hour has passed.
        """
        now = self._clock()
        with self.database.writing() as connection:
            removed = _quota.sweep(connection, now, force=True)
        with self.database.writing() as connection:
            due = _quota.is_due(connection, "backup", now, _decay.DAY)
        if due:
            self.back_up(_recovery.backup_path(self.database.path))
        return removed

    def back_up(self, target: Path) -> None:
        """Copy the memory to the file ``target`` while others use it.

        Raises:
            UnavailableError: it can't be written.
        """
        self.database.back_up(target)

    def restore(self, source: Path) -> Path | None:
        """Put the backup ``source`` in the memory's place; return where the replaced file is now.

        Raises:
            DamagedError: ``source`` is not a sound memory; nothing was changed.
        """
        return self.database.restore(source)

    def stats(self) -> Stats:
        """Return how full the memory is."""
        with self.database.reading() as connection:
            return _stats.count(connection, self._quota)


def _is_over(memory: Memory, now: int) -> bool:
    return memory.expires_at is not None and memory.expires_at <= now


def _draft_of(memory: Memory, given: dict[str, Any]) -> Draft:
    fields = {name: getattr(memory, name) for name in Draft.__struct_fields__ if name != "origin"}
    return Draft(**{**fields, **given})
