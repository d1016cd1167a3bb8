"""How commands speak: tables for people, JSON for programs, errors on standard error."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "say_error", "say_json"]


def console(*, stderr: bool = False) -> Console:
    """Return a console that leaves words alone: no guessed highlighting, no emoji codes."""
    from rich.console import Console  # noqa: PLC0415  # `run` starts pi without it

    return Console(stderr=stderr, highlight=False, emoji=False)


def say_json(value: object) -> None:
    """Write ``value`` to stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def say_error(message: str) -> None:
    """Write one message to stderr."""
    sys.stderr.write(f"pi-host: {message}\n")
