"""``pil self``, ``instances``, ``lanes`` and ``status``: what there is, shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from pi_host.commandline import console, say_json
from pi_lane.cli._asking import Asked
from pi_lane.cli._forms import as_context, as_data
from pi_lane.cli._options import AsContext, AsJson, Options, SessionFile, StaleMs
from pi_lane.cli._tables import identity_table, instances_table, lanes_table, status_screen

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from pi_lane.cli._forms import Kind
    from pi_lane.cli._view import View

__all__ = ["instances", "lanes", "self_", "show_status", "status"]


def self_(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    as_context_: AsContext = False,
    stale_ms: StaleMs = None,
    session: SessionFile = None,
) -> None:
    """Show which session and which terminal of it this is.

    [bold]Examples[/bold]

      pil self
      pil self --json | jq -r .sessionFile
    """
    _show("self", Options(as_json, as_context_, stale_ms, session).over(context), identity_table)


def instances(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    as_context_: AsContext = False,
    stale_ms: StaleMs = None,
    session: SessionFile = None,
) -> None:
    """List the terminals of the session: which process, on which lane, doing what.

    [bold]Examples[/bold]

      pil instances
      pil instances --json | jq '.instances[] | select(.live)'
    """
    _show("instances", Options(as_json, as_context_, stale_ms, session).over(context), instances_table)


def lanes(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    as_context_: AsContext = False,
    stale_ms: StaleMs = None,
    session: SessionFile = None,
) -> None:
    """List the lanes of the session: their heads, who has them, who waits.

    [bold]Examples[/bold]

      pil lanes
      pil lanes --json | jq '.leases[] | select(.owner) | .lane'
    """
    _show("lanes", Options(as_json, as_context_, stale_ms, session).over(context), lanes_table)


def status(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    as_context_: AsContext = False,
    stale_ms: StaleMs = None,
    session: SessionFile = None,
) -> None:
    """Show session, lanes and terminals; `pil` alone does the same.

    [bold]Examples[/bold]

      pil status
      pil status --session ~/.pi/agent/sessions/--home-u-proj--/2026-05-18T04-20-00-000Z_abc123.jsonl
    """
    show_status(Options(as_json, as_context_, stale_ms, session).over(context))


def show_status(options: Options) -> None:
    """Show session, lanes and terminals."""
    _show("status", options, status_screen)


def _show(kind: Kind, options: Options, draw: Callable[[View], RenderableType]) -> None:
    view = Asked(options).look()
    if options.as_json:
        say_json(as_data(kind, view))
    elif options.as_context:
        typer.echo(as_context(kind, view))
    else:
        console().print(draw(view))
