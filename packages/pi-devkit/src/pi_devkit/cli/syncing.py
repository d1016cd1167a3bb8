"""``pi-devkit check`` and ``pi-devkit sync``: the file, the tree, and what is generated."""

from __future__ import annotations

import typer

from pi_devkit.cli._workspace import here
from pi_devkit.components import problems
from pi_devkit.generate import drift, write
from pi_host.commandline import AsJson, say_error, say_json

__all__ = ["check", "sync"]


def check(*, as_json: AsJson = False) -> None:
    """Hold components.toml against the tree, and the generated files against components.toml.

    [bold]Example[/bold]

      pi-devkit check
    """
    workspace = here()
    found = [*problems(workspace), *drift(workspace)]
    if as_json:
        say_json({"problems": found})
    else:
        for line in found:
            say_error("pi-devkit", line)
        if not found:
            typer.echo(f"{len(workspace.components)} components, and all that is generated from them, are right")
    if found:
        raise typer.Exit(1)


def sync(*, as_json: AsJson = False) -> None:
    """Write what is generated from components.toml: release-please, CODEOWNERS, dependabot, labels, the bug form.

    [bold]Example[/bold]

      pi-devkit sync
    """
    changed = write(here())
    if as_json:
        say_json({"wrote": changed})
        return
    for path in changed:
        typer.echo(f"wrote {path}")
    if not changed:
        typer.echo("everything is as it should be")
