"""The sessions of this user, and what pruning makes of them."""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.catalogue import PINNED, Tags, places
from pi_session_persistence.locking import holder, is_locked
from pi_session_persistence.retention._family import sizes
from pi_session_persistence.retention._policy import Candidate, Policy, Selection, select
from pi_session_persistence.retention._trash import Trash

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pi_session_persistence.catalogue import Catalogue, Places, Row
    from pi_session_persistence.retention._trashed import Trashed

__all__ = ["GRACE_S", "Pruned", "prune", "survey"]

#: A session that was written to so short a time ago may still be open somewhere, in seconds: a pi without our lock
#: would go on in a new file without a header, and could not read it again.
GRACE_S: Final = 24 * 3600.0


class Pruned(NamedTuple):
    """What pruning did.

    Attributes:
        trashed: the sessions that are in the trash now.
        failed: those that could not be moved, and why.
    """

    trashed: list[Trashed]
    failed: list[tuple[Candidate, str]]


def survey(catalogue: Catalogue, policy: Policy, where: Places | None = None) -> Selection:
    """Look at all sessions and say what would be pruned. Nothing is moved.

    Args:
        catalogue: the sessions, up to date.
        policy: what is wanted.
        where: where to look, by default in all `places` of this user.

    Raises:
        CatalogueError: the catalogue or the tags can't be used.
        RegistryError: the registry can't be read.
    """
    where = where or places()
    rows = [row for row in catalogue.sessions() if _is_in(row.file, where)]
    real = {folder: folder.resolve() for folder in {row.file.parent for row in rows}}
    files = [real[row.file.parent] / row.file.name for row in rows]
    size = sizes(files)
    candidates = [_candidate(row, file, size[file]) for row, file in zip(rows, files, strict=True)]
    pinned = Tags().sessions([PINNED])
    protected = {one.file: why for one in candidates if (why := _protection(one, pinned))}
    return select(candidates, policy, now_ms=round(time.time() * 1000), protected=protected)


def prune(sessions: Iterable[Candidate], trash: Trash | None = None) -> Pruned:
    """Move sessions to the trash. One that somebody uses or has just written to stays.

    Args:
        sessions: the sessions, such as those of `survey`.
        trash: where to.

    Raises:
        RetentionError: there is something in the trash that can't be understood.
        RegistryError: the registry can't be used.
        OSError: the trash can't be used.
    """
    trash = trash or Trash()
    trash.entries()  # what a crash left half done comes first
    done = Pruned([], [])
    for session in sessions:
        try:
            done.trashed.append(trash.put(session, quiet_s=GRACE_S))
        except (PersistenceError, OSError) as error:
            done.failed.append((session, str(error)))
    return done


def _is_in(file: Path, where: Places) -> bool:
    return file in where.files or any(file.is_relative_to(folder) for folder in where.folders)


def _candidate(row: Row, file: Path, size: int) -> Candidate:
    return Candidate(
        file=file,
        modified=row.modified,
        size=size,
        cost=row.cost,
        cwd=row.cwd,
        parent=os.path.realpath(row.parent) if row.parent is not None else None,
        session_id=row.session_id,
        title=row.name or row.first or "",
    )


def _protection(session: Candidate, pinned: frozenset[str]) -> str | None:
    """Return why a session must not be touched, ``None`` if it may be."""
    if session.session_id in pinned:
        return "pinned"
    try:
        facts = session.file.lstat()
    except OSError as error:
        return f"can't be looked at: {error.strerror}"
    if not stat.S_ISREG(facts.st_mode):
        return "a link"
    if is_locked(session.file):
        return f"in use by {holder(session.file) or 'another process'}"
    if time.time() - facts.st_mtime < GRACE_S:
        return "written to within the last day"
    return None
