"""Options that all commands have, before the command's word or after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AsContext", "AsJson", "Options", "SessionFile", "StaleMs"]

AsJson = Annotated[bool, typer.Option("--json", "-j", help="Write JSON to stdout, for programs.")]

AsContext = Annotated[bool, typer.Option("--context", help="Write a pi_context element, for the context of a model.")]

StaleMs = Annotated[
    int | None,
    typer.Option("--stale-ms", metavar="N", min=0, help="After how many ms unseen a terminal is gone; default 15000."),
]

SessionFile = Annotated[
    Path | None,
    typer.Option("--session", metavar="FILE", help="Which session; default: the one of the terminal it runs in."),
]


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line.

    Attributes:
        as_json: JSON is wanted.
        as_context: a pi_context element is wanted.
        stale_ms: after how many milliseconds unseen a terminal is gone; None if that was left open.
        session: the session file; None if that was left open.
    """

    as_json: bool = False
    as_context: bool = False
    stale_ms: int | None = None
    session: Path | None = None

    def over(self, context: typer.Context) -> Options:
        """Return these options, completed by those that came before the command's word."""
        before = context.obj if isinstance(context.obj, Options) else Options()
        return Options(
            self.as_json or before.as_json,
            self.as_context or before.as_context,
            before.stale_ms if self.stale_ms is None else self.stale_ms,
            self.session or before.session,
        )
