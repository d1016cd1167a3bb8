"""Rehearses ``copier update`` in a clone that is thrown away, and looks for what it leaves behind."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from pi_devkit._commands import run
from pi_devkit._errors import DevkitError
from pi_devkit.fresh._copier import copier
from pi_devkit.fresh._leftovers import changes, leftovers
from pi_devkit.scaffold import ANSWERS_FILE

__all__ = ["Rehearsal", "rehearse"]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """How an update would go.

    Attributes:
        changed: files it changes, adds or deletes, relative to the extension.
        conflicts: what somebody would have to mend by hand, a line each.
    """

    changed: tuple[str, ...]
    conflicts: tuple[str, ...]


def rehearse(folder: Path, *, to: str = "") -> Rehearsal:
    """Rehearse the update of an extension as it is committed.

    Args:
        folder: the extension.
        to: the version of the template; the newest by default.

    Raises:
        DevkitError: it is in no git repository, has no commit with its answers, or copier fails.
        EnvironmentMissingError: the template can't be reached.
    """
    top = run(["git", "rev-parse", "--show-toplevel"], cwd=folder)
    if not top.ok:
        raise DevkitError(f"{str(folder)!r} is in no git repository, and updates need one: `git init` and commit it")
    root = Path(top.out.strip())
    with tempfile.TemporaryDirectory(prefix="pi-devkit-") as scratch:
        clone = Path(scratch) / root.name
        cloned = run(["git", "clone", "--quiet", "--no-hardlinks", root, clone])
        inside = clone / folder.resolve().relative_to(root.resolve())
        if not cloned.ok or not (inside / ANSWERS_FILE).is_file():
            raise DevkitError(f"{str(folder)!r} has no commit with {ANSWERS_FILE}; commit it, then try again")
        copier("update", "--defaults", *(("--vcs-ref", to) if to else ()), cwd=inside)
        return _look(inside)


def _look(folder: Path) -> Rehearsal:
    found = leftovers(folder)
    conflicts = [
        *(f"{file}: changed here and in the template, in the same place" for file in found.unmerged),
        *(f"{file}: what could not be applied was put aside" for file in found.aside),
        *(f"{file}: has conflict markers" for file in found.marked),
    ]
    return Rehearsal(tuple(changes(folder)), tuple(conflicts))
