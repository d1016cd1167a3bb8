"""Somebody at a shell with pi on the path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pi_testkit import PiHome, PiInstall

__all__ = ["User", "listing", "user_with"]


@dataclass
class User:
    """Somebody at a shell.

    Attributes:
        home: their home and working folder.
        bin: the only folder of their path.
    """

    home: PiHome
    bin: Path

    def env(self, **extra: str) -> dict[str, str]:
        """The environment of their shell; nothing of the machine's own pi or Node is on its path."""
        return self.home.env({"PATH": str(self.bin), "COLUMNS": "120", **extra})


def user_with(install: PiInstall, home: PiHome, folder: Path) -> User:
    """Return somebody with this pi and its Node on the path, and nothing else.

    Args:
        install: the pi.
        home: where they live.
        folder: an empty place for their path.
    """
    user = User(home, folder / "bin")
    user.bin.mkdir()
    # pi is a script that begins with `env node`.
    for name, program in {"pi": install.cli, "node": install.node}.items():
        (user.bin / name).symlink_to(program)
    for program in map(Path, ("/usr/bin/env", "/bin/bash", "/bin/sh")):
        (user.bin / program.name).symlink_to(program)
    return user


def listing(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder: files with their contents, folders with nothing."""
    return {
        os.path.relpath(path, folder): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
