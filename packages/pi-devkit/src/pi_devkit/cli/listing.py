"""``pi-devkit list`` and ``pi-devkit matrix``: what there is to release."""

from __future__ import annotations

from typing import Annotated

import typer

from pi_devkit.cli._workspace import here
from pi_devkit.components import Component, Workspace, affected, changed_files
from pi_devkit.components import matrix as rows_of
from pi_host.commandline import AsJson, console, say_json, table

__all__ = ["list_", "matrix"]

Base = Annotated[
    str | None, typer.Option("--affected", metavar="BASE", help="Only what differs from this branch, and its users.")
]


def list_(*, base: Base = None, as_json: AsJson = False) -> None:
    """List the components with their versions and states.

    [bold]Examples[/bold]

      pi-devkit list
      pi-devkit list --affected main
    """
    workspace = here()
    components = _selected(workspace, base)
    if as_json:
        say_json({"components": [_record(workspace, component) for component in components]})
        return
    shown = table("component", "version", "kind", "state", "last release")
    for component in components:
        record = _record(workspace, component)
        shown.add_row(*(record[key] or "none" for key in ("name", "version", "kind", "state", "released")))
    console().print(shown)


def matrix(*, base: Base = None, as_json: AsJson = False) -> None:
    """Show the rows that a workflow runs, one for each component that is released; `--json` is what it reads.

    [bold]Examples[/bold]

      pi-devkit matrix
      pi-devkit matrix --affected origin/main --json
    """
    workspace = here()
    found = rows_of(workspace, _selected(workspace, base))
    if as_json:
        say_json(found)
        return
    shown = table("component", "path", "kind", "version")
    for row in found["include"]:
        shown.add_row(*row.values())
    console().print(shown)


def _selected(workspace: Workspace, base: str | None) -> list[Component]:
    return workspace.components if base is None else affected(workspace, changed_files(workspace, base))


def _record(workspace: Workspace, component: Component) -> dict[str, str]:
    tags = workspace.tags(component)
    return {
        "name": component.name,
        "version": str(workspace.source(component).version),
        "kind": component.kind,
        "state": component.state,
        "path": component.path,
        "released": tags[0] if tags else "",
    }
