"""Which components a change concerns."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pi_devkit._errors import DevkitError
from pi_devkit.components._parse import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_devkit.components._model import Component
    from pi_devkit.components._workspace import Workspace

__all__ = ["affected", "changed_files"]


def changed_files(workspace: Workspace, base: str) -> list[str]:
    """The files that differ from where a branch left another one, those not committed included.

    Args:
        workspace: the repository.
        base: a branch, tag or commit.

    Raises:
        DevkitError: git knows no such commit, or can't tell.
    """
    # What begins with a hyphen would be an option of git.
    if base.startswith("-") or not (found := workspace.git("merge-base", base, "HEAD")).ok:
        raise DevkitError(f"git knows no commit {base!r} that HEAD has in common; fetch it, or name another")
    changed = workspace.git("diff", "--name-only", "--no-renames", "-z", found.out.strip())
    fresh = workspace.git("ls-files", "--others", "--exclude-standard", "-z")
    for said in (changed, fresh):
        if not said.ok:
            raise DevkitError(f"git can't tell what was changed since {base!r}: {said.tail(1)}")
    return sorted({path for text in (changed.out, fresh.out) for path in text.split("\0") if path})


def affected(workspace: Workspace, files: Iterable[str]) -> list[Component]:
    """The components that changed files concern: their own, and all that depend on it.

    Args:
        workspace: the repository.
        files: paths relative to the root.

    Raises:
        DevkitError: a file is where the workspace's members are, but belongs to none.
    """
    touched: set[str] = set()
    for path in files:
        if any(fnmatchcase(path, glob) for glob in workspace.project.everywhere):
            return workspace.components
        owner = next((one for one in workspace.components if path.startswith(f"{one.path}/")), None)
        if owner is not None:
            touched.add(owner.name)
        elif any(path.startswith(f"{parent}/") for parent in _parents(workspace)):
            raise DevkitError(f"{path!r} belongs to no component; add its component to {FILE_NAME}")
    return [one for one in workspace.components if one.name in _with_dependents(workspace, touched)]


def _parents(workspace: Workspace) -> set[str]:
    return {component.path.rpartition("/")[0] for component in workspace.components if "/" in component.path}


def _with_dependents(workspace: Workspace, names: set[str]) -> set[str]:
    found, waiting = set(names), list(names)
    while waiting:
        for other in workspace.dependents(workspace.component(waiting.pop())):
            if other.name not in found:
                found.add(other.name)
                waiting.append(other.name)
    return found
