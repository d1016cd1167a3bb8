"""Slash commands and command line flags."""

from __future__ import annotations

from typing import Any

import pytest

from pi_host import command, flag
from pi_host._commands import Command, command_of


def made(function: Any) -> Command:
    found = command_of(function)
    assert found is not None
    return found


def test_name_and_description_come_from_the_function() -> None:
    @command
    def word_count() -> None:
        """Count the words.

        All of them.
        """

    assert made(word_count).declaration() == {
        "name": "word-count",
        "description": "Count the words.",
        "completes": False,
    }


def test_name_and_description_may_be_given() -> None:
    @command(name="wc", description="words", complete=lambda _prefix: [])
    def word_count() -> None: ...

    assert made(word_count).declaration() == {"name": "wc", "description": "words", "completes": True}


CTX: Any = object()


@pytest.mark.parametrize(
    ("function", "got"),
    [
        (lambda: "nothing", "nothing"),
        (lambda args: args, "a b"),
        (lambda ctx: ctx, CTX),
        (lambda ctx, args: (ctx, args), (CTX, "a b")),
        (lambda args, extra=5: (args, extra), ("a b", 5)),
    ],
)
def test_a_command_gets_those_of_args_and_ctx_that_it_takes(function: Any, got: object) -> None:
    assert made(command(name="x")(function)).call("a b", CTX) == got


def test_the_function_stays_a_function() -> None:
    @command
    def shout(args: str) -> str:
        return args.upper()

    assert shout("a") == "A"
    assert command_of(len) is None


@pytest.mark.parametrize(
    ("default", "kind"), [(False, "boolean"), (True, "boolean"), ("", "string"), ("fast", "string")]
)
def test_the_default_decides_whether_a_flag_takes_a_value(default: bool | str, kind: str) -> None:  # noqa: FBT001  # a table
    declared = flag("--speed", default=default, description="How fast").declaration()

    assert declared == {"name": "speed", "type": kind, "default": default, "description": "How fast"}


def test_a_name_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="the name of a command is a str, not 5"):
        command(name=5)(lambda: None)  # type: ignore[call-overload]  # a plugin's mistake
