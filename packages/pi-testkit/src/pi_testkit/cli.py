"""The ``pi-testkit`` command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from pi_testkit.pis import PI_VERSIONS, PiInstall, ProvisionError, cache_dir, find, provision

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["app", "main"]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Real pi for tests.")
_errors = Console(stderr=True)

_AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")]


@app.command()
def fetch(
    versions: Annotated[list[str] | None, typer.Argument(metavar="[VERSION]...", help="Default: the newest.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help=f"All of {', '.join(PI_VERSIONS)}.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Install pi into the cache, unless it is there already."""
    wanted = list(PI_VERSIONS) if everything else versions or [PI_VERSIONS[0]]
    with _errors.status("") as status:
        installs = [_fetched(version, status.update) for version in wanted]
    _show(installs, as_json=as_json)


@app.command()
def where(
    version: Annotated[str, typer.Argument(help="Which pi.")] = PI_VERSIONS[0],
    *,
    as_json: _AsJson = False,
) -> None:
    """Say where an installed pi is; fetch nothing."""
    try:
        install = find(version)
    except ProvisionError as error:
        raise _failure(str(error)) from error
    if install is None:
        raise _failure(f"pi {version} is not in {str(cache_dir())!r}: run 'pi-testkit fetch {version}'")
    _show([install], as_json=as_json)


def main() -> None:
    """Entry point of the command."""
    app()


def _fetched(version: str, progress: Callable[[str], None]) -> PiInstall:
    try:
        return provision(version, progress=progress)
    except ProvisionError as error:
        raise _failure(str(error)) from error


def _failure(message: str) -> typer.Exit:
    _errors.print(f"pi-testkit: {message}", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)


def _show(installs: list[PiInstall], *, as_json: bool) -> None:
    if as_json:
        rows = [{name: str(value) for name, value in vars(install).items()} for install in installs]
        typer.echo(json.dumps(rows, indent=2))
        return
    for install in installs:
        typer.echo(f"pi {install.version}: {' '.join(install.argv)}")
