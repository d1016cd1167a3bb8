"""One SQLite database that many processes use at once."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.memory import _files, _recovery, _schema
from pi_autonomous_session_control.memory._errors import (
    DamagedError,
    FullError,
    MemoryStoreError,
    NewerError,
    ReadOnlyError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pi_autonomous_session_control.memory._records import Clock
    from pi_autonomous_session_control.memory._recovery import Recovery

__all__ = ["Database"]

#: Seconds to wait for another process's transaction; they last milliseconds.
_PATIENCE: Final = 10.0


class Database:
    """The connection of this process; threads take turns.

    It notices when the file behind its path is another one, because it was repaired or restored, and opens that.

    Attributes:
        path: the file.
        read_only: it can't be written.
        recovery: what the last repair did, ``None`` if there was none.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open ``path``, making it if need be and repairing it if it is damaged.

        Raises:
            UnavailableError: it can't be opened.
        """
        self.path = path
        self.read_only = False
        self.recovery: Recovery | None = None
        self._clock = clock
        self._turn = threading.RLock()
        self._identity: tuple[int, int] | None = None
        self._connection = self._open()

    def close(self) -> None:
        """Close the connection; using it again opens it again."""
        with self._turn:
            self._connection.close()
            self._identity = None

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for one or several queries that see the same state."""
        with self._using():
            connection = self._current()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                _roll_back(connection)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection for changes that happen all or not at all.

        Raises:
            ReadOnlyError: the database can't be written.
            FullError: the disk is full.
        """
        with self._using():
            if self.read_only:
                raise ReadOnlyError(f"memory {str(self.path)!r} can't be written: check the rights of file and folder")
            connection = self._begun()
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                _roll_back(connection)

    def back_up(self, target: Path) -> None:
        """Copy the database to ``target`` while others use it."""
        try:
            with self._using():
                _recovery.back_up(self._current(), target)
        except OSError as error:
            raise UnavailableError(f"backup {str(target)!r} can't be written: {error.strerror}") from error

    def restore(self, source: Path) -> Path | None:
        """Put the backup ``source`` in this database's place; return where the replaced file is now."""
        with self._using():
            self.close()
            return _recovery.restore(self.path, source, self._clock())

    @contextmanager
    def _using(self) -> Iterator[None]:
        with self._turn:
            try:
                with _told(self.path):
                    yield
            except DamagedError:
                self.close()  # so that the next use finds the damage, and repairs it
                raise

    def _begun(self) -> sqlite3.Connection:
        while True:
            connection = self._current()
            connection.execute("BEGIN IMMEDIATE")
            # Whoever repairs holds this lock while it puts another file in place: what is written to this one now
            # is in the file that everybody sees, or there is another file and we take that.
            if self._identity == _identity(self.path):
                return connection
            _roll_back(connection)

    def _current(self) -> sqlite3.Connection:
        if self._identity is None or self._identity != _identity(self.path):
            self._connection.close()
            self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except DamagedError:
            self.recovery = _recovery.mend(self.path, self._clock())
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        with _told(self.path):
            uri = _uri(self.path)
            self.read_only = "mode=ro" in uri
            self._identity = _identity(self.path)
            connection = sqlite3.connect(
                uri, uri=True, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, cached_statements=256
            )
            try:
                _schema.prepare(connection)
                _check(connection, self.path)
            except BaseException:
                connection.close()
                raise
            return connection


def _uri(path: Path) -> str:
    try:
        if not path.exists():
            _files.private_folder(path.parent)
            with _files.locked(_recovery.lock_path(path)):
                _files.touch(path)
    except OSError as error:
        raise UnavailableError(f"memory {str(path)!r} can't be made: {error.strerror}") from error
    # Not by opening the file: closing it would give up the locks that SQLite holds in this process.
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return f"{path.resolve().as_uri()}?mode=rw"
    # Without a log there is nobody writing, and without write access the files that coordinate can't be made.
    immutable = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    return f"{path.resolve().as_uri()}?mode=ro{immutable}"


def _check(connection: sqlite3.Connection, path: Path) -> None:
    if _schema.version_of(connection) == 0:
        with _files.locked(_recovery.lock_path(path)):
            _create(connection, path)
    if (version := _schema.version_of(connection)) > _schema.VERSION:
        raise NewerError(
            f"memory {str(path)!r} has version {version}, this program knows up to {_schema.VERSION}: "
            "update pi-autonomous-session-control, or move the file away"
        )
    if (found := _recovery.damage(connection)) is not None:
        raise DamagedError(f"memory {str(path)!r} is damaged: {found}")


def _create(connection: sqlite3.Connection, path: Path) -> None:
    if _schema.version_of(connection) != 0:
        return  # another process was quicker
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        raise UnavailableError(f"{str(path)!r} is another program's database: name another file for the memory")
    _schema.create(connection)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116  # before every transaction; pathlib costs as much again
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, path) from error


def _translated(error: sqlite3.Error, path: Path) -> MemoryStoreError:
    # A closed connection and the like have no code: those are our mistakes and keep their name.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    name = repr(str(path))
    match code:
        case sqlite3.SQLITE_FULL:
            return FullError(f"memory {name} can't grow, the disk is full: nothing was stored; make room and try again")
        case sqlite3.SQLITE_READONLY:
            return ReadOnlyError(f"memory {name} can't be written: check the rights of file and folder")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DamagedError(f"memory {name} is damaged ({error}): it is repaired when it is next used")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return UnavailableError(f"memory {name} was locked by another process for {_PATIENCE:g} s: try again")
        case _:
            return UnavailableError(f"memory {name} failed: {error}")
