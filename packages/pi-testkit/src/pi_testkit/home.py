"""A home of its own for each pi under test."""

from __future__ import annotations

import inspect
import os
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

from pi_testkit.pis import cache_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PiHome", "PluginWriter"]

#: Installs a plugin: takes its name and its source (text, a file or a module) and gives the path of the installed file.
PluginWriter: TypeAlias = Callable[[str, str | Path | ModuleType], Path]

#: What a test may see of the real environment: no keys, tokens or proxies, and nothing of a real pi's setup.
_ALLOWED = ("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER")


class PiHome:
    """Home folder, agent folder and working folder for pi, apart from the user's own.

    Args:
        root: where to make the folders; without it a new temporary folder, which is left behind.

    Attributes:
        root: the folder that holds all others.
        home: ``HOME``.
        agent_dir: pi's agent folder, ``PI_CODING_AGENT_DIR``.
        cwd: an empty working folder.
    """

    def __init__(self, root: str | os.PathLike[str] | None = None) -> None:
        self.root = Path(root) if root is not None else Path(tempfile.mkdtemp(prefix="pi-testkit-"))
        self.home = self.root / "home"
        self.agent_dir = self.home / ".pi" / "agent"
        self.cwd = self.root / "work"
        self._runtime = self.home / ".run"
        for folder in (self.agent_dir, self.cwd, self._runtime):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._runtime.chmod(0o700)

    def env(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The whole environment for a pi that lives here: no network of its own, no telemetry, no keys.

        Args:
            extra: variables that are added, or replace others.

        Returns:
            A new dict.
        """
        values = {name: os.environ[name] for name in _ALLOWED if name in os.environ}
        values.setdefault("PATH", os.defpath)
        values |= {
            "HOME": str(self.home),
            "PI_CODING_AGENT_DIR": str(self.agent_dir),
            "PI_OFFLINE": "1",
            "PI_TELEMETRY": "0",
            # A test that provisions a pi from inside pi should find the one that is there already.
            "PI_TESTKIT_CACHE": str(cache_dir()),
            "XDG_CACHE_HOME": str(self.home / ".cache"),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "XDG_DATA_HOME": str(self.home / ".local" / "share"),
            "XDG_RUNTIME_DIR": str(self._runtime),
            "XDG_STATE_HOME": str(self.home / ".local" / "state"),
        }
        return values | dict(extra or {})

    def add_plugin(self, name: str, source: str | Path | ModuleType) -> Path:
        """Install a single-file Python plugin for a pi that runs with the bridge.

        Args:
            name: the plugin's name.
            source: its source text, a file to copy, or a module that has one.

        Returns:
            The path of the installed file.
        """
        if isinstance(source, ModuleType):
            source = inspect.getsource(source)
        text = textwrap.dedent(source) if isinstance(source, str) else source.read_text("utf-8")
        path = self.agent_dir / "python" / f"{name}.py"
        path.parent.mkdir(exist_ok=True, mode=0o700)
        path.write_text(text, "utf-8")
        return path

    def sessions(self) -> list[Path]:
        """The session files pi has written, oldest first.

        Returns:
            Their paths.
        """
        return sorted((self.agent_dir / "sessions").rglob("*.jsonl"), key=lambda path: (path.stat().st_mtime, path))
