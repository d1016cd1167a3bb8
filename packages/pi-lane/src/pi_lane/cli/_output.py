"""How the commands speak: tables for people, JSON for programs, errors on standard error."""

from __future__ import annotations

import json
import sys

import typer
from rich.console import Console

__all__ = ["console", "prepare", "say_error", "say_json", "say_json_line"]


def prepare() -> None:
    """Make output possible whatever it holds: what the encoding of the stream lacks is written as an escape."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def console() -> Console:
    """Return a console that leaves words alone: no guessed highlighting, no emoji codes, no markup."""
    return Console(highlight=False, emoji=False, markup=False)


def say_json(value: object) -> None:
    """Write ``value`` to stdout."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def say_json_line(value: object) -> None:
    """Write ``value`` to stdout on one line, at once."""
    typer.echo(json.dumps(value, separators=(",", ":"), ensure_ascii=False))


def say_error(message: str) -> None:
    """Write one message to stderr."""
    sys.stderr.write(f"pil: {message}\n")
