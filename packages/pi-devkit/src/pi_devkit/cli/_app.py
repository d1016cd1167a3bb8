"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from pi_devkit._errors import DevkitError, EnvironmentMissingError
from pi_devkit.cli import canary, docs_list, fresh, listing, new, proving, syncing, tags
from pi_devkit.cli._output import say_error

__all__ = ["app", "run"]

app = typer.Typer(
    name="pi-devkit",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:  # noqa: FBT001  # typer calls it so
    if value:
        typer.echo(f"pi-devkit {version('pi-devkit')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
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
    ("bump", tags.bump),
    ("resolve-tag", tags.resolve_tag),
    ("release-check", proving.release_check),
    ("canary", canary.canary),
    ("docs-list", docs_list.docs_list),
):
    app.command(_name)(_command)


def run() -> None:
    """Run the command line, and end with 0 for success, 1 for something wrong, 2 for something missing."""
    try:
        app(prog_name="pi-devkit")
    except ModuleNotFoundError as error:
        say_error(f"the module {error.name!r} is not installed; `pip install 'pi-devkit[release]'` brings it")
        sys.exit(2)
    except EnvironmentMissingError as error:
        say_error(str(error))
        sys.exit(2)
    except DevkitError as error:
        say_error(str(error))
        sys.exit(1)
