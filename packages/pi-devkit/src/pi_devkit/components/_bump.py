"""Raises the version of a component wherever it is written by hand; comments and order stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import tomlkit
from packaging.version import InvalidVersion, Version

from pi_devkit._errors import DevkitError
from pi_devkit._text import read_text

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
        DevkitError: it is no version, or not newer than the one there is; or a file can't be read.
    """
    new = _newer(workspace, component, version)
    own, readme = (workspace.folder(component) / name for name in ("pyproject.toml", "README.md"))
    lock = workspace.root / "uv.lock"
    document = tomlkit.parse(read_text(own))
    document["project"]["version"] = str(new)
    after = {own: tomlkit.dumps(document)}
    if readme.is_file():
        after[readme] = _marked(read_text(readme), workspace.source(component).version, new)
    if lock.is_file():
        after[lock] = _locked(read_text(lock), component.name, new)
    for path in (workspace.folder(one) / "pyproject.toml" for one in workspace.components):
        after[path] = _bounds(after.get(path) or read_text(path), component.name, new)
    # Nothing is written before everything could be read.
    changed = [path for path, text in after.items() if text != read_text(path)]
    for path in changed:
        path.write_text(after[path], "utf-8")
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
