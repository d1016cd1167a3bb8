from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli_support import User

COMMANDS = ("run", "install", "uninstall", "demo", "plugins", "enable", "disable", "events", "doctor")


def test_version_is_that_of_the_distribution(bare: User) -> None:
    assert bare("--version").stdout == f"pi-host {version('pi-host')}\n"


@pytest.mark.parametrize("command", [*((name,) for name in COMMANDS), ("config", "get"), ("config", "set")])
def test_help_shows_how_the_command_is_used(bare: User, command: tuple[str, ...]) -> None:
    done = bare(*command, "--help")
    assert done.returncode == 0
    examples = done.stdout.partition("Example")[2]
    assert re.search(rf"^ +(uvx .*)?pi-host {' '.join(command)}", examples, re.MULTILINE)


def test_every_command_is_on_the_first_page(bare: User) -> None:
    page = bare("--help").stdout
    assert [name for name in (*COMMANDS, "config") if not re.search(rf"^│ {name} ", page, re.MULTILINE)] == []


@pytest.mark.parametrize(
    "words", [("frobnicate",), ("run", "--frobnicate"), ("enable",), ("config", "set", "deadline")]
)
def test_wrong_usage_ends_with_2(bare: User, words: tuple[str, ...]) -> None:
    done = bare(*words)
    assert done.returncode == 2
    assert done.stdout == ""


def test_an_error_is_one_line_without_a_traceback(bare: User) -> None:
    done = bare("events", "tool_cal")
    assert done.returncode == 1
    assert done.stderr == "pi-host: there is no event 'tool_cal'; did you mean 'tool_call'?\n"
