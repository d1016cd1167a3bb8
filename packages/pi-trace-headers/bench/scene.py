"""Homes for several pis that are measured in turns, and a row of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host.launch import BRIDGE, environment
from pi_testkit import PiHome, RpcPi
from pi_testkit.pis import provision

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import ScriptedModel

__all__ = ["Scene"]


class Scene:
    """Everything a case needs, in a folder of its own.

    Args:
        folder: an empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.install = provision("1.5.2")

    def home(self, name: str, toml: str = "") -> PiHome:
        """Make a home with this ``pi-host.toml``."""
        home = PiHome(self.folder / name)
        (home.agent_dir / "pi-host.toml").write_text(toml, "utf-8")
        return home

    def start(
        self,
        home: PiHome,
        model: ScriptedModel,
        plugins: list[str],
        extensions: list[str] | None = None,
        **variables: str,
    ) -> RpcPi:
        """Start pi in a home; it is up when this returns.

        Args:
            home: where it lives.
            model: what it talks to.
            plugins: the plugins it loads, and no others.
            extensions: what it loads in place of the bridge alone.
            variables: further variables of its environment.
        """
        model.configure(home.agent_dir)
        env = environment(plugins=plugins, autoload=False, cache=home.root / "cache") | variables
        pi = RpcPi(self.install, home, extensions=extensions or [str(BRIDGE)], env=env)
        pi.get_state()
        return pi
