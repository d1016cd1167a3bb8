"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

from typing import Annotated

import typer

from pi_host.commandline import application, version
from pi_host.commandline import run as run_app
from pi_lane._errors import LaneError
from pi_lane.cli import doctor, graph, show, watch
from pi_lane.cli._options import AsContext, AsJson, Options, SessionFile, StaleMs

__all__ = ["app", "run"]

app = application("pil", no_args_is_help=False, invoke_without_command=True)


@app.callback()
def _root(
    context: typer.Context,
    *,
    as_json: AsJson = False,
    as_context: AsContext = False,
    stale_ms: StaleMs = None,
    session: SessionFile = None,
    _version: Annotated[bool, version("pil", "pi-lane")] = False,
) -> None:
    """Several terminals on one pi session: who is on which lane, who waits, what the session looks like.

    [bold]First steps[/bold]

      !pil                              in pi: the session of this terminal
      pil                               elsewhere: tells which sessions are open
      pil watch --session FILE          keep an eye on one
      pil graph --session FILE          draw its tree, with the heads of the lanes
    """
    context.obj = Options(as_json, as_context, stale_ms, session)
    if context.invoked_subcommand is None:
        show.show_status(context.obj)


def _help(context: typer.Context) -> None:
    """Show the help."""
    typer.echo(context.parent.get_help() if context.parent else context.get_help())


app.command("status")(show.status)
app.command("lanes")(show.lanes)
app.command("instances")(show.instances)
app.command("self")(show.self_)
app.command("whoami", hidden=True)(show.self_)
app.command("watch")(watch.watch)
app.command("graph")(graph.graph)
app.command("doctor")(doctor.doctor)
app.command("help", hidden=True)(_help)


def run() -> None:
    """Run the command line, and end with 0 for success, 1 for something wrong, 2 for wrong usage."""
    run_app(app, "pil", LaneError, remedy="see to it, or set PI_LANE_ROOT to another folder")
