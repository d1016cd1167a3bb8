"""Writes down what modules of a package import by name; the other scripts take it from here.

What they never get to stays unseen, and so does what they run as code that they put together.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import pkgutil
import sys
from typing import Any

__all__ = ["record"]


def record(watched: str) -> list[tuple[str, str]]:
    """Watch from now on.

    Args:
        watched: the package whose imports are of interest.

    Returns:
        A list that grows: which module imported, and what.
    """
    edges: list[tuple[str, str]] = []
    real, statement, resolve = importlib.import_module, builtins.__import__, pkgutil.resolve_name

    def note(name: str) -> None:
        caller = sys._getframe(2).f_globals.get("__name__", "")  # noqa: SLF001  # there is no other way to know
        if caller == watched or caller.startswith(f"{watched}."):
            edges.append((caller, name))

    def import_module(name: str, package: str | None = None) -> Any:
        note(importlib.util.resolve_name(name, package) if package and name.startswith(".") else name)
        return real(name, package)

    def import_(name: str, *rest: Any, **named: Any) -> Any:
        if not rest and "globals" not in named:  # a statement hands its globals over, and is in the graph already
            note(name)
        return statement(name, *rest, **named)

    def resolve_name(name: str) -> Any:
        found = resolve(name)
        module = name.partition(":")[0]
        while module and module not in sys.modules:  # the rest are names in a module
            module = module.rpartition(".")[0]
        note(module)
        return found

    vars(importlib)["import_module"] = import_module
    vars(builtins)["__import__"] = import_
    vars(pkgutil)["resolve_name"] = resolve_name
    return edges
