"""Options that several commands have."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

__all__ = ["Everywhere", "InScope", "Limit", "Named", "ScopeName", "Target", "Topic", "Yes"]


class ScopeName(StrEnum):
    """Where a memory holds."""

    user = "user"
    repository = "repository"
    branch = "branch"


Named = Annotated[
    str | None,
    typer.Option("--session", "-s", metavar="ID|FILE", help="Default: the one last used in this folder."),
]
InScope = Annotated[ScopeName | None, typer.Option("--scope", help="Only this scope; default: all that hold here.")]
Topic = Annotated[str | None, typer.Option("--topic", help="Only memories filed under this.")]
Everywhere = Annotated[bool, typer.Option("--everywhere", help="Those of other repositories and sessions, too.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")]
Target = Annotated[str, typer.Argument(metavar="ID|WORDS", help="An id, or words that must all be in it.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
