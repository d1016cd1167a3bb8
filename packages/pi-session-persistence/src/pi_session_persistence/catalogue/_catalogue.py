"""The catalogue of all sessions."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pi_session_persistence.catalogue._database import connect, default_file, discard, is_damage, part, transaction
from pi_session_persistence.catalogue._errors import CatalogueError, DamagedCatalogueError
from pi_session_persistence.catalogue._filters import Filters
from pi_session_persistence.catalogue._indexing import forget, forget_all, index, is_worn, kept
from pi_session_persistence.catalogue._naming import beginning
from pi_session_persistence.catalogue._search import Wanted, row_of, said, search
from pi_session_persistence.catalogue._sums import Sums, sums
from pi_session_persistence.catalogue._walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from pi_session_persistence.catalogue._places import Places
    from pi_session_persistence.catalogue._rows import Kept, Row, Said
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
        rewritten: files that do not begin any more with what was read of them before.
    """

    indexed: int
    gone: int
    unread: list[Path]
    rewritten: list[Path]


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
            unread, rewritten = self._index(changed, progress)
            gone = [path for path in known.keys() - walk.stamps.keys() if not os.path.lexists(path)]
            if gone:
                self._forget(gone)
        missed = [_path(path) for path in (*walk.unread, *unread)]
        return Refreshed(len(changed) - len(unread), len(gone), missed, [_path(path) for path in rewritten])

    def sessions(self, filters: Filters | None = None, limit: int | None = None) -> list[Row]:
        """Return the sessions that are wanted, those that said something last first; by default all of them.

        Raises:
            CatalogueError: the catalogue can't be read.
        """
        where = (filters or Filters()).sessions()
        query = (
            f"SELECT row FROM session WHERE {where.condition} ORDER BY session.modified DESC, session.id DESC LIMIT ?"  # noqa: S608  # conditions of our own
        )
        with self._mended():
            rows = self._database.execute(query, (*where.values, -1 if limit is None else limit))
            return [row_of(row) for (row,) in rows]

    def count(self, filters: Filters | None = None) -> int:
        """Return how many sessions are wanted.

        Raises:
            CatalogueError: the catalogue can't be read.
        """
        where = (filters or Filters()).sessions()
        query = f"SELECT count(*) FROM session WHERE {where.condition}"  # noqa: S608  # as above
        with self._mended():
            return int(self._database.execute(query, where.values).fetchone()[0])

    def short_id(self, session_id: str) -> str:
        """Return the beginning of an id of pi's, as far as no other session's begins so.

        Raises:
            CatalogueError: the catalogue can't be read.
        """
        with self._mended():
            (before,), (after,) = (self._database.execute(query, (session_id,)).fetchone() for query in _NEIGHBOURS)
        return beginning(session_id, [other for other in (before, after) if other is not None])

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

    @property
    def last(self) -> int:
        """Number of the last entry that was found."""
        with self._mended():
            return int(self._database.execute("SELECT coalesce(max(id), 0) FROM entry").fetchone()[0])

    def said(
        self, after: int, query: str = "", filters: Filters | None = None, wanted: Wanted | None = None
    ) -> list[Said]:
        """Return the entries that were found after the one with the number ``after``, in the order of their numbers.

        Args:
            after: as `last` told it.
            query: words that must be there; all entries, if there are none.
            filters: which sessions to look in.
            wanted: which entries to look at.

        Raises:
            CatalogueError: the catalogue can't be read.
        """
        with self._mended():
            return said(self._database, after, query, filters or Filters(), wanted or Wanted())

    def kept(self, file: Path) -> Kept | None:
        """Compare a file with what the last refresh read of it; ``None`` if that was nothing.

        Raises:
            CatalogueError: the catalogue can't be read.
            OSError: the file can't be read.
        """
        with self._mended():
            return kept(self._database, os.fsencode(file))

    def sums(self, filters: Filters | None = None, first_day: str = "", last_day: str = "9999-12-31") -> Sums:
        """Return tokens and cost by day, model, working directory and tool.

        Args:
            filters: which sessions are counted.
            first_day: tokens and cost count from this day on (ISO 8601, UTC).
            last_day: and up to the end of this one.

        Raises:
            CatalogueError: the catalogue can't be read.
        """
        with self._mended():
            return sums(self._database, (filters or Filters()).sessions(), (first_day, last_day))

    def _index(
        self, changed: list[bytes], progress: Callable[[int, int], None] | None
    ) -> tuple[list[bytes], list[bytes]]:
        """Index files, the one that changed last at last, so that the newest entries have the highest numbers.

        Returns:
            Those that can't be read, and those that do not go on with what was read before.
        """
        facts = {path: os.stat(path) for path in changed if os.path.exists(path)}  # noqa: PTH110, PTH116  # paths are bytes
        new = {path: max(0, facts[path].st_size - self._size(path)) for path in facts}
        total, done = sum(new.values()), 0
        unread: list[bytes] = []
        rewritten: list[bytes] = []
        for batch in _batches(sorted(facts, key=lambda path: facts[path].st_mtime_ns), new):
            with transaction(self._database):
                for path in batch:
                    try:
                        with part(self._database):
                            goes_on = index(self._database, path)
                    except FileNotFoundError:
                        continue
                    except OSError:
                        unread.append(path)
                    else:
                        rewritten += [] if goes_on else [path]
            done += sum(new[path] for path in batch)
            if progress:
                progress(done, total)
        return unread, rewritten

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
        except (UnicodeEncodeError, OverflowError) as error:  # what was asked for, not what is stored
            raise CatalogueError(f"this can't be looked up: {error}; ask for something else") from error
        # SQLite has no checksums: a value may be of another type or length than the one that was stored.
        except (sqlite3.Error, msgspec.MsgspecError, ValueError, TypeError) as error:
            if not is_damage(error):
                raise CatalogueError(
                    f"{str(self.file)!r}: {error}; see that it can be written and the disk is not full, and try again"
                ) from error
            discard(self.file)
            raise DamagedCatalogueError(
                f"{str(self.file)!r}: {error}; it was removed, and the next try makes it anew"
            ) from error


#: The ids that stand next to one in their order.
_NEIGHBOURS: Final = (
    "SELECT max(session_id) FROM session WHERE session_id < ?",
    "SELECT min(session_id) FROM session WHERE session_id > ?",
)


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
