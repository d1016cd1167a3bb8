"""Somebody at a shell: a home, a path with this pi's command line on it, and the `pi-host` command."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

__all__ = ["COMMAND", "User", "listing", "with_pi"]

if TYPE_CHECKING:
    from pi_testkit import PiHome, PiInstall

COMMAND = Path(sys.executable).with_name("pi-host")


@dataclass
class User:
    """Somebody at a shell.

    Attributes:
        home: their home and working folder.
        bin: first folder of their path.
    """

    home: PiHome
    bin: Path

    def __call__(self, *words: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `pi-host` to its end."""
        return subprocess.run(
            [COMMAND, *words],
            cwd=cwd or self.home.cwd,
            env=self.env(**env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=50,
        )

    def env(self, **extra: str) -> dict[str, str]:
        """The environment of their shell; nothing of the machine's own pi, Node and installed plugins is in it."""
        return self.home.env({"PATH": str(self.bin), "COLUMNS": "120", "PI_HOST_AUTOLOAD": "0", **extra})

    def program(self, name: str, script: str) -> Path:
        """Put a shell script onto the path."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def plugin(self, name: str, source: str) -> Path:
        """Write a single-file plugin."""
        path = self.home.agent_dir / "python" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("from pi_host import command, flag, hookimpl, tool\n" + textwrap.dedent(source))
        return path

    @property
    def settings(self) -> Path:
        """pi's settings."""
        return self.home.agent_dir / "settings.json"

    @property
    def config(self) -> Path:
        """The configuration of the plugins."""
        return self.home.agent_dir / "pi-host.toml"


def with_pi(user: User, install: PiInstall) -> User:
    """Put this pi and its Node onto the path, and nothing else."""
    user.bin = user.bin / "with-pi"
    user.bin.mkdir()
    (user.bin / "pi").symlink_to(install.cli)
    (user.bin / "node").symlink_to(install.node)
    # pi is a script that begins with `env node`.
    (user.bin / "env").symlink_to("/usr/bin/env")
    for shell in ("bash", "sh"):
        (user.bin / shell).symlink_to(f"/bin/{shell}")
    return user


def listing(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder: files with their contents, folders with nothing."""
    return {
        os.path.relpath(path, folder): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
