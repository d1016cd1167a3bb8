"""No event of pi without a test in this folder, in every pi that has it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from pi_host._catalog import CATALOG
from pi_testkit import PI_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "test_hook_"


def event_tests() -> dict[str, Callable[..., None]]:
    """The tests of single events, by event."""
    modules = [importlib.import_module(path.stem) for path in Path(__file__).parent.glob("test_*.py")]
    functions = {name: function for module in modules for name, function in vars(module).items()}
    return {name.removeprefix(PREFIX): function for name, function in functions.items() if name.startswith(PREFIX)}


def oldest_of(test: Callable[..., None]) -> str:
    """The oldest version of pi that a test runs with."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "pi_since"]
    return str(marks[0].args[0]) if marks else PI_VERSIONS[-1]


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_every_event_has_a_test() -> None:
    assert event_tests().keys() == CATALOG.keys()


def test_each_runs_in_every_pi_that_has_the_event() -> None:
    has_it = {
        name: min((pi for pi in PI_VERSIONS if numbers(pi) >= numbers(info.since)), key=numbers)
        for name, info in CATALOG.items()
    }
    tested = {name: oldest_of(test) for name, test in event_tests().items()}
    # pi 0.74.2 has `user_bash`, but not over RPC; there it has a test of its own.
    assert tested == has_it | {"user_bash": "0.87.1"}
