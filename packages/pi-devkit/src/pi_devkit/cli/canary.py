"""``pi-devkit canary``: components in several pis and Pythons."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from pi_devkit._errors import DevkitError
from pi_devkit.checks import Asked, Bench, Context, rows, verdict
from pi_devkit.cli._workspace import chosen, here
from pi_host.commandline import AsJson, console, say_json, table

if TYPE_CHECKING:
    from pi_devkit.canary import Row
    from pi_devkit.components import Component, Workspace

__all__ = ["canary"]

Names = Annotated[list[str] | None, typer.Argument(metavar="[COMPONENT]...", help="Which ones; default: all.")]
Pis = Annotated[
    list[str] | None,
    typer.Option(
        "--pi", metavar="VERSION[=PATH]", help="This pi: a candidate is fetched, or at PATH; default: the component's."
    ),
]
Pythons = Annotated[
    list[str] | None, typer.Option("--python", metavar="X.Y", help="This Python; default: the project's.")
]


def canary(names: Names = None, *, pi: Pis = None, python: Pythons = None, as_json: AsJson = False) -> None:
    """Start real pis with components installed from wheels, and see that each has what is promised.

    A pi that is not there yet is fetched once. A failure that components.toml expects has to happen.

    [bold]Examples[/bold]

      pi-devkit canary pi-lane
      pi-devkit canary --pi 1.5.2 --python 3.13
      pi-devkit canary --pi latest
      pi-devkit canary pi-lane --pi 1.6.0=/tmp/node_modules/@earendil-works/pi-coding-agent
    """
    workspace = here()
    found: list[tuple[Row, list[str], str]] = []
    with Bench(workspace) as bench:
        for component in chosen(workspace, names or []):
            context = Context(bench, component, Asked(pythons=tuple(python or ())))
            versions = _versions(workspace, component, pi)
            found += [(row, *verdict(context, row)) for row in (rows(context, versions) if versions else ())]
    if not found:
        raise DevkitError("there is nothing to run: none of these components is for any of these pis")
    if as_json:
        say_json({"rows": [asdict(row) | {"ok": not problems, "note": note} for row, problems, note in found]})
    else:
        _show(found)
    if any(problems for _, problems, _ in found):
        raise typer.Exit(1)


def _versions(workspace: Workspace, component: Component, wanted: list[str] | None) -> list[str]:
    """The component's pis; of those that are asked for, its own and candidates, which every component has to try."""
    own, known = workspace.pis(component), {one.version for one in workspace.file.pis}
    if wanted is None or not own:
        return own
    return [version for version in wanted if version in own or version not in known]


def _show(found: list[tuple[Row, list[str], str]]) -> None:
    rows_shown = table("component", "pi", "Python", "", "")
    for row, problems, note in found:
        status = Text("fails", style="bold red") if problems else Text("ok", style="green")
        words = "\n".join(row.problems or problems) if problems else note.partition(": ")[2].removeprefix("works")
        rows_shown.add_row(row.component, row.pi, row.python, status, Text(words))
    console().print(rows_shown)
