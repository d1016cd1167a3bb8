"""All there is to say about an extension and its template."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pi_devkit.fresh._answers import Answers
from pi_devkit.fresh._drift import drift
from pi_devkit.fresh._latest import newer
from pi_devkit.fresh._leftovers import leftovers
from pi_devkit.fresh._rehearsal import rehearse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Report", "fresh"]


@dataclass(frozen=True, slots=True)
class Report:
    """Whether an extension can follow its template.

    Attributes:
        version: the version of the template it is at.
        newer: a newer version, if there is one; empty otherwise.
        changed: files that an update to it would change.
        drifted: files of the template that were changed here: not wrong, but an update may not fit them.
        problems: what stands in the way, a line each.
    """

    version: str
    newer: str
    changed: tuple[str, ...]
    drifted: tuple[str, ...]
    problems: tuple[str, ...]


def fresh(folder: Path) -> Report:
    """Look at an extension: its answers, and the update that it would get.

    Args:
        folder: the extension.

    Raises:
        EnvironmentMissingError: the template can't be reached.
        DevkitError: it was not made from a template, is not committed, or copier fails.
    """
    answers = Answers.read(folder)
    problems = [*_left(folder), *answers.problems()]
    if problems:  # nothing can be asked on the strength of these
        return Report(answers.commit, "", (), (), tuple(problems))
    latest = newer(folder)
    changed: tuple[str, ...] = ()
    if latest:
        rehearsal = rehearse(folder)
        changed = rehearsal.changed
        problems += rehearsal.conflicts
    return Report(answers.commit, latest, changed, tuple(drift(answers)), tuple(problems))


def _left(folder: Path) -> Iterator[str]:
    found = leftovers(folder)
    for file in found.unmerged:
        yield f"{file}: is in conflict: mend it, then `git add {shlex.quote(file)}` and commit"
    for file in found.aside:
        yield f"{file}: an update could not apply this: do it by hand, then delete the file"
    for file in found.marked:
        yield f"{file}: has conflict markers: choose what holds, remove them and commit"
