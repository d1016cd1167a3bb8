"""A session written to one file, as Markdown, as a web page or as it is."""

from __future__ import annotations

from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypeVar

from pi_host.sessionfile import Session, SessionFileError, replace
from pi_session_persistence.export._about import about
from pi_session_persistence.export._errors import ExportError
from pi_session_persistence.export._lines import draw_lines
from pi_session_persistence.export._markdown import draw_markdown
from pi_session_persistence.export._session_page import draw_session
from pi_session_persistence.export._story import Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from pi_host.sessionfile import Entry
    from pi_session_persistence.export._redact import Redactor

__all__ = ["Form", "export", "write"]

T = TypeVar("T")

#: So many entries are done between two reports of progress.
_STEP: Final = 50

#: What a session can be written as.
Form: TypeAlias = Literal["md", "jsonl", "html"]


def export(  # noqa: PLR0913  # each may be wanted without the others
    file: Path,
    form: Form,
    *,
    redactor: Redactor | None = None,
    images: bool = True,
    entry: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[bytes]:
    """Yield a session in another form, part by part.

    Args:
        file: the session file; it is only read.
        form: ``md`` for one branch, ``html`` for all of them, ``jsonl`` for the file itself. Without a redactor, with
            images and without an entry, that is the same bytes.
        redactor: takes secrets out, and from ``jsonl`` the signatures of providers, too; the other forms never have
            those.
        images: whether images are kept.
        entry: id of the last entry that is wanted: only the branch to it is kept. By default ``md`` ends at the leaf.
        progress: told again and again how many entries are done, and of how many.

    Raises:
        ExportError: there is no such entry, or no session in the file.
        OSError: the file can't be read.
    """
    session = Session.read(file, bodies=form != "jsonl")
    if form == "jsonl":
        entries = _path(session, file, entry) if entry is not None else session.entries
        only = frozenset(_lines(session, entries)) if entry is not None else None
        parts: Iterable[bytes] = draw_lines(file, redactor=redactor, images=images, only=only)
        yield from map(_counted(len(entries), progress), parts)
        return
    if session.header is None and not session.entries:
        raise ExportError(f"{str(file)!r}: no session in it, so there is nothing to export")
    teller = Teller(redactor, images=images)
    shown = Session(_path(session, file, entry)) if form == "md" or entry is not None else session
    facts = about(session, file, teller.clean)
    counted = _counted(len(shown.entries), progress)
    if form == "md":
        drawn = draw_markdown(facts, map(counted, map(teller.tell, shown.entries)))
    else:
        drawn = draw_session(shown, facts, teller, partial(counted, None))
    for part in drawn:
        yield part.encode("utf-8", "replace")


def _counted(total: int, progress: Callable[[int, int], None] | None) -> Callable[[T], T]:
    """Return what tells of the progress each time something goes through it."""
    done = count(1)

    def through(value: T) -> T:
        number = next(done)
        if progress is not None and number % _STEP == 0:
            progress(min(number, total), total)
        return value

    return through


def _lines(session: Session, entries: Iterable[Entry]) -> Iterator[int]:
    """Yield the numbers of the lines of a branch, the header's included."""
    if session.header is not None:
        yield session.header.line
    for entry in entries:
        yield entry.line


def _path(session: Session, file: Path, entry: str | None) -> list[Entry]:
    try:
        return session.path(entry)
    except SessionFileError as error:
        raise ExportError(f"{str(file)!r}: no entry has the id {entry!r}; `pi-session tree` shows them") from error


def write(target: Path, parts: Iterable[bytes]) -> None:
    """Write an export to a file for its owner only; an old file, to which a link may lead, is replaced as a whole.

    Raises:
        ExportError: it can't be written; the old file is still there.
    """
    if target.exists() and not target.is_file():
        raise ExportError(f"{str(target)!r} is no regular file; name one, or none to write to standard output")
    try:
        replace(target.resolve(), parts)
    except OSError as error:
        raise ExportError(f"can't write {str(target)!r}: {error.strerror}; choose another place") from error
