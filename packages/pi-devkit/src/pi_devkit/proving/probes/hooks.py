"""Registers plugins with pluggy and the host's own hook specifications, and takes them out again."""

from __future__ import annotations

import importlib
import json
import sys
from importlib.metadata import distribution
from typing import Any

__all__: list[str] = []


def _manager() -> Any:
    pluggy: Any = importlib.import_module("pluggy")
    specifications: Any = importlib.import_module("pi_host.hookspecs")
    manager = pluggy.PluginManager("pi_host")
    for group in specifications.ALL:
        manager.add_hookspecs(group)
    return manager


def _try(plugin: Any, name: str) -> list[str]:
    manager = _manager()
    problems = []
    try:
        manager.register(plugin, name)
        manager.check_pending()
    except Exception as error:  # noqa: BLE001  # whatever it raises is what there is to report
        problems.append(" ".join(str(error).split()))
        if not manager.has_plugin(name):
            return problems
    manager.unregister(name=name)
    left = [
        caller.name
        for caller in vars(manager.hook).values()
        if hasattr(caller, "get_hookimpls") and any(impl.plugin is plugin for impl in caller.get_hookimpls())
    ]
    if left:
        problems.append(f"stays registered for {', '.join(sorted(left))} after it was taken out")
    return problems


def _look(name: str) -> dict[str, object]:
    points = [point for point in distribution(name).entry_points if point.group == "pi_host.plugins"]
    return {"problems": [f"{point.name}: {line}" for point in points for line in _try(point.load(), point.name)]}


if __name__ == "__main__":
    sys.stdout.write("\n" + json.dumps(_look(json.loads(sys.argv[1])["distribution"])) + "\n")
