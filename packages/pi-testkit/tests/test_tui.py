from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import PiExitedError, PiTimeoutError, Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi


def test_a_prompt_is_typed_and_its_answer_seen(pi: Pi) -> None:
    pi.model.add(Say("hello there"))
    tui = pi.tui()
    tui.wait_ready()
    tui.type("say hi")
    tui.wait_for("say hi")
    tui.press("enter")
    assert "say hi" in tui.wait_for("hello there")


def test_the_screen_has_the_size_asked_for_and_follows_a_resize(pi: Pi) -> None:
    tui = pi.tui()
    tui.wait_ready()
    screen = tui.wait_for(lambda screen: "─" * 100 in screen.split("\n"))
    assert len(screen.split("\n")) == 30
    tui.resize(60, 20)
    screen = tui.wait_for(lambda screen: "─" * 60 in screen.split("\n"))
    assert len(screen.split("\n")) == 20


def test_a_dialog_is_answered_with_keys(pi: Pi, extensions: Path) -> None:
    tui = pi.tui(extensions=[extensions / "dialogs.js"])
    tui.wait_ready()
    tui.type("/ask")
    tui.wait_for("/ask")
    tui.press("enter")
    tui.wait_for("Sure?")
    tui.press("enter")
    tui.wait_for("Which")
    tui.press("down", "enter")
    for title in ("Name", "Text"):
        tui.wait_for(title)
        tui.press("escape")
    assert '[true,"b",null,null]' in tui.wait_for("null]")


def test_ctrl_c_twice_ends_pi(pi: Pi) -> None:
    tui = pi.tui()
    tui.wait_ready()
    tui.press("ctrl+c", "ctrl+c")
    assert tui.wait() == 0
    assert tui.close() == 0


def test_what_does_not_come_is_reported_with_the_screen(pi: Pi) -> None:
    tui = pi.tui()
    tui.wait_ready()
    with pytest.raises(PiTimeoutError, match=r"'no such text' within 0\.2 s; it shows:(?s:.*)scripted-1"):
        tui.wait_for("no such text", timeout=0.2)


def test_a_pi_that_ended_takes_no_keys_and_leaves_nothing(pi: Pi) -> None:
    tui = pi.tui()
    tui.wait_ready()
    tui.close()
    assert tui.processes() == {}
    with pytest.raises(PiExitedError):
        tui.type("x")


@pytest.mark.pi_versions("1.5.2")
def test_a_pi_that_dies_at_start_is_reported_with_its_words(pi: Pi) -> None:
    with pytest.raises(PiExitedError, match="no/such/extension"):
        pi.tui(extensions=["/no/such/extension.js"]).wait_ready()
