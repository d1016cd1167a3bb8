"""The commit that a folder is at, read from git's own files: no process is started."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["commit_of"]

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


def commit_of(folder: str) -> str | None:
    """Return the full hash of the commit that is checked out in ``folder``, ``None`` if there is none."""
    try:
        git = _git_dir(Path(folder))
        if git is None:
            return None
        head = _line(git / "HEAD")
        if not head.startswith("ref: "):
            return head if _COMMIT.fullmatch(head) else None
        return _resolve(git, head.removeprefix("ref: "))
    except (OSError, UnicodeDecodeError):
        return None


def _git_dir(folder: Path) -> Path | None:
    for candidate in (folder, *folder.parents):
        path = candidate / ".git"
        if path.is_dir():
            return path
        if path.is_file():  # a worktree or a submodule
            return candidate / _line(path).removeprefix("gitdir: ")
    return None


def _resolve(git: Path, ref: str) -> str | None:
    shared = git / "commondir"
    places = [git, git / _line(shared)] if shared.is_file() else [git]
    for place in places:
        loose = place / ref
        if loose.is_file():
            commit = _line(loose)
            return commit if _COMMIT.fullmatch(commit) else None
    packed = places[-1] / "packed-refs"
    lines = packed.read_text("utf-8").splitlines() if packed.is_file() else []
    return next((line.split(" ")[0] for line in lines if line.endswith(f" {ref}")), None)


def _line(path: Path) -> str:
    return path.read_text("utf-8").partition("\n")[0].strip()
