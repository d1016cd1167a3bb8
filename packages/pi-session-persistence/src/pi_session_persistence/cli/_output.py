"""How commands speak: text for people, JSON for programs, errors on standard error."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "safe", "say_error", "say_json", "say_json_line"]


def console(*, stderr: bool = False) -> Console:
    """Return a console that leaves words alone: no guessed highlighting, no markup, no emoji codes."""
    from rich.console import Console  # noqa: PLC0415  # `run` starts pi without it

    return Console(stderr=stderr, highlight=False, emoji=False, markup=False, soft_wrap=True)


def say_json(value: Any) -> None:
    """Write ``value`` to stdout, for a program or a person."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


def say_json_line(value: Any) -> None:
    """Write ``value`` to stdout in one line, at once."""
    # ASCII only: what a session holds may be half a character, which no terminal and no pipe takes.
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def say_error(message: str) -> None:
    """Write one message to stderr."""
    sys.stderr.write(f"pi-session: {safe(message)}\n")


def safe(text: str) -> str:
    """Return ``text`` as a terminal may show it: what is in a session must not move its cursor."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", lambda found: repr(found[0])[1:-1], text)
