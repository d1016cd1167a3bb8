"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from pi_host import PiHostError
from pi_trace_headers._errors import TraceError
from pi_trace_headers.cli import presets, rules
from pi_trace_headers.cli import run as run_command
from pi_trace_headers.cli import show as show_command
from pi_trace_headers.cli import stats as stats_command

__all__ = ["app", "run"]

app = typer.Typer(
    name="pi-trace",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:  # noqa: FBT001  # typer calls it so
    if value:
        typer.echo(f"pi-trace {version('pi-trace-headers')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Trace and affinity headers on every model call of pi, and the same ids as OpenTelemetry spans.

    [bold]First steps[/bold]

      pi-trace presets list        the gateways whose headers are known
      pi-trace rules check         what would be sent to whom, without sending anything
      pi-trace show SESSION.jsonl  a stored session as a waterfall
    """


app.command("run")(run_command.run)
app.command("show")(show_command.show)
app.command("stats")(stats_command.stats)
app.add_typer(rules.app, name="rules")
app.add_typer(presets.app, name="presets")


def run() -> None:
    """Run the command line, and end with 0 for success, 1 for something wrong, 2 for wrong usage."""
    try:
        app()
    except (TraceError, PiHostError) as error:
        sys.stderr.write(f"pi-trace: {error}\n")
        sys.exit(1)
