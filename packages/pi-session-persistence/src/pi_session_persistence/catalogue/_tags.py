"""Tags of sessions: our own data, kept beside the registry, for pi's files have no place for them."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from pi_session_persistence.catalogue._errors import CatalogueError
from pi_session_persistence.catalogue._text import storable
from pi_session_persistence.registry import home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["PINNED", "Tags"]

#: A session with this tag is never pruned.
PINNED: Final = "pinned"

_PATIENCE_S: Final = 20.0

#: Longest tag, in characters.
_LONGEST: Final = 64


class Tags:
    """The tags of sessions, by pi's ids, so that they stay with a session wherever its file goes.

    Args:
        file: the SQLite file, by default beside the registry. It is made with the first tag.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file or home() / "tags.sqlite3"

    def all(self) -> dict[str, frozenset[str]]:
        """Return the tags of each session that has some.

        Raises:
            CatalogueError: they can't be read.
        """
        if not self._file.exists():
            return {}
        found: dict[str, set[str]] = {}
        with self._opened() as database:
            for session, tag in database.execute("SELECT session, tag FROM tag"):
                found.setdefault(session, set()).add(tag)
        return {session: frozenset(tags) for session, tags in found.items()}

    def of(self, session_id: str) -> frozenset[str]:
        """Return the tags of a session.

        Raises:
            CatalogueError: they can't be read.
        """
        return self.all().get(storable(session_id), frozenset())

    def sessions(self, tags: Iterable[str]) -> frozenset[str]:
        """Return the ids of the sessions that have all of these tags.

        Raises:
            CatalogueError: they can't be read.
        """
        wanted = set(tags)
        return frozenset(session for session, has in self.all().items() if wanted <= has)

    def change(self, session_id: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> frozenset[str]:
        """Add tags to a session and take others away; return those it has then.

        Raises:
            CatalogueError: one of them is no tag, or they can't be written.
        """
        session_id = storable(session_id)
        new, old = [_checked(tag) for tag in add], [(session_id, tag) for tag in remove]
        with self._opened() as database:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT OR IGNORE INTO tag VALUES (?, ?)", [(session_id, tag) for tag in new])
            database.executemany("DELETE FROM tag WHERE session = ? AND tag = ?", old)
            left = database.execute("SELECT tag FROM tag WHERE session = ?", (session_id,)).fetchall()
            database.execute("COMMIT")
        return frozenset(tag for (tag,) in left)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE_S, isolation_level=None)) as database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS tag (session TEXT, tag TEXT, PRIMARY KEY (session, tag)) WITHOUT ROWID"
                )
                yield database
        except (OSError, sqlite3.Error) as error:
            raise CatalogueError(f"tags in {str(self._file)!r}: {error}; see that the file can be written") from error


def _checked(tag: str) -> str:
    if not tag or len(tag) > _LONGEST or not tag.isprintable() or any(char.isspace() for char in tag):
        raise CatalogueError(f"{tag!r} is no tag; use up to {_LONGEST} visible characters without spaces")
    return tag
