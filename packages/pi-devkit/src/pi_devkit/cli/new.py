"""``pi-devkit new``: a new extension from the template."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from pi_devkit._errors import DevkitError
from pi_devkit.cli._questions import ask
from pi_devkit.components import FILE_NAME, Workspace
from pi_devkit.scaffold import TAKEN, Made, check_member, check_vacant, member, standalone

__all__ = ["new"]

#: Stands where the owner of a repository has to, until somebody says who that is.
_OWNER = "github.com/OWNER/"


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
    here: Annotated[bool, typer.Option("--here", help="Into this folder, which must be empty but for .git.")] = False,
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
    answers = _answers(data or [], kind)
    found = _workspace(wanted=workspace)
    if found is not None and here:
        raise DevkitError("--here makes an extension of its own; a package of the workspace goes into packages/")
    asks = not defaults and _is_terminal()
    folder = Path.cwd() if here else Path.cwd() / name
    if found is not None:
        made = member(name, found, _asked_for_member(name, found, answers) if asks else answers)
    else:
        made = standalone(name, folder, _asked(name, folder, answers) if asks else answers)
    _tell(name, made)


# What stands in the way is told before the first question, so that no answer is lost.


def _asked_for_member(name: str, workspace: Workspace, answers: dict[str, str]) -> dict[str, str]:
    check_member(name, workspace, answers)
    return ask(name, {"repository": workspace.project.repository, **answers, "layout": "workspace"})


def _asked(name: str, folder: Path, answers: dict[str, str]) -> dict[str, str]:
    check_vacant(folder)
    return ask(name, {**answers, "layout": "standalone"})


def _workspace(*, wanted: bool | None) -> Workspace | None:
    if wanted:
        return Workspace.find(Path.cwd())
    if wanted is None and any((folder / FILE_NAME).is_file() for folder in (Path.cwd(), *Path.cwd().parents)):
        return Workspace.find(Path.cwd())
    return None


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _answers(data: list[str], kind: str | None) -> dict[str, str]:
    found = {}
    for given in data:
        question, equals, answer = given.partition("=")
        if not equals:
            raise DevkitError(f"--data is {given!r}, but must be QUESTION=ANSWER; --data license=Apache-2.0 is one")
        found[question] = answer
    for taken in found.keys() & set(TAKEN):
        raise DevkitError(f"{taken!r} is not for --data: give NAME, and --workspace or --standalone")
    if kind is not None and "kind" in found:
        raise DevkitError(f"--kind says {kind!r} and --data says {found['kind']!r}; give one of them")
    return found if kind is None else {**found, "kind": kind}


def _tell(name: str, made: Made) -> None:
    typer.echo(f"{name}: {len(made.files)} files in {made.folder}")
    if made.changed:
        typer.echo(f"changed for it: {', '.join(made.changed)}")
        steps = ["uv lock", "uvx nox"]
    else:
        folder = os.path.relpath(made.folder)
        steps = [f"cd {folder}"] if folder != "." else []
        # The commit comes last: it has the lock that the first run makes, and updates need a tree without changes.
        steps += ["git init", "uvx nox", *_to_replace(made), f'git add . && git commit -m "{name} from the template"']
    typer.echo("\n  ".join(["next:", *steps]))


def _to_replace(made: Made) -> list[str]:
    found = [file for file in made.files if _OWNER in (made.folder / file).read_text("utf-8")]
    return [f"replace OWNER in {', '.join(found)} by who will own the repository"] if found else []
