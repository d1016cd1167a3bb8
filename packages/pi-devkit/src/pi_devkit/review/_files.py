"""Files of a repository that may be on a disk or elsewhere."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from pi_devkit.components import Component, parse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

__all__ = ["component", "project", "text", "walk"]


def text(folder: Traversable, name: str) -> str:
    """The text of a file; empty if there is none."""
    path = folder.joinpath(name)
    return path.read_text("utf-8") if path.is_file() else ""


def project(package: Traversable) -> dict[str, Any]:
    """The table ``[project]`` of a package; empty if there is none."""
    found: dict[str, Any] = tomllib.loads(text(package, "pyproject.toml")).get("project", {})
    return found


def component(root: Traversable, package: Traversable) -> Component | None:
    """The row of a package in ``components.toml``; ``None`` if there is no such file or no such row.

    Raises:
        DevkitError: the file is not right.
    """
    file = text(root, "components.toml")
    return parse(file).components.get(str(project(package).get("name"))) if file else None


def walk(folder: Traversable, suffix: str) -> Iterator[tuple[str, str]]:
    """The names and texts of all files below a folder that end in ``suffix``."""
    for path in sorted(folder.iterdir(), key=lambda one: one.name) if folder.is_dir() else ():
        if path.is_dir():
            yield from walk(path, suffix)
        elif path.name.endswith(suffix):
            yield path.name, path.read_text("utf-8")
