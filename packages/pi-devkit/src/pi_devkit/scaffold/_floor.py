"""The oldest Python of a workspace, which a new package must not raise."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from pi_devkit._errors import DevkitError
from pi_devkit._text import read_text
from pi_devkit.scaffold._template import questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_devkit.components import Workspace

__all__ = ["check_floor"]


def check_floor(floor: str, workspace: Workspace) -> None:
    """Check that a new package takes no Python from those that are there: uv keeps what all of them have in common.

    Args:
        floor: the answer of ``python_floor``; the template itself refuses one that it doesn't offer.
        workspace: the repository.

    Raises:
        DevkitError: the root, or a package, runs on older ones.
    """
    choices = list(questions()["python_floor"].choices)
    older = choices[: choices.index(floor)] if floor in choices else []
    for folder, requires in _requirements(workspace):
        lost = [minor for minor in older if SpecifierSet(requires).contains(minor)]
        if lost:
            raise DevkitError(
                f"python_floor is {floor!r}, but {folder} runs on Python {requires}, and a Python that one package "
                f"refuses is lost to the whole workspace; use {lost[0]!r}"
            )


def _requirements(workspace: Workspace) -> Iterator[tuple[str, str]]:
    folders = {"the root": "", **{component.name: component.path for component in workspace.components}}
    for name, path in folders.items():
        file = workspace.root / path / "pyproject.toml"
        project = tomllib.loads(read_text(file)).get("project", {}) if file.is_file() else {}
        if "requires-python" in project:
            yield name, project["requires-python"]
