"""Runs uv, which may be kept from fetching anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_devkit._commands import Done, run
from pi_devkit._errors import EnvironmentMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["uv"]

#: What uv's message has if nothing but ``--offline`` was in the way.
_NOT_CACHED: Final = "network was disabled"


def uv(words: Sequence[str], *, cwd: Path, offline: bool, env: Mapping[str, str] | None = None) -> Done:
    """Run a command of uv to its end.

    Args:
        words: the command and its options.
        cwd: where it runs.
        offline: whether nothing may be fetched.
        env: variables added to the cleaned environment.

    Returns:
        What it wrote and how it ended.

    Raises:
        EnvironmentMissingError: uv's cache lacks what the command needs, and it may not be fetched.
    """
    done = run(["uv", *words, *["--offline"] * offline], cwd=cwd, env=env)
    if offline and not done.ok and _NOT_CACHED in done.tail():
        reason = next((line.strip() for line in done.tail().splitlines() if "not found in the cache" in line), "")
        raise EnvironmentMissingError(f"uv's cache lacks what this needs; run it once without --offline\n{reason}")
    return done
