"""``pi-self loops``: what repeats without getting anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from pi_autonomous_session_control.cli._options import Named  # noqa: TC001  # typer reads the annotation
from pi_autonomous_session_control.cli._saying import errors_told, say
from pi_autonomous_session_control.cli._source import load
from pi_autonomous_session_control.loops import find, history
from pi_host.commandline import (
    AsJson,  # as above
    say_json,
)

__all__ = ["loops"]


def loops(
    *,
    session: Named = None,
    every: Annotated[bool, typer.Option("--all", help="Those that ended, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what repeats without getting anywhere, and a way out; ends with 1 if something does.

    [bold]Examples[/bold]

      pi-self loops                   what repeats now
      pi-self loops --all             what repeated at any time
      pi-self loops || notify-send "pi goes in circles"
    """
    with errors_told():
        source = load(session, Path.cwd())
        found = history(source.here) if every else [pattern for pattern in find(source.here) if pattern.is_loop]
        if as_json:
            say_json({"loops": [msgspec.to_builtins(pattern) for pattern in found]})
        elif not found:
            say("no loops")
        else:
            for pattern in found:
                say(f"{pattern.severity}: {pattern.type} {pattern.count}x: {pattern.explanation}")
                say(f"  {pattern.suggestion}")
        if found:
            raise typer.Exit(1)
