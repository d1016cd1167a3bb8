"""What the commands share that read one session: how it is found, and how its entries look in a terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias

import typer

from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli._finding import session_file

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.text import Text

    from pi_host.sessionfile import Entry, Session
    from pi_session_persistence.export import Piece

__all__ = ["STYLES", "AnEntry", "SessionName", "entry_data", "entry_id", "gist", "line", "read", "width"]

SessionName: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="SESSION", help="A file, an external id, pi's id or the beginning of it, or a name."),
]

AnEntry: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="ENTRY", help="Up to this entry: its id, the beginning of it, or its label."),
]

STYLES: Final = {
    "user": "bold cyan",
    "assistant": "bold green",
    "tool": "yellow",
    "bash": "bold yellow",
    "custom": "bold magenta",
    "summary": "bold magenta",
    "system": "bold",
    "note": "dim",
}

#: So many columns a line may take where no terminal limits it.
_WIDE: Final = 160


def read(name: str) -> tuple[Path, Session]:
    """Return the session that somebody names, and its file.

    Raises:
        PersistenceError: there is no such session, or none in the file.
        OSError: the file can't be read.
    """
    from pi_host.sessionfile import Session  # noqa: PLC0415  # `--help` reads none

    file = session_file(name)
    session = Session.read(file)
    if session.header is None and not session.entries:
        raise PersistenceError(f"{str(file)!r}: no session in it; `pi-session fsck` tells what is wrong")
    return file, session


def entry_id(session: Session, name: str | None) -> str | None:
    """Return the id of the entry that somebody names by its id, its label or the beginning of its id.

    Raises:
        PersistenceError: there is none, or there are several.
    """
    if name is None or session.get(name) is not None:
        return name
    ids = {entry.id for entry in session.entries if entry.id is not None}
    found = {target for target, label in session.labels.items() if label == name and target in ids}
    found = found or {known for known in ids if name and known.startswith(name)}
    if len(found) != 1:
        problem = "several entries are" if found else "no entry is"
        raise PersistenceError(f"{problem} called {name!r}; `pi-session tree --all` shows their ids")
    return found.pop()


def width(screen: Console) -> int:
    """Return how many columns a line may take that is not to be broken."""
    return screen.width if screen.is_terminal or "COLUMNS" in os.environ else _WIDE


def line(screen: Console, text: Text) -> None:
    """Print a line, cut where the terminal ends."""
    text.truncate(width(screen), overflow="ellipsis")
    screen.print(text)


def gist(piece: Piece) -> str:
    """Return what an entry says, for one line."""
    from pi_session_persistence.export import one_line  # noqa: PLC0415  # as above

    words = next(
        (block.text for block in piece.blocks if block.kind in ("text", "markdown", "error") and block.text), ""
    )
    if piece.kind == "summary":
        words = f"{piece.title}: {words.lstrip('# ')}"
    if not words.strip():
        words = ", ".join(_brief(block.kind, block.name, block.brief or block.text) for block in piece.blocks)
    return one_line(words or piece.title)


def _brief(kind: str, name: str, words: str) -> str:
    return f"{name or kind}: {words[:200]}" if words else name or kind


def entry_data(entry: Entry, piece: Piece, label: str | None) -> dict[str, Any]:
    """Return what an entry is, for programs."""
    return {
        "id": entry.id,
        "parent": entry.parent_id,
        "type": entry.type,
        "kind": piece.kind,
        "at": entry.timestamp,
        "label": label,
        "failed": piece.failed,
        "gist": gist(piece),
    }
