"""The SQLite file behind a registry, opened for one transaction at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from pi_session_persistence._errors import RegistryError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["private_folder", "reading", "writing"]

_VERSION: Final = 1

#: Others have the file for milliseconds; so many seconds mean that something is wrong.
_PATIENCE_S: Final = 20.0

_SCHEMA: Final = """
CREATE TABLE record (
    id TEXT PRIMARY KEY, folded BLOB NOT NULL,
    external_id TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL, pi_file BLOB NOT NULL UNIQUE,
    parent TEXT, name TEXT, checkpoint TEXT, pi_session_id TEXT, pi_version TEXT
) WITHOUT ROWID;
CREATE INDEX record_folded ON record (folded);
"""


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection in a transaction of its own; without a regular end of the block nothing of it happens.

    Raises:
        RegistryError: the file can't be used.
    """
    private_folder(path.parent)
    path.touch(0o600)
    with _connected(path) as database:
        database.execute("BEGIN IMMEDIATE")
        if _version(database, path) == 0:
            for statement in _SCHEMA.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {_VERSION}")
        yield database
        database.execute("COMMIT")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Give a connection to read with; ``None`` if nothing has been written yet.

    Raises:
        RegistryError: the file can't be used.
    """
    if not path.exists():
        yield None
        return
    with _connected(path) as database:
        yield database if _version(database, path) else None


def private_folder(folder: Path) -> None:
    """Make ``folder`` one that only its owner may enter, and make those above it alike if they aren't there."""
    if not folder.is_dir():
        private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    import sqlite3  # noqa: PLC0415  # inside pi, most sessions have no external id

    try:
        database = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
        try:
            yield database
        finally:
            database.close()
    except sqlite3.Error as error:
        damaged = not isinstance(error, sqlite3.OperationalError)
        hint = "move it away: the session files are found without it" if damaged else "see to it, and try again"
        raise RegistryError(f"{str(path)!r}: {error}; {hint}") from error


def _version(database: sqlite3.Connection, path: Path) -> int:
    version: int = database.execute("PRAGMA user_version").fetchone()[0]
    if version > _VERSION:
        raise RegistryError(f"{str(path)!r} was written by a newer pi-session-persistence; update this one")
    return version
