"""Traps fire before the call."""

from __future__ import annotations

from typing import Any

import pytest


def mark(mirrored: Any, level: str) -> None:
    context = {"matchers": [{"kind": "command", "value": "make clean"}], "level": level}
    mirrored.ask("it deletes the fixtures", context, op="mark_trap")


def test_block_names_the_trap(mirrored: Any) -> None:
    mark(mirrored, "block")
    answer = mirrored.run("bash", command="cd x && make clean")
    assert answer["block"]
    assert "it deletes the fixtures" in answer["reason"]
    assert mirrored.run("bash", command="make") is None


@pytest.mark.parametrize("allowed", [True, False])
def test_confirm_asks(mirrored: Any, *, allowed: bool) -> None:
    mark(mirrored, "confirm")
    mirrored.pi.ui.answer(confirm=allowed)
    assert (mirrored.run("bash", command="make clean") is None) == allowed
    (trap,) = mirrored.ask("", op="list_traps")["data"]["traps"]
    assert trap["outcomes"] == {"allowed" if allowed else "refused": 1}


def test_note_tells_and_lets_it_run(mirrored: Any) -> None:
    mark(mirrored, "note")
    assert mirrored.run("bash", command="make clean") is None
    assert "it deletes the fixtures" in mirrored.pi.sent_messages[-1]["content"]


def test_what_was_blocked_did_not_happen(mirrored: Any) -> None:
    mark(mirrored, "block")
    mirrored.run("bash", command="make clean")
    assert mirrored.ask("", op="commands_run")["data"]["total"] == 0


def test_code_in_the_description_is_a_trigger(mirrored: Any) -> None:
    mirrored.ask("never run `git push --force` here", {"level": "block"}, op="mark_trap")
    assert mirrored.run("bash", command="git push --force")["block"]


def test_a_trap_without_a_trigger_says_that_it_never_fires(mirrored: Any) -> None:
    mirrored.ask("be careful", op="mark_trap")
    assert "never fires by itself" in mirrored.text
