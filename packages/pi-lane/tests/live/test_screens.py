"""Two screens side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from host_support import eventually
from lane_stage import clear, enter, in_editor, said

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from lane_stage import Scene, Troupe

    from pi_testkit import TuiPi

pytestmark = pytest.mark.pi_since("0.87.1")


def test_both_screens_end_with_all_turns_in_order_and_half_typed_text_survives(screens: Scene[TuiPi]) -> None:
    gate = screens.stage.hold("slow")
    enter(screens.one, "slow")
    screens.stage.await_asked("slow")
    enter(screens.other, "quick")
    screens.await_waiting()
    screens.other.type("half typed")
    screens.one.type("another half")

    gate.set()

    in_order = ["answer to first", "slow", "answer to slow", "quick", "answer to quick"]
    for screen in (screens.one, screens.other):
        shown = screen.wait_for(lambda shown: all(text in shown for text in in_order))
        places = [shown.index(text) for text in in_order]
        assert places == sorted(places)
    assert in_editor(screens.other.screen(), "half typed")
    assert in_editor(screens.one.screen(), "another half")
    for screen in (screens.one, screens.other):
        clear(screen)


@pytest.mark.parametrize("answer", [Say("at once"), Say("bit by bit by bit", tokens_per_second=20)])
def test_l_e100_e101_both_screens_are_equal_after_a_turn(screens: Scene[TuiPi], answer: Say) -> None:
    screens.stage.script("tell", answer)
    enter(screens.one, "tell")

    screens.one.wait_for(answer.text)
    eventually(lambda: said(screens.one.screen()) == said(screens.other.screen()))
    enter(screens.other, "more")
    screens.other.wait_for("answer to more")
    eventually(lambda: said(screens.one.screen()) == said(screens.other.screen()))


def test_l_e23_what_is_on_the_screen_is_not_drawn_again(screens: Scene[TuiPi]) -> None:
    screens.stage.script("work", Call("bash", command="echo from the tool"), Say("worked"))
    enter(screens.one, "work")

    for screen in (screens.one, screens.other):
        shown = screen.wait_for("worked")
        assert shown.count("worked") == 1
        assert shown.count("from the tool") == 2, "the command and its output"
        assert shown.count("answer to first") == 1


def test_l_e49_a_prompt_is_shown_once_and_before_its_answer(screens: Scene[TuiPi]) -> None:
    gate = screens.stage.hold("asked")
    enter(screens.one, "asked")
    screens.stage.await_asked("asked")
    assert screens.one.wait_for("asked").count("asked") == 1

    gate.set()

    for screen in (screens.one, screens.other):
        shown = screen.wait_for("answer to asked")
        assert shown.count("asked") == 2, "the prompt and its answer"
        assert shown.index("asked") < shown.index("answer to asked")


def test_l_e60_an_idle_screen_shows_what_another_terminal_finished(screens: Scene[TuiPi]) -> None:
    enter(screens.one, "far away")

    assert in_editor(screens.other.wait_for("answer to far away"), "")


def test_l_e35_ctrl_c_clears_a_draft_and_nothing_else(screens: Scene[TuiPi]) -> None:
    gate = screens.stage.hold("slow")
    enter(screens.one, "slow")
    screens.stage.await_asked("slow")
    screens.other.type("a draft")
    screens.other.wait_for(lambda shown: in_editor(shown, "a draft"))

    screens.other.press("ctrl+c")

    screens.other.wait_for(lambda shown: in_editor(shown, ""))
    gate.set()
    screens.other.wait_for("answer to slow")


def test_l_e37_ctrl_d_ends_an_idle_terminal(troupe: Troupe, screens: Scene[TuiPi]) -> None:
    third = troupe.pi.tui(args=["--session", str(screens.file)])
    third.wait_ready(timeout=40)

    third.press("ctrl+d")

    assert third.wait(timeout=20) == 0
    enter(screens.one, "without it")
    screens.other.wait_for("answer to without it")


def test_a_prompt_typed_while_another_waits_is_not_lost(screens: Scene[TuiPi]) -> None:
    gate = screens.stage.hold("slow")
    enter(screens.one, "slow")
    screens.stage.await_asked("slow")
    enter(screens.other, "first of mine")
    screens.await_waiting()
    screens.other.type("second of mine")
    screens.other.press("enter")
    screens.other.type("third of mine")
    screens.other.press("alt+enter")

    gate.set()

    screens.other.wait_for("answer to third of mine")
    screens.await_free()
    assert screens.audit().prompts[1:] == ["slow", "first of mine", "second of mine", "third of mine"]
    assert screens.audit().clean


def test_what_was_typed_meanwhile_is_back_in_the_editor_when_a_prompt_is_called_off(screens: Scene[TuiPi]) -> None:
    screens.stage.hold("slow")
    enter(screens.one, "slow")
    screens.stage.await_asked("slow")
    enter(screens.other, "called off")
    screens.await_waiting()

    enter(screens.other, "/lane cancel")

    screens.other.wait_for(lambda shown: in_editor(shown, "called off"))
    screens.await_lane(lambda state: not state["queue"])
    clear(screens.other)
    screens.one.press("escape")
    screens.await_free()
