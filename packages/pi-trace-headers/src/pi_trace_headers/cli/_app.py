"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

from typing import Annotated

from pi_host import PiHostError
from pi_host.commandline import application, version
from pi_host.commandline import run as run_app
from pi_trace_headers._errors import TraceError
from pi_trace_headers.cli import presets, rules
from pi_trace_headers.cli import run as run_command
from pi_trace_headers.cli import show as show_command
from pi_trace_headers.cli import stats as stats_command

__all__ = ["app", "run"]

app = application("pi-trace")


@app.callback()
def _root(*, _version: Annotated[bool, version("pi-trace", "pi-trace-headers")] = False) -> None:
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
    run_app(app, "pi-trace", TraceError, PiHostError)
