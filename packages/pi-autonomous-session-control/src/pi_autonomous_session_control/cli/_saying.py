"""What a command writes: text of others printable, what is wrong to standard error."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from pi_autonomous_session_control.memory import MemoryStoreError, printable
from pi_autonomous_session_control.mirror import LogError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["errors_told", "say", "say_aside"]


def say(text: str) -> None:
    """Write a line to standard output."""
    typer.echo(printable(text))


def say_aside(message: str | None) -> None:
    """Write a message, if there is one, to standard error."""
    if message:
        sys.stderr.write(f"pi-self: {printable(message)}\n")


@contextmanager
def errors_told() -> Iterator[None]:
    """End with 1 and a message where the log, the memory or a file can't be used."""
    try:
        yield
    except (LogError, MemoryStoreError) as error:
        say_aside(str(error))
        raise typer.Exit(1) from error
    except OSError as error:
        say_aside(f"{str(error.filename or '')!r}: {error.strerror or error}; see to it, or choose another place")
        raise typer.Exit(1) from error
