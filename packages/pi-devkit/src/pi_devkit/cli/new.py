"""``pi-devkit new``: a new extension from the template."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pi_devkit._errors import DevkitError
from pi_devkit.components import FILE_NAME, Workspace
from pi_devkit.scaffold import Made, member, questions, standalone

__all__ = ["new"]

#: What is asked in a terminal; the rest has defaults that fit most, and can be changed later.
_ASKED = ("description", "kind", "repository")


def new(  # noqa: PLR0913  # each is an option of the command
    name: Annotated[str, typer.Argument(help="Such as pi-weather: what people will install.", show_default=False)],
    *,
    kind: Annotated[
        str | None,
        typer.Option("--kind", "-k", help="What it starts with: hooks, tool, cli or companion.", show_default="hooks"),
    ] = None,
    workspace: Annotated[
        bool | None,
        typer.Option(
            "--workspace/--standalone",
            help="Beside the other packages of this repository, or in one of its own.",
            show_default="what the folder is",
        ),
    ] = None,
    here: Annotated[bool, typer.Option("--here", help="Into this folder, not into one of that name.")] = False,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", metavar="QUESTION=ANSWER", help="Answer a question of the template."),
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing.")] = False,
) -> None:
    """Make a new extension that passes every check from the start.

    [bold]Examples[/bold]

      pi-devkit new pi-weather
      pi-devkit new pi-weather --kind tool --data license=Apache-2.0 --defaults
    """
    answers = _answers(data or []) | ({"kind": kind} if kind is not None else {})
    found = _workspace(wanted=workspace)
    if found is not None and here:
        raise DevkitError("--here makes an extension of its own; a package of the workspace goes into packages/")
    if not defaults and _is_terminal():
        answers |= _ask(name, answers, in_workspace=found is not None)
    if found is not None:
        made = member(name, found, answers)
    else:
        made = standalone(name, Path.cwd() if here else Path.cwd() / name, answers)
    _tell(name, made)


def _workspace(*, wanted: bool | None) -> Workspace | None:
    if wanted:
        return Workspace.find(Path.cwd())
    if wanted is None and any((folder / FILE_NAME).is_file() for folder in (Path.cwd(), *Path.cwd().parents)):
        return Workspace.find(Path.cwd())
    return None


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _answers(data: list[str]) -> dict[str, str]:
    found = {}
    for given in data:
        question, equals, answer = given.partition("=")
        if not equals:
            raise DevkitError(f"--data is {given!r}, but must be QUESTION=ANSWER; --data license=Apache-2.0 is one")
        found[question] = answer
    for taken in {"name", "layout"} & found.keys():
        raise DevkitError(f"{taken!r} is not for --data: give NAME, and --workspace or --standalone")
    return found


def _ask(name: str, answers: dict[str, str], *, in_workspace: bool) -> dict[str, str]:
    known, found = questions(), {}
    for question in _ASKED:
        if question in answers or (question == "repository" and in_workspace):
            continue
        for choice, label in known[question].choices.items():
            typer.echo(f"  {choice:10} {label}")
        default = {"kind": "hooks", "repository": f"https://github.com/OWNER/{name}"}.get(question)
        found[question] = typer.prompt(known[question].help, default=default, type=str)
    return found


def _tell(name: str, made: Made) -> None:
    typer.echo(f"{name}: {len(made.files)} files in {made.folder}")
    if made.changed:
        typer.echo(f"changed for it: {', '.join(made.changed)}")
        typer.echo("next:\n  uv lock\n  uvx nox")
        return
    folder = os.path.relpath(made.folder)
    typer.echo("next:" + (f"\n  cd {folder}" if folder != "." else "") + "\n  git init\n  uvx nox")
