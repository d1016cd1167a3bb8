"""Which files of a git repository are not as in a commit. Nothing is written, not even git's own index."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["GitError", "base_of", "differing", "letter_of", "top_of"]

_TIMEOUT: Final = 20.0
#: In a folder with more untracked files than this, the rest is not looked at.
_MOST: Final = 5_000


_RAW: Final = ("--raw", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty")


class GitError(Exception):
    """git is not there, or did not answer."""


def top_of(cwd: Path) -> Path | None:
    """Return the top folder of the work tree that ``cwd`` is in, ``None`` outside of one."""
    for folder in (cwd, *cwd.parents):
        if (folder / ".git").exists():
            return folder
    return None


def base_of(top: Path) -> str:
    """Return the commit that is checked out; the empty tree where there is none yet."""
    try:
        return _git(top, "rev-parse", "--verify", "--quiet", "HEAD").decode().strip()
    except GitError:
        return _git(top, "hash-object", "-t", "tree", "--stdin").decode().strip()


def letter_of(top: Path, base: str, name: str) -> str:
    """Return what became of the path ``name``, from ``top``, since ``base``: as `differing`, empty for nothing."""
    try:
        if not _git(top, "ls-tree", "-z", base, "--", f":(literal){name}"):
            return "A"
        return "M" if _git(top, "diff", *_RAW, base, "--", f":(literal){name}") else ""
    except GitError:
        return "M"


def differing(top: Path, base: str) -> dict[str, str]:
    """Return the paths that are not as in ``base``, from ``top``, each with a letter.

    ``A`` is new, ``M`` is changed, ``D`` is gone. What git ignores is left out.
    """
    found: dict[str, str] = {}
    fields = _git(top, "diff", *_RAW, base, "--").split(b"\0")
    for status, path in zip(fields[::2], fields[1::2], strict=False):
        letter = status[-1:].decode()
        found[os.fsdecode(path)] = letter if letter in "AD" else "M"
    untracked = _git(top, "ls-files", "--others", "--exclude-standard", "-z").split(b"\0")
    for path in untracked[:_MOST]:
        if path:
            # In the base but taken out of the index only: it is still there.
            name = os.fsdecode(path)
            found[name] = "M" if name in found else "A"
    return found


def _git(top: Path, *args: str) -> bytes:
    command = ["git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *args]
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603  # fixed arguments, no shell
            command, cwd=top, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git did not answer in {str(top)!r}: {error}") from error
    if done.returncode:
        raise GitError(f"git {args[0]} failed in {str(top)!r}: {done.stderr.decode(errors='replace').strip()[:200]}")
    return done.stdout
