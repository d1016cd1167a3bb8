"""The SQLite file of the catalogue. It is a cache: one that is damaged or of another version is made anew."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_session_persistence.catalogue._errors import CatalogueError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["TOKENIZER", "connect", "default_file", "discard", "is_damage", "part", "transaction"]

#: Changes when other things are written into the same tables.
_EDITION: Final = 1

#: Another process may be indexing; it commits every second or so.
_PATIENCE_S: Final = 60.0

#: With SQLite's own 2 MiB, the pages of ten thousand sessions would be read twice.
_CACHE_KIB: Final = 32_768

#: How words are told apart, and that accents and case don't matter.
TOKENIZER: Final = "unicode61 remove_diacritics 2"

_SCHEMA: Final = f"""
CREATE TABLE session (
    id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, session_id TEXT, cwd TEXT, created INTEGER, modified INTEGER,
    prompts INTEGER, answers INTEGER, branches INTEGER, cost REAL, failures INTEGER, damage INTEGER, row BLOB
);
CREATE TABLE reading (path BLOB PRIMARY KEY, stamp INTEGER, session INTEGER) WITHOUT ROWID;
CREATE TABLE state (session INTEGER PRIMARY KEY, size INTEGER, ends BLOB, tail INTEGER, state BLOB);
CREATE INDEX session_modified ON session (modified);
CREATE INDEX session_session_id ON session (session_id);
CREATE TABLE entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session INTEGER NOT NULL, entry TEXT, parent TEXT, line INTEGER,
    offset INTEGER, length INTEGER, kind TEXT, tool TEXT, at INTEGER, failed INTEGER, active INTEGER
);
CREATE INDEX entry_session ON entry (session, entry);
CREATE TABLE spent (
    session INTEGER, day TEXT, provider TEXT, model TEXT, requests INTEGER,
    input INTEGER, output INTEGER, cache_read INTEGER, cache_write INTEGER, cost REAL,
    PRIMARY KEY (session, day, provider, model)
) WITHOUT ROWID;
CREATE TABLE tool (session INTEGER, name TEXT, calls INTEGER, errors INTEGER, PRIMARY KEY (session, name))
WITHOUT ROWID;
CREATE TABLE wear (dead INTEGER);
CREATE VIRTUAL TABLE words USING fts5 (text, content='', tokenize='{TOKENIZER}');
"""

#: What a catalogue must say to be used.
_VERSION: Final = zlib.crc32(_SCHEMA.encode(), _EDITION) & 0x7FFF_FFFF


def default_file() -> Path:
    """Return where the catalogue is: in ``PI_SESSION_CACHE``, else in the user's folder for caches."""
    given = os.environ.get("PI_SESSION_CACHE")
    if given:
        return Path(given).expanduser().absolute() / "catalogue.sqlite3"
    from platformdirs import user_cache_path  # noqa: PLC0415  # only where nobody said

    return user_cache_path("pi-session") / "catalogue.sqlite3"


def connect(file: Path) -> sqlite3.Connection:
    """Return a connection to the catalogue, which is made if there is none that can be used.

    Raises:
        CatalogueError: it can't be opened or made.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(file):
            try:
                return _opened(file)
            except (sqlite3.DatabaseError, ValueError) as error:  # its messages may quote what is no text
                if not is_damage(error):
                    raise
                discard(file)
                return _opened(file)
    except (OSError, sqlite3.Error, ValueError) as error:
        raise CatalogueError(f"{str(file)!r}: {error}; PI_SESSION_CACHE names another folder for it") from error


def discard(file: Path) -> None:
    """Remove a catalogue; it is made anew from the sessions when it is opened next."""
    for suffix in ("", "-wal", "-shm"):
        file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)


def is_damage(error: Exception) -> bool:
    """Tell whether an error is due to what is in the catalogue, and not to the disk or to other processes."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
    return not isinstance(error, sqlite3.ProgrammingError) and code & 0xFF not in _CIRCUMSTANCES


#: Errors that making the catalogue anew would not help against.
_CIRCUMSTANCES: Final = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT),
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_NOLFS),
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH),
    }
)


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Do all of the block or nothing of it, while no other process writes."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        _undo(database, "ROLLBACK")
        raise


@contextmanager
def part(database: sqlite3.Connection) -> Iterator[None]:
    """Do all of the block or nothing of it, as one part of a transaction."""
    database.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        _undo(database, "ROLLBACK TO part; RELEASE part")
        raise
    database.execute("RELEASE part")


def _undo(database: sqlite3.Connection, commands: str) -> None:
    # Where the disk is full, SQLite has undone everything itself.
    for command in commands.split(";") if database.in_transaction else ():
        database.execute(command)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    # Two processes must not both find the file missing or unusable, and one remove what the other has just made.
    descriptor = os.open(file.with_name(f"{file.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _opened(file: Path) -> sqlite3.Connection:
    file.touch(0o600)
    database = sqlite3.connect(file, timeout=_PATIENCE_S, isolation_level=None)
    try:
        _prepare(database)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection) -> None:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, _VERSION):
        raise sqlite3.DatabaseError(f"version {version} of the catalogue")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(f"PRAGMA cache_size = {-_CACHE_KIB}")
    if version == 0:
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {_VERSION};COMMIT")
