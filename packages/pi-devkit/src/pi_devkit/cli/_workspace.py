"""The repository that a command is about."""

from __future__ import annotations

from pathlib import Path

from pi_devkit.components import Component, Workspace

__all__ = ["chosen", "here"]


def here() -> Workspace:
    """The workspace that the working folder is in.

    Raises:
        DevkitError: it is in none.
    """
    return Workspace.find(Path.cwd())


def chosen(workspace: Workspace, names: list[str]) -> list[Component]:
    """The components that were named, or all that are released.

    Args:
        workspace: the repository.
        names: names of components; none for all.

    Raises:
        DevkitError: there is no such component.
    """
    if names:
        return [workspace.component(name) for name in names]
    return [component for component in workspace.components if component.released]
