"""``pil watch``: the lanes of a session, live."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Group
from rich.live import Live
from rich.text import Text

from pi_host.commandline import console, say_json_line
from pi_lane.cli._asking import Asked
from pi_lane.cli._forms import as_data
from pi_lane.cli._options import AsJson, Options, SessionFile, StaleMs
from pi_lane.cli._tables import status_screen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_lane.cli._view import View

__all__ = ["watch"]

#: Seconds between two looks: a handful of small files are read each time, and nothing else happens.
_EVERY_S: Final = 1.0

#: What changes with every beat and is no news.
_BEATS: Final = frozenset({"lastSeenAt", "lastSeenAgeMs"})


def watch(
    context: typer.Context, *, as_json: AsJson = False, stale_ms: StaleMs = None, session: SessionFile = None
) -> None:
    """Show session, lanes and terminals until Ctrl+C; with --json a line for each change.

    [bold]Examples[/bold]

      pil watch
      pil watch --json | jq -c '.leases[] | {lane, owner: .owner.pid}'
    """
    options = Options(as_json=as_json, stale_ms=stale_ms, session=session).over(context)
    asked = Asked(options)
    try:
        if options.as_json:
            for view in _changes(asked):
                say_json_line(as_data("status", view))
        elif console().is_terminal:
            _show(asked)
        else:
            for view in _changes(asked):
                console().print(status_screen(view))
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        raise typer.Exit(1) from None


def _show(asked: Asked) -> None:
    with Live(console=console(), auto_refresh=False) as live:
        for view in _looks(asked):
            # Refreshed with every look, as durations grow.
            now = Text(f"{time.strftime('%H:%M:%S')}  Ctrl+C ends", "dim")
            live.update(Group(status_screen(view), now), refresh=True)


def _changes(asked: Asked) -> Iterator[View]:
    before: dict[str, Any] | None = None
    for view in _looks(asked):
        now = _news(view)
        if now != before:
            yield view
        before = now


def _looks(asked: Asked) -> Iterator[View]:
    while True:
        yield asked.look()
        time.sleep(_EVERY_S)


def _news(view: View) -> dict[str, Any]:
    data = as_data("status", view)
    data["instances"] = [
        {name: value for name, value in instance.items() if name not in _BEATS} for instance in data["instances"]
    ]
    return data
