"""Writes down what modules of a package import by name; the other scripts take it from here."""

from __future__ import annotations

import builtins
import importlib
import sys
from typing import Any

__all__ = ["record"]


def record(package: str) -> list[tuple[str, str]]:
    """Watch from now on.

    Args:
        package: whose imports are of interest.

    Returns:
        A list that grows: which module imported, and what.
    """
    edges: list[tuple[str, str]] = []
    real, statement = importlib.import_module, builtins.__import__

    def note(name: str) -> None:
        caller = sys._getframe(2).f_globals.get("__name__", "")  # noqa: SLF001  # there is no other way to know
        if caller == package or caller.startswith(f"{package}."):
            edges.append((caller, name))

    def import_module(name: str, anchor: str | None = None) -> Any:
        note(name)
        return real(name, anchor)

    def import_(name: str, *rest: Any, **named: Any) -> Any:
        if not rest and "globals" not in named:  # a statement hands its globals over, and is in the graph already
            note(name)
        return statement(name, *rest, **named)

    vars(importlib)["import_module"] = import_module
    vars(builtins)["__import__"] = import_
    return edges
