"""Finds what an update, or a merge, left for somebody to mend."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pi_devkit._commands import run

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Leftovers", "changes", "leftovers"]

# Not the line of equals signs between them, which also underlines headings.
_MARKER: Final = re.compile(rb"^(<{7}|>{7})( |$)", re.MULTILINE)
_PUT_ASIDE: Final = (".rej", ".orig")
_UNMERGED: Final = {"AA", "DD", "AU", "UA", "DU", "UD", "UU"}


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Files that somebody has to look at, relative to the extension; each in one list only.

    Attributes:
        unmerged: for git they are in conflict.
        aside: what could not be applied was put into them.
        marked: they have conflict markers, committed or not.
    """

    unmerged: tuple[str, ...]
    aside: tuple[str, ...]
    marked: tuple[str, ...]


def leftovers(folder: Path) -> Leftovers:
    """Look at every file of an extension that git knows or would add.

    Args:
        folder: the extension; in no git repository there is nothing to find.
    """
    states = changes(folder)
    unmerged = tuple(file for file, state in states.items() if state in _UNMERGED)
    aside = tuple(file for file in states if file.endswith(_PUT_ASIDE))
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "."]
    listed = run(words, cwd=folder)
    files = [file for file in listed.out.split("\0") if file] if listed.ok else []
    others = [file for file in files if file not in {*unmerged, *aside} and (folder / file).is_file()]
    return Leftovers(unmerged, aside, tuple(file for file in others if _MARKER.search((folder / file).read_bytes())))


def changes(folder: Path) -> dict[str, str]:
    """What is not committed.

    Args:
        folder: the extension.

    Returns:
        The state of each file in git's two letters, by its path relative to the extension.
    """
    status = run(["git", "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "."], cwd=folder)
    prefix = run(["git", "rev-parse", "--show-prefix"], cwd=folder).out.strip()
    lines = [line for line in status.out.split("\0") if line] if status.ok else []
    return {line[3:].removeprefix(prefix): line[:2] for line in lines}
