"""Where somebody is: repository and branch, read from git's files without starting git."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from pi_autonomous_session_control.memory._records import Scope

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Place", "locate"]


class Place(msgspec.Struct, frozen=True):
    """The scopes that hold at a place.

    Attributes:
        repository: main folder of the repository, shared by its worktrees; the folder itself outside of one.
        branch: name of the branch, empty if there is none.
        session: id of the session, empty outside of one.
    """

    repository: str
    branch: str = ""
    session: str = ""

    def scope(self, kind: str) -> Scope:
        """Return the scope of this kind that holds here.

        Raises:
            ValueError: there is none, as there is no branch or no session.
        """
        key = {"user": "", "repository": self.repository, "session": self.session}.get(kind)
        if kind == "branch" and self.branch:
            key = f"{self.repository}#{self.branch}"
        if key is None or (kind == "session" and not key):
            raise ValueError(f"there is no {kind} here: choose another scope")
        return Scope(kind, key)  # type: ignore[arg-type]  # the other kinds have been refused

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """All that hold here, the nearest first."""
        kinds = ("session", "branch", "repository", "user")
        here = {"session": bool(self.session), "branch": bool(self.branch)}
        return tuple(self.scope(kind) for kind in kinds if here.get(kind, True))


def locate(cwd: Path, session: str = "") -> Place:
    """Return where ``cwd`` is."""
    folder = cwd.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return _in_repository(candidate, session)
    return Place(_text(folder), session=session)


def _in_repository(top: Path, session: str) -> Place:
    git = top / ".git"
    try:
        if git.is_file():  # a worktree or a submodule: the file says where the rest is
            git = (top / git.read_text().partition("gitdir:")[2].strip()).resolve()
        common = git / "commondir"
        if common.is_file():
            top = (git / common.read_text().strip()).resolve().parent
        head = (git / "HEAD").read_text().strip()
    except (OSError, UnicodeDecodeError):
        return Place(_text(top), session=session)
    return Place(_text(top), head.removeprefix("ref: refs/heads/") if head.startswith("ref: ") else "", session)


def _text(folder: Path) -> str:
    # The name of a folder is bytes, and the store takes text.
    return os.fsencode(folder).decode("utf-8", "backslashreplace")
