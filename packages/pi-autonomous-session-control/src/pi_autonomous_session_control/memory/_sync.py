"""One memory, two systems: bringing the database and a snapshot together so that neither loses anything.

The other system keeps the file's contents in its process and writes all of it at each change, without looking what has
come in between. So an entry that is missing from the file was either forgotten by it or never known to it. It was known
if the file still holds an entry that we added later: whoever wrote that had read the file when both were there. Only
then it is forgotten here, too; otherwise it is put back.

Of an entry that both have, the counters become the higher ones, and the text is taken from the side that changed it
since both agreed. Where both did, ours stays and theirs becomes a memory of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pi_autonomous_session_control.memory import _backups, _files, _merging, _snapshot
from pi_autonomous_session_control.memory._errors import ReadOnlyError
from pi_autonomous_session_control.memory._merging import Merge

if TYPE_CHECKING:
    import sqlite3

    from pi_autonomous_session_control.memory._records import Scope
    from pi_autonomous_session_control.memory._snapshot import Reading
    from pi_autonomous_session_control.memory._store import MemoryStore

__all__ = ["Snapshot", "Synced"]

#: A file that changed while it was being merged is merged again, so often.
_ATTEMPTS: Final = 5
#: What is written is half as large as what can be read; of more, the faintest stay out.
_MAX_BYTES: Final = _snapshot.MAX_BYTES // 2

_LEFT_ALONE: Final = {
    "foreign": "move it away, or name another file in PI_SELF_MEMORY_PATH",
    "huge": "move it away; the memory itself is in the database",
    "unreadable": "check its rights",
}


class Synced(msgspec.Struct, kw_only=True, frozen=True):
    """What reading or writing a snapshot did.

    Attributes:
        status: what was found, see `Reading`.
        added: ids that came from the file.
        changed: ids whose text was changed there.
        forgotten: ids that were forgotten there.
        discarded: entries that are not valid.
        written: the file was written anew.
        backup: copy of what was replaced because it was not sound.
        message: what the user should be told, if anything.
    """

    status: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    discarded: int = 0
    written: bool = False
    backup: Path | None = None
    message: str | None = None


class Snapshot:
    """The file at ``path``, which shares the memories of ``scope`` in ``store``.

    Memories of the user, a branch or a session are not in it: to the other system they would hold in the whole folder.
    """

    def __init__(self, store: MemoryStore, path: Path, scope: Scope) -> None:
        self.path = path
        self._store = store
        self._scope = scope

    def load(self) -> Synced:
        """Take over what is new in the file; the file stays as it is, even if it is broken."""
        reading = _snapshot.read(self.path)
        if reading.status != "loaded":
            return Synced(status=reading.status, message=self._complaint(reading, "the next write"))
        try:
            with self._store.database.writing() as connection:
                merge = self._merge(connection, reading)
        except ReadOnlyError as error:
            return Synced(status=reading.status, discarded=reading.discarded, message=str(error))
        return self._synced(reading, merge)

    def save(self) -> Synced:
        """Take over what is new in the file, and write what is new in the memory.

        Nothing raises: a file that can't be written is told in the message, and the memory is in the database.
        """
        # A link is kept, and what it leads to is replaced.
        path = self.path.resolve()
        try:
            with self._store.database.writing() as connection:
                return self._saved(connection, path)
        except ReadOnlyError as error:
            return Synced(status="unreadable", message=str(error))

    def _saved(self, connection: sqlite3.Connection, path: Path) -> Synced:
        merge = Merge()
        for _ in range(_ATTEMPTS):
            reading = _snapshot.read(path)
            if reading.status in _LEFT_ALONE:
                return Synced(status=reading.status, message=self._complaint(reading, ""))
            merge = merge.plus(self._merge(connection, reading))
            entries = _chosen(_merging.current(connection, self._scope, self._store.now()))
            if not _differ(reading, entries, merge):
                return self._synced(reading, merge)
            try:
                backup = _backups.keep(path, reading)
                if not _backups.is_same(path, reading):
                    continue
                _files.private_folder(path.parent)
                _backups.check_writable(path)
                _files.replace(path, _snapshot.encode(entries, merge.carried, self._store.now()))
            except OSError as error:
                return self._synced(reading, merge, message=f"{self._name} can't be written: {error.strerror or error}")
            _merging.note_written(connection, str(path), reading, entries)
            return self._synced(reading, merge, written=True, backup=backup)
        return Synced(status="loaded", message=f"{self._name} is being written by others all the time: not written now")

    def _merge(self, connection: sqlite3.Connection, reading: Reading) -> Merge:
        path = str(self.path.resolve())
        return _merging.merge(connection, path, self._scope, reading, self._store.now())

    def _synced(
        self, reading: Reading, merge: Merge, *, written: bool = False, backup: Path | None = None, message: str = ""
    ) -> Synced:
        return Synced(
            status=reading.status,
            added=tuple(merge.added),
            changed=tuple(merge.changed),
            forgotten=tuple(merge.forgotten),
            discarded=reading.discarded,
            written=written,
            backup=backup,
            message=message or self._complaint(reading, f"{str(backup)!r}" if backup else "the next write"),
        )

    @property
    def _name(self) -> str:
        return f"snapshot {str(self.path)!r}"

    def _complaint(self, reading: Reading, place: str) -> str | None:
        if reading.status in _LEFT_ALONE:
            return f"{self._name} is left alone: {reading.reason}; {_LEFT_ALONE[reading.status]}"
        kept = f"a copy is in {place}" if place != "the next write" else "the next write replaces it and keeps a copy"
        if reading.status in {"malformed", "newer"}:
            return f"{self._name} can't be used: {reading.reason}; {kept}"
        if reading.discarded:
            return f"{self._name} has {reading.discarded} entries that are not valid; {kept}"
        return None


def _chosen(entries: list[_snapshot.Entry]) -> list[_snapshot.Entry]:
    room = _MAX_BYTES
    chosen = []
    for entry in entries:
        room -= len(msgspec.json.encode(entry)) + 200  # for the indentation
        if room < 0:
            break
        chosen.append(entry)
    return sorted(chosen, key=lambda entry: (entry.createdAt, entry.id))


def _differ(reading: Reading, entries: list[_snapshot.Entry], merge: Merge) -> bool:
    if reading.status != "loaded" or reading.discarded:
        return bool(entries) or reading.status != "missing"
    had = {entry.id: entry for entry in reading.entries if entry.id not in merge.untouched}
    return had != {entry.id: entry for entry in entries}
