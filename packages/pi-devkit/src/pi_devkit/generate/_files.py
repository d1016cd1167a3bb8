"""All generated files together: made, compared, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_devkit.generate import _github, _release_please
from pi_devkit.generate._issue_form import with_components

if TYPE_CHECKING:
    from pathlib import Path

    from pi_devkit.components import Workspace

__all__ = ["drift", "generated", "write"]

_FORM = ".github/ISSUE_TEMPLATE/bug.yml"


def generated(workspace: Workspace) -> dict[str, str]:
    """What the generated files have to be.

    Args:
        workspace: the repository.

    Returns:
        Their text by path relative to the root.

    Raises:
        DevkitError: a component can't be read.
    """
    files = {
        "release-please-config.json": _release_please.config(workspace),
        ".release-please-manifest.json": _release_please.manifest(workspace),
        ".github/CODEOWNERS": _github.codeowners(workspace),
        ".github/dependabot.yml": _github.dependabot(),
        ".github/labeler.yml": _github.labeler(workspace),
        ".github/labels.yml": _github.labels(workspace),
    }
    form = workspace.root / _FORM
    if form.is_file():
        files[_FORM] = with_components(form.read_text("utf-8"), workspace)
    return files


def drift(workspace: Workspace) -> list[str]:
    """What is wrong with the generated files of the tree.

    Returns:
        One line each; empty if they are right to the byte.
    """
    found = []
    for path, text in generated(workspace).items():
        there = _bytes(workspace.root / path)
        if there is None:
            found.append(f"{path} is missing; `pi-devkit sync` writes it")
        elif there != text.encode():
            found.append(f"{path} is not what components.toml says; change that file, then run `pi-devkit sync`")
    return found


def write(workspace: Workspace) -> list[str]:
    """Write the generated files that are not right.

    Returns:
        The paths of those that were written.
    """
    changed = []
    for path, text in generated(workspace).items():
        target = workspace.root / path
        if _bytes(target) != text.encode():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
            changed.append(path)
    return changed


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
