"""Which state of a session was the same here and in a store at last: what tells a rewritten file from a conflict."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from pi_session_persistence.registry import home
from pi_session_persistence.stores._errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Bases"]

_PATIENCE_S: Final = 20.0


class Bases:
    """The last states in common. Without them nothing is lost: then a rewritten file counts as a conflict.

    Args:
        file: the SQLite file, by default beside the registry.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or home() / "stores.sqlite3"

    def get(self, store: str, session: str, file: Path) -> str | None:
        """Return the SHA-256 of the last state that a file had in common with a store, ``None`` if none is known.

        Raises:
            StoreError: the file can't be read.
        """
        if not self._file.exists():
            return None
        with self._opened() as database:
            query = "SELECT sha256 FROM base WHERE store = ? AND session = ? AND file = ?"
            found: tuple[str] | None = database.execute(query, (store, session, _stored(file))).fetchone()
        return found[0] if found else None

    def set(self, store: str, session: str, file: Path, sha256: str) -> None:
        """Write down that this state is in a file and in a store.

        Raises:
            StoreError: the file can't be written.
        """
        with self._opened() as database:
            database.execute("REPLACE INTO base VALUES (?, ?, ?, ?)", (store, session, _stored(file), sha256))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE_S, isolation_level=None)) as database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS base (store TEXT, session TEXT, file BLOB, sha256 TEXT, "
                    "PRIMARY KEY (store, session, file)) WITHOUT ROWID"
                )
                yield database
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{str(self._file)!r}: {error}; move it away if it is damaged, nothing is lost") from error


def _stored(file: Path) -> bytes:
    # A path need not be Unicode.
    return os.fsencode(file.resolve())
