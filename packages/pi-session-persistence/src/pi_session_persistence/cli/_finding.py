"""The catalogue as commands use it, and the sessions that people name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from pi_session_persistence.cli._output import say_error
from pi_session_persistence.cli._progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pi_session_persistence.catalogue import Catalogue

__all__ = ["ask", "refresh", "session_file"]

T = TypeVar("T")

#: So many files are named in a warning.
_MOST_NAMED: Final = 3


def ask(work: Callable[[Catalogue], T], *, fresh: bool = True) -> T:
    """Return what ``work`` finds in the catalogue. One that is damaged is made anew from the sessions.

    Args:
        work: is given the catalogue.
        fresh: bring it up to date before, with a progress bar on stderr if that takes long.

    Raises:
        CatalogueError: the catalogue can't be opened, read or written.
    """
    from pi_session_persistence.catalogue import DamagedCatalogueError  # noqa: PLC0415  # `run` needs none

    try:
        return _ask(work, fresh=fresh)
    except DamagedCatalogueError:  # it has been removed
        return _ask(work, fresh=True)


def _ask(work: Callable[[Catalogue], T], *, fresh: bool) -> T:
    from pi_session_persistence.catalogue import Catalogue  # noqa: PLC0415  # as above

    with Catalogue() as catalogue:
        if fresh:
            refresh(catalogue)
        return work(catalogue)


def refresh(catalogue: Catalogue) -> None:
    """Bring the catalogue up to date, and warn of files that can't be read or were rewritten.

    Raises:
        CatalogueError: it can't be written.
    """
    from pi_session_persistence.catalogue import places  # noqa: PLC0415  # as above

    with progress("reading sessions") as told:
        done = catalogue.refresh(places(), told)
    _warn(done.unread, "can't be read")
    _warn(done.rewritten, "no longer begins with what was there at the last look")


def session_file(name: str) -> Path:
    """Return the file of the session that somebody names on the command line.

    Args:
        name: path of a session file, an external id, pi's id or the beginning of it, or the session's name.

    Raises:
        UnknownSessionError: there is no such session.
        AmbiguousSessionError: several sessions are called so.
    """
    from pi_session_persistence.catalogue import find_session  # noqa: PLC0415  # as above

    return find_session(name, lambda: ask(lambda catalogue: catalogue.sessions()))


def _warn(files: Sequence[Path], what: str) -> None:
    for file in files[:_MOST_NAMED]:
        say_error(f"{str(file)!r} {what}")
    if len(files) > _MOST_NAMED:
        say_error(f"and so it is with {len(files) - _MOST_NAMED} more files")
