"""Coming late: opening a session on which something is going on, or was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lane_stage import FIRST, ask, blocking, enter

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pathlib import Path

    from lane_stage import Scene

    from pi_testkit import RpcPi, TuiPi

pytestmark = pytest.mark.pi_since("0.87.1")


def test_l_e44_who_comes_during_a_run_sees_the_prompt_and_then_the_answer(screens: Scene[TuiPi]) -> None:
    gate = _leave_and_let_the_other_work(screens)

    _come_back(screens)

    shown = screens.other.wait_for("work hard")
    assert "worked" not in shown
    gate.touch()
    shown = screens.other.wait_for("worked")
    assert shown.count("work hard") == 1
    assert shown.count("worked") == 1


def test_l_e24_only_what_is_missing_is_added_to_what_was_on_disk(screens: Scene[TuiPi]) -> None:
    gate = _leave_and_let_the_other_work(screens)
    _come_back(screens)
    screens.other.wait_for("work hard")

    enter(screens.other, "me too")
    screens.await_waiting()
    gate.touch()

    shown = screens.other.wait_for(lambda shown: "answer to me too" in shown and "worked" in shown)
    for text in ("answer to first", "work hard", "worked", "answer to me too"):
        assert shown.count(text) == 1
    assert screens.line("me too")[-3:] == ["", "worked", "me too"]


def test_l_e45_coming_does_not_move_the_lane(two: Scene[RpcPi]) -> None:
    gate = two.file.with_suffix(".gate")
    two.stage.script("work hard", Call("bash", command=blocking(gate)), Say("worked"))
    two.other.new_session()
    two.one.send("prompt", message="work hard")
    two.one.wait_for("tool_execution_start")
    before = two.lane()

    two.other.switch_session(two.file)
    assert "2 connected" in ask(two.other, "/lane")
    assert "run of pi" in ask(two.other, "/lane"), "who comes can learn who is at work"

    assert two.lane()["head"] == before["head"]
    assert two.lane()["owner"] == before["owner"]
    assert "no lane, up to" not in str(two.other.records), "a run that goes on is not left over"
    gate.touch()
    two.one.wait_for("agent_settled")
    assert two.await_free()["head"] == two.entry("worked")["id"]
    assert two.audit().forks == []


def test_l_e47_what_is_said_twice_is_there_twice(screens: Scene[TuiPi]) -> None:
    for times in (1, 2):
        enter(screens.one, "again")
        screens.stage.await_asked("again", times)
        screens.await_free()
    enter(screens.other, "again")

    for screen in (screens.one, screens.other):
        screen.wait_for(lambda shown: shown.count("answer to again") == 3)
    assert screens.model.requests[-1].texts("user")[1:] == ["again"] * 3


def test_l_e90_e91_coming_repeats_nothing(screens: Scene[TuiPi]) -> None:
    enter(screens.one, "once")
    screens.one.wait_for("answer to once")
    screens.await_free()  # an answer is shown before it is written
    before = screens.file.read_bytes()
    enter(screens.other, "/new")
    screens.other.wait_for(lambda shown: "answer to" not in shown)

    _come_back(screens)

    shown = screens.other.wait_for("answer to once")
    assert shown.count("once") == 2, "the prompt and its answer"
    assert len(screens.model.requests) == 1
    assert screens.file.read_bytes() == before


def test_l_e16_a_session_that_was_resumed_goes_on(screens: Scene[TuiPi]) -> None:
    enter(screens.one, "before")
    screens.one.wait_for("answer to before")
    _come_back(screens)
    screens.other.wait_for("answer to before")

    enter(screens.other, "after")
    for screen in (screens.one, screens.other):
        shown = screen.wait_for("answer to after")
        assert shown.count("before") == shown.count("after") == 2, "each prompt and its answer"
    enter(screens.one, "at last")
    screens.other.wait_for("answer to at last")
    assert screens.line("at last")[2:] == ["before", "answer to before", "after", "answer to after", "at last"]


def test_l_e92_the_session_that_is_shown_is_the_one_on_disk(two: Scene[RpcPi]) -> None:
    header = two.file.read_text("utf-8").splitlines()[0]

    for terminal in (two.one, two.other):
        state = terminal.get_state()
        assert state["sessionFile"] == str(two.file)
        assert f'"id":"{state["sessionId"]}"' in header
        assert f"sessionId: {state['sessionId']}" in ask(terminal, "/lane identity")


def test_l_e95_everything_is_on_disk_after_a_turn(two: Scene[RpcPi]) -> None:
    two.stage.script("work", Call("bash", command="echo done"), Say("worked"))
    two.one.prompt("work")
    two.other.prompt("and then")

    known = two.other.get_entries()
    assert [entry["id"] for entry in known["entries"]] == [entry["id"] for entry in two.entries()]
    assert known["leafId"] == two.entries()[-1]["id"] == two.await_free()["head"]
    assert two.audit().prompts == [FIRST, "work", "and then"]


def _leave_and_let_the_other_work(screens: Scene[TuiPi]) -> Path:
    gate = screens.file.with_suffix(".gate")
    screens.stage.script("work hard", Call("bash", command=blocking(gate)), Say("worked"))
    enter(screens.other, "/new")
    screens.other.wait_for(lambda shown: "answer to" not in shown)
    enter(screens.one, "work hard")
    screens.one.wait_for("until [ -e")
    return gate


def _come_back(screens: Scene[TuiPi]) -> None:
    enter(screens.other, f"/open {screens.file}")
    screens.other.wait_for("answer to first")
