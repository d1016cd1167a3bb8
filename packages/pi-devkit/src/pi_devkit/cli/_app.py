"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pi_devkit._errors import DevkitError, EnvironmentMissingError
from pi_devkit.cli import canary, docs_list, fresh, listing, new, policy, proving, syncing, tags
from pi_host.commandline import application, say_error, version
from pi_host.commandline import run as run_app

__all__ = ["app", "run"]

NAME = "pi-devkit"


class _Commands(TyperGroup):
    """Ends with 2 where there is no verdict, since something is missing."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except ModuleNotFoundError as error:
            say_error(NAME, f"the module {error.name!r} is not installed; `pip install 'pi-devkit[release]'` brings it")
        except EnvironmentMissingError as error:
            say_error(NAME, str(error))
        raise typer.Exit(2)


app = application(NAME, cls=_Commands)


@app.callback()
def _root(*, _version: Annotated[bool, version(NAME, NAME)] = False) -> None:
    """Make, check and release Python extensions for pi.

    [bold]First steps[/bold]

      pi-devkit new pi-weather                  a new extension that passes every check
      pi-devkit list                            what there is
      pi-devkit check                           whether components.toml and the tree agree
      pi-devkit release-check pi-lane --quick   whether a component could be released, in seconds

    Exit codes: 0 all is well, 1 something is wrong, 2 something needed is not on this machine.
    """


for _name, _command in (
    ("new", new.new),
    ("fresh", fresh.fresh),
    ("list", listing.list_),
    ("matrix", listing.matrix),
    ("check", syncing.check),
    ("sync", syncing.sync),
    ("policy", policy.policy),
    ("bump", tags.bump),
    ("resolve-tag", tags.resolve_tag),
    ("release-check", proving.release_check),
    ("canary", canary.canary),
    ("docs-list", docs_list.docs_list),
):
    app.command(_name)(_command)


def run() -> None:
    """Run the command line, and end with 0 for success, 1 for something wrong, 2 for something missing."""
    run_app(app, NAME, DevkitError)
