"""The log of all sessions in one SQLite database.

Each event is committed as soon as the recorder is idle, some milliseconds after it happened: that is what a killed
process may lose. The file is not synced at every commit, so a power cut may take the last seconds; it never damages the
file.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_autonomous_session_control.memory._files import private_folder, touch
from pi_autonomous_session_control.mirror._events import Event
from pi_host.launch import agent_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

__all__ = ["Log", "LogError", "Record", "SessionRow", "log_path"]

_VERSION: Final = 1
_DAY: Final = 86_400_000
#: Sessions that nobody took up for so long are dropped, in ms.
_KEPT: Final = 180 * _DAY
_PATIENCE: Final = 5.0

_TABLES: Final = """
CREATE TABLE session (
    id      TEXT PRIMARY KEY,
    file    TEXT,
    cwd     TEXT NOT NULL,
    parent  TEXT,
    used_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX session_by_file ON session (file);
CREATE INDEX session_by_use ON session (used_at);
CREATE TABLE event (
    number  INTEGER PRIMARY KEY,
    run     TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    session TEXT NOT NULL,
    data    BLOB NOT NULL,
    UNIQUE (run, seq)
);
CREATE INDEX event_by_session ON event (session);
CREATE TABLE worktree (session TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
"""


class LogError(Exception):
    """The log can't be used; the message says why and what to do."""


class Record(msgspec.Struct):
    """An event as it is kept: ``run`` and ``seq`` name it, ``session`` is the one it happened in."""

    run: str
    seq: int
    session: str
    event: Event


class SessionRow(msgspec.Struct, frozen=True):
    """A session that has a log; ``parent`` is the id of the one it was forked from."""

    id: str
    file: str | None
    cwd: str
    parent: str | None
    used_at: int


def log_path(env: Mapping[str, str] = os.environ) -> Path:
    """Return where the log is: ``self/mirror.sqlite3`` in pi's agent folder."""
    return agent_dir(env) / "self" / "mirror.sqlite3"


class Log:
    """The log, for any thread.

    Attributes:
        notice: what the user should be told about the file, ``None`` for nothing.
    """

    def __init__(self, path: Path, *, make: bool = True) -> None:
        """Open the log.

        Args:
            path: the database.
            make: make it if there is none; a damaged one is put aside.

        Raises:
            LogError: it can't be opened.
        """
        self.path = path
        self.notice: str | None = None
        self._turn = threading.RLock()
        self._decoder = msgspec.json.Decoder(Event)
        self._encoder = msgspec.json.Encoder()
        with self._told():
            if make:
                self._connection = self._made()
            elif path.exists():
                self._connection = _connected(path)
            else:
                raise LogError(f"there is no log yet at {str(path)!r}: run pi with the plugin `self` first")

    def close(self) -> None:
        """Close the file."""
        with self._turn:
            self._connection.close()

    def begin(self, row: SessionRow) -> None:
        """Note that a session is used, and drop those that nobody used for half a year."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET file = excluded.file, "
                "cwd = excluded.cwd, parent = coalesce(excluded.parent, parent), used_at = excluded.used_at",
                (row.id, row.file, row.cwd, row.parent, row.used_at),
            )
            old = [r[0] for r in connection.execute("SELECT id FROM session WHERE used_at < ?", (row.used_at - _KEPT,))]
            for name in old:
                for table, column in (("event", "session"), ("worktree", "session"), ("session", "id")):
                    connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608  # our own names

    def write(self, records: Iterable[Record]) -> None:
        """Keep ``records``, all or none; one that is known gets its entry moved."""
        rows = [(r.run, r.seq, r.session, self._encoder.encode(r.event)) for r in records]
        with self._writing() as connection:
            connection.executemany(
                "INSERT INTO event (run, seq, session, data) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (run, seq) DO UPDATE SET data = excluded.data",
                rows,
            )

    def read(self, sessions: Iterable[str], *, after: int = 0, without: str = "") -> tuple[list[Record], int]:
        """Return the records of ``sessions`` that came after number ``after``, but for those of the run ``without``.

        Returns:
            The records, oldest first, and the number of the last one that is in the log.
        """
        names = list(sessions)
        marks = ", ".join("?" * len(names))
        query = f"""
            SELECT number, run, seq, session, data FROM event
            WHERE session IN ({marks}) AND number > ? AND run != ? ORDER BY number
        """  # noqa: S608  # marks only
        with self._told(), self._turn:
            rows = self._connection.execute(query, (*names, after, without)).fetchall()
            last = self._connection.execute("SELECT coalesce(max(number), 0) FROM event").fetchone()[0]
        return [record for row in rows if (record := self._record(row)) is not None], int(last)

    def session(self, *, name: str | None = None, file: str | None = None) -> SessionRow | None:
        """Return the session with this id, or the one last used with this file."""
        query = (
            "SELECT * FROM session WHERE id = ?"
            if name is not None
            else ("SELECT * FROM session WHERE file = ? ORDER BY used_at DESC LIMIT 1")
        )
        with self._told(), self._turn:
            row = self._connection.execute(query, (name if name is not None else file,)).fetchone()
        return SessionRow(*row) if row else None

    def sessions(self, cwd: str | None = None) -> list[SessionRow]:
        """Return all sessions, or those of a folder, the one last used first."""
        condition, values = ("WHERE cwd = ?", (cwd,)) if cwd is not None else ("", ())
        query = f"SELECT * FROM session {condition} ORDER BY used_at DESC"  # noqa: S608  # no value in it
        with self._told(), self._turn:
            return [SessionRow(*row) for row in self._connection.execute(query, values)]

    def lineage(self, name: str) -> list[str]:
        """Return the ids of a session and of those it was forked from."""
        found: list[str] = []
        current: str | None = name
        while current is not None and current not in found:
            found.append(current)
            row = self.session(name=current)
            current = row.parent if row else None
        return found

    def worktree(self, session: str, data: bytes | None = None) -> bytes | None:
        """Return what was kept about the files of a session, or keep ``data``."""
        if data is None:
            with self._told(), self._turn:
                row = self._connection.execute("SELECT data FROM worktree WHERE session = ?", (session,)).fetchone()
            return bytes(row[0]) if row else None
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO worktree VALUES (?, ?)", (session, data))
        return data

    def _record(self, row: tuple[Any, ...]) -> Record | None:
        try:
            return Record(row[1], row[2], row[3], self._decoder.decode(row[4]))
        except msgspec.DecodeError:  # written by a later version
            return None

    def _made(self) -> sqlite3.Connection:
        try:
            private_folder(self.path.parent)
            touch(self.path)
            return _connected(self.path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            aside = self.path.with_name(f"{self.path.name}.damaged-{os.getpid()}")
            self.path.replace(aside)
            for ending in ("-wal", "-shm"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            self.notice = f"the log of the mirror was damaged and begins anew; the old one is {str(aside)!r}"
            touch(self.path)
            return _connected(self.path)
        except OSError as error:
            raise LogError(f"the log {str(self.path)!r} can't be made: {error.strerror}; check the folder") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._told(), self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LogError(
                f"the log {str(self.path)!r} failed: {error}; check the rights and the room on the disk"
            ) from error


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("BEGIN IMMEDIATE")
            if connection.execute("PRAGMA user_version").fetchone()[0] == 0:  # another process may have been quicker
                for statement in _TABLES.split(";"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    if version > _VERSION:
        connection.close()
        raise LogError(
            f"the log {str(path)!r} has version {version}, this program knows {_VERSION}: "
            "update pi-autonomous-session-control, or move the file away"
        )
    return connection
