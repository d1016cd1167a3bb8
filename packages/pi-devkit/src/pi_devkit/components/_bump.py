"""Raises the version of a component wherever it is written by hand; comments and order stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import tomlkit
from packaging.version import InvalidVersion, Version

from pi_devkit._errors import DevkitError

if TYPE_CHECKING:
    from pathlib import Path

    from pi_devkit.components._model import Component
    from pi_devkit.components._workspace import Workspace

__all__ = ["NEXT", "bump"]

#: Stands beside the bound of a sibling that needs what is not released yet.
NEXT: Final = "pi-devkit: next"

_MARKED: Final = re.compile(r"x-release-please-start-version.*?x-release-please-end", re.DOTALL)


def bump(workspace: Workspace, component: Component, version: str) -> list[Path]:
    """Raise a version: in pyproject.toml, README.md, uv.lock, and in bounds of siblings that wait for it.

    Args:
        workspace: the repository.
        component: whose version.
        version: the new one.

    Returns:
        The files that were changed.

    Raises:
        DevkitError: it is no version, or not newer than the one there is.
    """
    new = _newer(workspace, component, version)
    changed = [workspace.folder(component) / "pyproject.toml"]
    document = tomlkit.parse(changed[0].read_text("utf-8"))
    document["project"]["version"] = str(new)
    changed[0].write_text(tomlkit.dumps(document), "utf-8")
    readme = workspace.folder(component) / "README.md"
    for path in (readme, workspace.root / "uv.lock", *_pyprojects(workspace)):
        before = path.read_text("utf-8") if path.is_file() else ""
        if path == readme:
            after = _marked(before, workspace.source(component).version, new)
        elif path.name == "uv.lock":
            after = _locked(before, component.name, new)
        else:
            after = _bounds(before, component.name, new)
        if after != before:
            path.write_text(after, "utf-8")
            changed.append(path)
    return changed


def _newer(workspace: Workspace, component: Component, version: str) -> Version:
    try:
        new = Version(version)
    except InvalidVersion as error:
        raise DevkitError(f"{version!r} is no version; write one like 1.2.3") from error
    now = workspace.source(component).version
    if new <= now:
        raise DevkitError(f"{component.name} is at {now}, and {new} is not newer; choose a newer one")
    return new


def _pyprojects(workspace: Workspace) -> list[Path]:
    folders = [workspace.folder(one) for one in workspace.components if one.state != "removed"]
    return [folder / "pyproject.toml" for folder in folders]


def _marked(text: str, now: Version, new: Version) -> str:
    # The same lines that release-please raises: links that name the tag.
    return _MARKED.sub(lambda block: block[0].replace(str(now), str(new)), text)


def _locked(text: str, name: str, version: Version) -> str:
    # A whole lock takes seconds to read and write as TOML; these two lines always follow each other.
    entry = re.compile(rf'^(\[\[package\]\]\nname = "{re.escape(name)}"\nversion = )"[^"]*"$', re.MULTILINE)
    return entry.sub(rf'\g<1>"{version}"', text)


def _bounds(text: str, name: str, version: Version) -> str:
    # By lines: a comment belongs to its line, and no TOML library says which that is.
    waiting = re.compile(
        rf'("{re.escape(name)}(?:\[[^\]]*\])?>=)[^,"]+(.*?)[ \t]*# {re.escape(NEXT)}[ \t]*$', re.MULTILINE
    )
    return waiting.sub(rf"\g<1>{version}\g<2>", text)
