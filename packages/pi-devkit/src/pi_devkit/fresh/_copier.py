"""Runs copier as a program, so that nothing of it stays in this process, and git's environment reaches it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pi_devkit._commands import run
from pi_devkit._errors import DevkitError, EnvironmentMissingError

if TYPE_CHECKING:
    from pathlib import Path

    from pi_devkit._commands import Done

__all__ = ["copier"]

#: What git says when it is the network, or the right to read, that is missing.
_UNREACHABLE = ("Could not resolve host", "unable to access", "Could not read from remote", "Connection", "timed out")


def copier(*words: str, cwd: Path) -> Done:
    """Run copier.

    Args:
        words: its arguments.
        cwd: where it runs.

    Raises:
        EnvironmentMissingError: the template can't be reached, or git is not here.
        DevkitError: it failed otherwise.
    """
    run(["git", "--version"])  # without git, copier takes every template for one without a history
    done = run([sys.executable, "-m", "copier", *words], cwd=cwd)
    if done.ok:
        return done
    if any(sign in done.err for sign in _UNREACHABLE):
        raise EnvironmentMissingError(f"the template can't be reached: {_git_says(done.err)}")
    raise DevkitError(f"copier {words[0]} failed: {done.tail(1)}")


def _git_says(text: str) -> str:
    lines = [line.partition("fatal: ")[2] for line in text.splitlines() if "fatal: " in line]
    return lines[0] if lines else "see the network"
