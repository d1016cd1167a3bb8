"""The catalogue of all sessions."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_session_persistence.catalogue._database import connect, default_file, discard, transaction
from pi_session_persistence.catalogue._errors import CatalogueError
from pi_session_persistence.catalogue._filters import Filters
from pi_session_persistence.catalogue._indexing import forget, forget_all, index, is_worn
from pi_session_persistence.catalogue._search import Wanted, row_of, search
from pi_session_persistence.catalogue._sums import Sums, sums
from pi_session_persistence.catalogue._walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from pi_session_persistence.catalogue._places import Places
    from pi_session_persistence.catalogue._rows import Row
    from pi_session_persistence.catalogue._search import Found as Results

__all__ = ["Catalogue", "Refreshed"]

#: So many bytes are indexed between two commits: about a second's work, for which another process may have to wait.
_BATCH: Final = 8_000_000

#: So many files at most, too.
_BATCH_FILES: Final = 200


class Refreshed(NamedTuple):
    """What a refresh did.

    Attributes:
        indexed: how many files had something new.
        gone: how many are no longer there.
        unread: files and folders that can't be read.
    """

    indexed: int
    gone: int
    unread: list[Path]


class Catalogue:
    """What is known about all sessions, in a SQLite file that may be deleted at any time.

    Any number of processes may use it at once. One object belongs to one thread.

    Args:
        file: the catalogue's file, by default in the user's folder for caches.

    Raises:
        CatalogueError: it can't be opened or made.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or default_file()
        self._database = connect(self.file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def refresh(self, places: Places, progress: Callable[[int, int], None] | None = None) -> Refreshed:
        """Bring the catalogue up to date with the session files: what is new in them is read, and nothing else.

        Args:
            places: where to look. Sessions elsewhere stay in the catalogue as they are.
            progress: told again and again how many bytes are done, and of how many.

        Raises:
            CatalogueError: the catalogue can't be written.
        """
        walk = Walk(places)
        with self._mended():
            if is_worn(self._database):
                with transaction(self._database):
                    forget_all(self._database)
            known: dict[bytes, int] = dict(self._database.execute("SELECT path, stamp FROM reading"))
            changed = [path for path, stamp in walk.stamps.items() if known.get(path) != stamp]
            unread = self._index(changed, progress)
            gone = [path for path in known.keys() - walk.stamps.keys() if not os.path.lexists(path)]
            if gone:
                self._forget(gone)
        return Refreshed(len(changed) - len(unread), len(gone), [_path(path) for path in (*walk.unread, *unread)])

    def sessions(self, filters: Filters | None = None) -> list[Row]:
        """Return the sessions that are wanted, those that said something last first.

        Raises:
            CatalogueError: the catalogue can't be read.
        """
        where = (filters or Filters()).sessions()
        query = f"SELECT row FROM session WHERE {where.condition} ORDER BY session.modified DESC, session.id DESC"  # noqa: S608  # conditions of our own
        with self._mended():
            return [row_of(row) for (row,) in self._database.execute(query, where.values)]

    def search(
        self, query: str, filters: Filters | None = None, wanted: Wanted | None = None, *, limit: int = 20
    ) -> Results:
        """Return the entries that have the words of ``query``, the best of the newest first.

        Args:
            query: words that all must be there; ``"a phrase"``, ``-without``, ``one OR other``, ``begin*``. Whatever is
                in it, it is no error.
            filters: which sessions to look in.
            wanted: which entries to look at.
            limit: how many to return.

        Raises:
            CatalogueError: the catalogue can't be read.
        """
        with self._mended():
            return search(self._database, query, filters or Filters(), wanted or Wanted(), limit)

    def sums(self, filters: Filters | None = None) -> Sums:
        """Return tokens and cost by day, model, working directory and tool.

        Raises:
            CatalogueError: the catalogue can't be read.
        """
        with self._mended():
            return sums(self._database, (filters or Filters()).sessions())

    def _index(self, changed: list[bytes], progress: Callable[[int, int], None] | None) -> list[bytes]:
        """Index files, the one that changed last at last, so that the newest entries have the highest numbers."""
        facts = {path: os.stat(path) for path in changed if os.path.exists(path)}  # noqa: PTH110, PTH116  # paths are bytes
        new = {path: max(0, facts[path].st_size - self._size(path)) for path in facts}
        total, done = sum(new.values()), 0
        unread: list[bytes] = []
        for batch in _batches(sorted(facts, key=lambda path: facts[path].st_mtime_ns), new):
            with transaction(self._database):
                for path in batch:
                    try:
                        index(self._database, path)
                    except FileNotFoundError:
                        continue
                    except OSError:
                        unread.append(path)
            done += sum(new[path] for path in batch)
            if progress:
                progress(done, total)
        return unread

    def _size(self, path: bytes) -> int:
        query = "SELECT size FROM reading JOIN state USING (session) WHERE path = ?"
        size: tuple[int] | None = self._database.execute(query, (path,)).fetchone()
        return size[0] if size else 0

    def _forget(self, paths: list[bytes]) -> None:
        with transaction(self._database):
            for path in paths:
                for (session,) in self._database.execute(
                    "SELECT session FROM reading WHERE path = ?", (path,)
                ).fetchall():
                    forget(self._database, session)

    @contextmanager
    def _mended(self) -> Iterator[None]:
        """Tell of errors of SQLite; a damaged catalogue is removed, so that the next use makes it anew."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise CatalogueError(
                f"{str(self.file)!r}: {error}; see that the disk is not full, and try again"
            ) from error
        except sqlite3.DatabaseError as error:
            discard(self.file)
            raise CatalogueError(
                f"{str(self.file)!r}: {error}; it was removed, and the next try makes it anew"
            ) from error


def _batches(paths: list[bytes], sizes: Mapping[bytes, int]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for path in paths:
        batch.append(path)
        size += sizes[path]
        if size >= _BATCH or len(batch) == _BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _path(path: bytes) -> Path:
    return Path(os.fsdecode(path))
