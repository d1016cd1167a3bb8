"""``pi-devkit bump`` and ``pi-devkit resolve-tag``: to a release, and from its tag."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from pi_devkit.cli._workspace import here
from pi_devkit.components import bump as raise_version
from pi_devkit.components import resolve_tag as resolve
from pi_devkit.generate import write
from pi_host.commandline import AsJson, say_json

__all__ = ["bump", "resolve_tag"]


def bump(
    name: Annotated[str, typer.Argument(metavar="COMPONENT", help="Which one.")],
    version: Annotated[str, typer.Argument(help="The new version.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Raise a version in pyproject.toml, README.md, uv.lock, what is generated, and bounds marked `# pi-devkit: next`.

    release-please does all but the last by itself; this is for a release without it. The changelog is yours.

    [bold]Example[/bold]

      pi-devkit bump pi-lane 0.4.0
    """
    workspace = here()
    changed = [
        path.relative_to(workspace.root).as_posix()
        for path in raise_version(workspace, workspace.component(name), version)
    ]
    changed += write(here())
    if as_json:
        say_json({"wrote": changed})
        return
    for path in changed:
        typer.echo(f"wrote {path}")


def resolve_tag(
    tag: Annotated[str, typer.Argument(help="Such as pi-lane-v0.4.0.")],
    *,
    as_env: Annotated[
        bool, typer.Option("--env", help="Write NAME=value lines, for a workflow's environment.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what a tag releases, and fail if pyproject.toml or the changelog says otherwise.

    [bold]Examples[/bold]

      pi-devkit resolve-tag pi-lane-v0.4.0
      pi-devkit resolve-tag pi-lane-v0.4.0 --env >> "$GITHUB_ENV"
    """
    release = resolve(here(), tag)
    if as_json:
        say_json(asdict(release))
    elif as_env:
        for name, value in release.variables().items():
            typer.echo(f"{name}={value}")
    else:
        typer.echo(f"{release.component} {release.version} from {release.path}")
