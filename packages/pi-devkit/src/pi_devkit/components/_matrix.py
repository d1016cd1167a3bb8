"""The rows that a workflow runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_devkit.components._model import Component
    from pi_devkit.components._workspace import Workspace

__all__ = ["matrix"]


def matrix(workspace: Workspace, components: Iterable[Component]) -> dict[str, list[dict[str, str]]]:
    """The matrix of a workflow: one row for each component that is released.

    Args:
        workspace: the repository.
        components: which ones.

    Returns:
        What a workflow takes as ``strategy.matrix``.
    """
    rows = [
        {
            "component": component.name,
            "path": component.path,
            "kind": component.kind,
            "version": str(workspace.source(component).version),
        }
        for component in components
        if component.released
    ]
    return {"include": rows}
