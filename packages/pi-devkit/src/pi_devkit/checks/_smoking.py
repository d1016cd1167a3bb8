"""Runs the smoke function of a component against what is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from pi_devkit.components import Component
    from pi_devkit.proving import Venv

__all__ = ["Smoked", "run_smoke"]


class Smoked(NamedTuple):
    """What came of it.

    Attributes:
        problems: what is wrong, one line each.
        edges: which module of the component imported what by its name meanwhile.
    """

    problems: list[str]
    edges: list[tuple[str, str]]


def run_smoke(component: Component, source: Path, venv: Venv, home: Path) -> Smoked:
    """Run it.

    Args:
        component: the component.
        source: its folder.
        venv: an environment that it is installed into.
        home: the home of whoever runs it, with pi's agent folder in it; it is made if need be.
    """
    if not component.smoke:
        return Smoked(["components.toml names no `smoke` for it; write one as 'tests/smoke.py:smoke'"], [])
    path, _, function = component.smoke.partition(":")
    if not (source / path).is_file():
        return Smoked([f"its smoke file {path!r} is not there; see `smoke` in components.toml"], [])
    home.mkdir(exist_ok=True)
    # Copied, so that nothing beside it can be imported by accident.
    copy = home / "smoke.py"
    copy.write_bytes((source / path).read_bytes())
    env = {"HOME": str(home), "PI_CODING_AGENT_DIR": str(home / "agent")}
    request = {"path": str(copy), "function": function or "smoke", "package": component.import_name}
    seen = venv.probe("smoke", request, env=env)
    problems = []
    if seen["problem"]:
        lines = seen["traceback"].strip().splitlines()[-4:-1]
        problems = [f"{component.smoke} failed: {seen['problem']}", *lines]
    return Smoked(problems, [(caller, module) for caller, module in seen["edges"]])
