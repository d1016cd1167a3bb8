"""A session written to one file, as Markdown, as a web page or as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from pi_host.sessionfile import Session, SessionFileError, replace
from pi_session_persistence.export._about import about
from pi_session_persistence.export._errors import ExportError
from pi_session_persistence.export._lines import draw_lines
from pi_session_persistence.export._markdown import draw_markdown
from pi_session_persistence.export._session_page import draw_session
from pi_session_persistence.export._story import Teller

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pi_host.sessionfile import Entry
    from pi_session_persistence.export._redact import Redactor

__all__ = ["Form", "export", "write"]

#: What a session can be written as.
Form: TypeAlias = Literal["md", "jsonl", "html"]


def export(
    file: Path, form: Form, *, redactor: Redactor | None = None, images: bool = True, entry: str | None = None
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

    Raises:
        ExportError: there is no such entry, or no session in the file.
        OSError: the file can't be read.
    """
    if form == "jsonl":
        yield from draw_lines(file, redactor=redactor, images=images, only=_branch(file, entry))
        return
    session = Session.read(file)
    if session.header is None and not session.entries:
        raise ExportError(f"{str(file)!r}: no session in it, so there is nothing to export")
    teller = Teller(redactor, images=images)
    facts = about(session, file, teller.clean)
    if form == "md":
        parts: Iterable[str] = draw_markdown(facts, map(teller.tell, _path(session, file, entry)))
    else:
        shown = session if entry is None else Session(_path(session, file, entry))
        parts = draw_session(shown, facts, teller)
    for part in parts:
        yield part.encode("utf-8", "replace")


def _path(session: Session, file: Path, entry: str | None) -> list[Entry]:
    try:
        return session.path(entry)
    except SessionFileError as error:
        raise ExportError(f"{str(file)!r}: no entry has the id {entry!r}; `pi-session tree` shows them") from error


def _branch(file: Path, entry: str | None) -> frozenset[int] | None:
    """Return the numbers of the lines of a branch, the header's included."""
    if entry is None:
        return None
    session = Session.read(file, bodies=False)
    header = [session.header.line] if session.header is not None else []
    return frozenset([*header, *(found.line for found in _path(session, file, entry))])


def write(target: Path, parts: Iterable[bytes]) -> None:
    """Write an export to a file for its owner only; an old file is replaced as a whole.

    Raises:
        ExportError: it can't be written; the old file is still there.
    """
    try:
        replace(target, parts)
    except OSError as error:
        raise ExportError(f"can't write {str(target)!r}: {error.strerror}; choose another place") from error
