"""``pi-devkit fresh``: whether an extension can follow its template."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pi_devkit._errors import DevkitError
from pi_devkit.cli._workspace import here
from pi_devkit.fresh import Report
from pi_devkit.fresh import fresh as look
from pi_host.commandline import AsJson, say_json

__all__ = ["fresh"]


def fresh(
    where: Annotated[str, typer.Argument(help="A component of this workspace, or the folder of an extension.")] = ".",
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if there is a newer version of the template.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell whether an extension is up to date with its template, and rehearse the update in a copy.

    [bold]Examples[/bold]

      pi-devkit fresh
      pi-devkit fresh pi-weather --strict
    """
    report = look(_folder(where))
    if as_json:
        say_json(asdict(report))
    else:
        _tell(report)
    if report.problems or (strict and report.newer):
        raise typer.Exit(1)


def _folder(where: str) -> Path:
    path = Path(where)
    if path.is_dir():
        return path.resolve()
    if os.sep in where:
        raise DevkitError(f"there is no folder {where!r}; give the folder of an extension, or the name of a component")
    workspace = here()
    return workspace.folder(workspace.component(where))


def _tell(report: Report) -> None:
    if report.newer:
        typer.echo(
            f"at {report.version} of the template; there is {report.newer}: `uvx copier update --defaults` gets it"
        )
    elif not report.problems:
        typer.echo(f"up to date with the template, {report.version}")
    for file in report.changed:
        typer.echo(f"  would change {file}")
    for file in report.drifted:
        typer.echo(f"  differs from the template: {file}")
    for problem in report.problems:
        typer.echo(f"problem: {problem}", err=True)
