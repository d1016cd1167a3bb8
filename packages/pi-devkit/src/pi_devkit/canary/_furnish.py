"""What has to be in pi's agent folder, so that a component can show what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import tomlkit

if TYPE_CHECKING:
    from pathlib import Path

    from pi_devkit.components import Component

__all__ = ["PROBE", "furnish"]

#: The command of the plugin that a host, which has none of its own, is shown with.
PROBE: Final = "devkit-probe"

_PLUGIN: Final = '''"""A plugin that only has to be found."""

from pi_host import command, hookimpl


@hookimpl
def session_start(event, ctx):
    """Do nothing."""


@command
def devkit_probe() -> str:
    """Answer."""
    return "here"
'''


def furnish(component: Component, agent_dir: Path) -> None:
    """Write the options that a component's plugins need to be on, and a plugin for a host.

    Args:
        component: the component.
        agent_dir: pi's agent folder.
    """
    if component.options:
        (agent_dir / "pi-host.toml").write_text(tomlkit.dumps({"plugins": component.options}), "utf-8")
    if component.kind == "host":
        (agent_dir / "python").mkdir()
        (agent_dir / "python" / "devkit_probe.py").write_text(_PLUGIN, "utf-8")
