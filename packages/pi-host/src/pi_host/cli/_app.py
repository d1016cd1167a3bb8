"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from pi_host._errors import HandledError
from pi_host.cli import configure, demo, doctor, events, install, plugins
from pi_host.cli import run as run_command
from pi_host.cli._output import say_error

__all__ = ["app", "run"]

app = typer.Typer(
    name="pi-host",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:  # noqa: FBT001  # typer calls it so
    if value:
        typer.echo(f"pi-host {version('pi-host')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Python plugins in the real pi.

    [bold]First steps[/bold]

      pi-host demo                 see it work: needs no key, no Node and no pi
      pi-host run -- -p "hello"    start pi with the Python plugins, once
      pi-host install              make pi load them always
      pi-host doctor               find out what is wrong
    """


for _name, _module in (
    ("run", run_command),
    ("install", install),
    ("uninstall", install),
    ("demo", demo),
    ("plugins", plugins),
    ("enable", configure),
    ("disable", configure),
    ("events", events),
    ("doctor", doctor),
):
    app.command(_name)(getattr(_module, _name))
app.add_typer(configure.config, name="config")


def run() -> None:
    """Run the command line, and end with 0 for success, 1 for something wrong, 2 for wrong usage."""
    try:
        app()
    except HandledError as error:
        say_error(str(error))
        sys.exit(1)
