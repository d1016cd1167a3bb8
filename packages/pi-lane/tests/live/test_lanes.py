"""Several lanes in one session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lane_stage import FIRST, ask, blocking, enter, in_editor

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from lane_stage import Scene

    from pi_testkit import RpcPi, TuiPi

pytestmark = pytest.mark.pi_since("0.87.1")

START = f"answer to {FIRST}"


def test_l_e40_terminals_are_counted_by_lane(two: Scene[RpcPi]) -> None:
    assert "2 connected" in ask(two.one, "/lane")

    ask(two.other, "/lane new side")

    assert "lane main, " in ask(two.one, "/lane")
    assert "1 connected" in ask(two.one, "/lane")
    assert "1 connected" in ask(two.other, "/lane")
    assert ask(two.one, "/lane list").splitlines() == [
        f"* main: head {two.lane()['head']}",
        f"  side: head {two.lane('side')['head']}",
    ]


def test_l_e39_completions_are_words_and_lanes(screens: Scene[TuiPi]) -> None:
    enter(screens.other, "/lane new sideways")
    screens.other.wait_for("lane sideways starts here")

    screens.one.type("/lane jo")
    screens.one.wait_for(lambda shown: "join" in shown)
    screens.one.type("in side")
    screens.one.wait_for(lambda shown: "sideways" in shown)
    screens.one.press("tab")
    screens.one.wait_for(lambda shown: in_editor(shown, "/lane join sideways"))
    screens.one.press("enter")
    screens.one.wait_for("this terminal is on lane sideways now")


def test_a_lane_that_does_not_exist_cannot_be_joined(two: Scene[RpcPi]) -> None:
    said = ask(two.one, "/lane join sdie")

    assert "there is no lane 'sdie'" in said
    assert two.paths.lane_names() == ["main"]


def test_a_lane_cannot_be_left_during_a_run(two: Scene[RpcPi]) -> None:
    ask(two.other, "/lane new side")
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")

    assert "a run is going on here" in ask(two.one, "/lane join side")

    gate.set()
    two.one.wait_for("agent_settled")
    assert two.await_free()["head"] == two.entry("answer to slow")["id"]


def test_lanes_run_at_the_same_time_without_a_tool_call_losing_its_result(two: Scene[RpcPi]) -> None:
    gate = two.file.with_suffix(".gate")
    two.stage.script("work", Call("bash", command=blocking(gate)), Say("worked"))
    ask(two.other, "/lane new side")
    two.one.send("prompt", message="work")
    two.one.wait_for("tool_execution_start")

    two.other.prompt("aside")

    gate.touch()
    two.one.wait_for("agent_settled")
    assert two.line("worked") == [FIRST, START, "work", "", "worked"]
    assert two.line("aside") == [FIRST, START, "aside"]
    assert "on no lane" not in str([*two.one.ui_requests, *two.other.ui_requests])
    assert two.model.requests[-1].texts("user") == [FIRST, "work"]


def test_l_e42_who_switched_lanes_sees_no_more_of_the_old_one(screens: Scene[TuiPi]) -> None:
    gate = screens.stage.hold("slow")
    enter(screens.one, "slow")
    screens.stage.await_asked("slow")

    enter(screens.other, "/lane leave")
    screens.other.wait_for("on its own lane")
    gate.set()

    screens.one.wait_for("answer to slow")
    enter(screens.other, "aside")
    shown = screens.other.wait_for("answer to aside")
    assert "slow" not in shown


def test_l_e43_what_is_said_on_the_side_never_reaches_main(screens: Scene[TuiPi]) -> None:
    enter(screens.other, "/lane new side")
    screens.other.wait_for("lane side starts here")
    enter(screens.other, "aside")
    screens.other.wait_for("answer to aside")

    enter(screens.one, "on main")

    shown = screens.one.wait_for("answer to on main")
    assert "aside" not in shown
    assert "aside" not in str(screens.model.requests[-1].messages)


def test_joining_shows_what_was_said_on_the_lane(screens: Scene[TuiPi]) -> None:
    enter(screens.other, "/lane new side")
    screens.other.wait_for("lane side starts here")
    enter(screens.other, "aside")
    screens.other.wait_for("answer to aside")

    enter(screens.one, "/lane join side")
    screens.one.wait_for("answer to aside")
    enter(screens.one, "/lane join main")
    screens.one.wait_for(lambda shown: "aside" not in shown and "answer to first" in shown)


@pytest.mark.parametrize("lane", ["main", "side"])
def test_l_e104_e105_input_elsewhere_never_starts_a_second_request(two: Scene[RpcPi], lane: str) -> None:
    if lane == "side":
        ask(two.one, "/lane new side")
        ask(two.other, "/lane join side")
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")
    two.other.send("prompt", message="meanwhile")
    two.await_lane(lambda state: state["queue"], lane)
    two.other.follow_up("and more")
    assert len(two.model.requests) == 1

    gate.set()

    two.other.wait_for("agent_settled")
    assert two.line("and more")[2:] == ["slow", "answer to slow", "meanwhile", "answer to meanwhile", "and more"]
    assert two.audit().clean
    said = [record.get("message") for record in (*two.one.ui_requests, *two.other.ui_requests)]
    assert not [
        text
        for text in said
        if text and "lane" in text and "this terminal is on" not in text and "starts here" not in text
    ]


def test_l_e20_a_whole_story_ends_as_it_must(two: Scene[RpcPi]) -> None:
    two.one.prompt("one")
    ask(two.other, "/lane new side")
    two.other.prompt("aside")
    two.one.prompt("two")
    ask(two.one, "/lane join side")
    two.stage.hold("endless")
    two.one.send("prompt", message="endless")
    two.stage.await_asked("endless")
    ask(two.other, "/lane abort")
    two.one.wait_for("agent_settled")
    two.await_free("side")
    two.other.prompt("aside again")
    ask(two.one, "/lane join main")
    two.one.prompt("three")

    main = [FIRST, START, "one", "answer to one"]
    assert two.line("three") == [*main, "two", "answer to two", "three"]
    assert two.line("aside again") == [*main, "aside", "answer to aside", "endless", "", "aside again"]
    assert len(two.model.requests) == 6
    assert [two.await_free(lane)["head"] for lane in ("main", "side")] == [
        two.entry("answer to three")["id"],
        two.entry("answer to aside again")["id"],
    ]
