"""How commands speak: tables for people, JSON for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["console", "say_json", "table"]


def console() -> Console:
    """Return a console that leaves words alone: no guessed highlighting, no emoji codes."""
    from rich.console import Console  # noqa: PLC0415  # `run` starts pi without it

    return Console(highlight=False, emoji=False, markup=False)


def table(*columns: str) -> Table:
    """Return an empty table without a frame."""
    from rich.table import Table  # noqa: PLC0415  # as above

    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def say_json(value: object) -> None:
    """Write ``value`` to stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))
