"""Sessions as commands tell of them: one object for programs, one line of a table for people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pi_host.commandline import console
from pi_session_persistence._figures import iso
from pi_session_persistence.export import many_lines, one_line
from pi_session_persistence.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Collection

    from rich.table import Table
    from rich.text import Text

    from pi_session_persistence.catalogue import Catalogue, Row

__all__ = ["Ids", "about", "columns", "folder", "plain", "row_data", "show", "width"]

#: So wide are tables that no terminal limits.
_WIDE: Final = 160

_ABOUT: Final = 200

#: Of a folder, the end tells most.
_FOLDER: Final = 28


class Ids:
    """The external ids of session files."""

    def __init__(self) -> None:
        registries = (Registry(), Registry(compat="gsd"))
        self._ids = {record.pi_file: record.external_id for ids in registries for record in ids.records()}
        self._folders: dict[Path, Path] = {}

    def of(self, row: Row) -> str | None:
        """Return the external id of a session; ``None`` if it has none."""
        if not self._ids:
            return None
        file = row.file
        # The registry follows links to a folder.
        folder = self._folders.setdefault(file.parent, file.parent.resolve())
        return self._ids.get(file) or self._ids.get(folder / file.name)

    def shown(self, catalogue: Catalogue, row: Row) -> str:
        """Return what a person calls a session by: its external id, else as much of pi's as it takes.

        Raises:
            CatalogueError: the catalogue can't be read.
        """
        return one_line(self.of(row) or (catalogue.short_id(row.session_id) if row.session_id else row.file.name), 40)


def row_data(row: Row, external_id: str | None, tags: Collection[str]) -> dict[str, Any]:
    """Return what is known about a session, for programs. Times are ISO 8601 in UTC, the cost is in US dollars."""
    return {
        "session_id": row.session_id,
        "external_id": external_id,
        "file": str(row.file),
        "name": row.name,
        "tags": sorted(tags),
        "first_prompt": row.first,
        "cwd": row.cwd,
        "parent": row.parent,
        "created": iso(row.created),
        "modified": iso(row.modified),
        "entries": row.entries,
        "prompts": row.prompts,
        "answers": row.answers,
        "failures": row.failures,
        "branches": row.branches,
        "leaf": row.leaf,
        "provider": row.provider or None,
        "model": row.model or None,
        "tokens": row.tokens,
        "cost": row.cost,
        "damage": list(row.damage),
        "size": row.size,
        "version": int(row.version) if row.version.is_integer() else row.version,
    }


def about(row: Row, tags: Collection[str]) -> Text:
    """Return what a session is about: its tags, its name or else its first prompt, and what is odd about it."""
    from rich.text import Text  # noqa: PLC0415  # programs read JSON

    made = Text()
    for tag in sorted(tags):
        made.append(f"#{tag} ", "cyan")
    if row.damage:
        made.append("damaged ", "bold red")
    if row.branches > 1:
        made.append(f"{row.branches} branches ", "magenta")
    made.append(one_line(row.name or row.first or row.file.name, _ABOUT), "bold" if row.name else "")
    return made


def folder(cwd: str | None) -> str:
    """Return a working directory for a person."""
    home = str(Path.home())
    if cwd == home or (cwd or "").startswith(home + os.sep):
        cwd = "~" + (cwd or "")[len(home) :]
    line = one_line(cwd or "-")
    return line if len(line) <= _FOLDER else f"…{line[1 - _FOLDER :]}"


def plain(text: str) -> str:
    """Return a part of a line with escapes for what can't be seen; its spaces stay."""
    return many_lines(text.replace("\n", " ").replace("\t", " "))


def columns(*names: str, right: Collection[str] = (), wide: str = "") -> Table:
    """Return an empty table whose cells stay on one line.

    Args:
        names: of the columns.
        right: those that hold figures.
        wide: the one that takes the room that is left, and gives way where there is none.
    """
    from rich.table import Table  # noqa: PLC0415  # as above

    made = Table(box=None, pad_edge=False, header_style="bold", expand=bool(wide))
    for name in names:
        made.add_column(name, no_wrap=True, overflow="ellipsis", ratio=1 if name == wide else None)
        made.columns[-1].justify = "right" if name in right else "left"
    return made


def show(table: Table) -> None:
    """Print a table as wide as the terminal."""
    screen = console(wrap=False)
    screen.width = width()
    screen.print(table, soft_wrap=False)


def width() -> int:
    """Return how many characters fit into a line."""
    screen = console(wrap=False)
    return screen.width if screen.is_terminal or "COLUMNS" in os.environ else _WIDE
