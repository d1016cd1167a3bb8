"""``pi-self timeline``: a session drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from pi_autonomous_session_control.cli._options import Named  # noqa: TC001  # typer reads the annotation
from pi_autonomous_session_control.cli._saying import errors_told, say
from pi_autonomous_session_control.cli._source import load
from pi_autonomous_session_control.timeline import drawn, page, picture
from pi_host.commandline import AsJson, console, save, say_json

__all__ = ["timeline"]


def timeline(
    *,
    session: Named = None,
    every: Annotated[bool, typer.Option("--all", help="With the branches that were left.")] = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page to FILE instead.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a session: turns, steps, files, errors, tests, loops.

    [bold]Examples[/bold]

      pi-self timeline | less -R
      pi-self timeline --all          with the branches that were left
      pi-self timeline --html session.html
    """
    with errors_told():
        source = load(session, Path.cwd())
        events = source.everything if every else source.here
        shown = picture(source.session.id, source.session.cwd, events, {id(event) for event in source.here})
        if html is not None:
            save(html, [page(shown).encode()])
            say(f"wrote {html}")
        elif as_json:
            turns, found = msgspec.to_builtins(shown.turns), msgspec.to_builtins(shown.loops)
            say_json({"session": shown.session, "cwd": shown.cwd, "turns": turns, "loops": found})
        else:
            console().print(drawn(shown))
