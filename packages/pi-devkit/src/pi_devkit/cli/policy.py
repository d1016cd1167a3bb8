"""``pi-devkit policy``: the rules of the repository."""

from __future__ import annotations

from typing import Annotated

import typer

from pi_devkit.cli._workspace import here
from pi_devkit.review import policy as look
from pi_host.commandline import AsJson, say_error, say_json

__all__ = ["policy"]

Names = Annotated[
    list[str] | None, typer.Argument(metavar="[COMPONENT]...", help="Which ones; default: all, and the root.")
]


def policy(names: Names = None, *, as_json: AsJson = False) -> None:
    """Review files only, with repo-review: its general rules, and ours about extensions, releases and owners.

    What is left out stands in the root's pyproject.toml, in tool.pi-devkit.policy, each with its reason.

    [bold]Examples[/bold]

      pi-devkit policy
      pi-devkit policy pi-lane
    """
    workspace = here()
    found = look(workspace, [workspace.component(name) for name in names or []])
    if as_json:
        say_json({"problems": found})
    else:
        for line in found:
            say_error("pi-devkit", line)
        if not found:
            typer.echo("every rule is kept, but for those left out in pyproject.toml")
    if found:
        raise typer.Exit(1)
