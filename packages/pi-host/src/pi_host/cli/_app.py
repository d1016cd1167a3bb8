"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

from typing import Annotated

from pi_host._errors import HandledError
from pi_host.cli import configure, demo, doctor, events, install, plugins
from pi_host.cli import run as run_command
from pi_host.commandline import application, version
from pi_host.commandline import run as run_app

__all__ = ["app", "run"]

app = application("pi-host")


@app.callback()
def _root(*, _version: Annotated[bool, version("pi-host", "pi-host")] = False) -> None:
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
    run_app(app, "pi-host", HandledError)
