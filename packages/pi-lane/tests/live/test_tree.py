"""Moving in the session tree: it takes nobody else along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lane_stage import FIRST, ask, await_said, enter

if TYPE_CHECKING:
    from lane_stage import Scene

    from pi_testkit import RpcPi, TuiPi

pytestmark = pytest.mark.pi_since("0.87.1")

START = f"answer to {FIRST}"


def test_l_s4_prompts_start_at_the_chosen_point_and_the_screen_stays_there(screens: Scene[TuiPi]) -> None:
    enter(screens.other, "/new")
    screens.other.wait_for(lambda shown: "answer to" not in shown)
    enter(screens.one, "second")
    screens.one.wait_for("answer to second")
    start = screens.entries()[3]["id"]

    enter(screens.one, f"/goto {start}")

    screens.one.wait_for(lambda shown: "answer to second" not in shown)
    screens.await_lane(lambda state: state["head"] == start)
    enter(screens.one, "/now still here")
    assert "answer to second" not in screens.one.wait_for("now still here")
    enter(screens.one, "from there")
    shown = screens.one.wait_for("answer to from there")
    assert "answer to second" not in shown
    assert screens.line("from there")[1:] == [screens.line("second")[1], "from there"]


def test_l_e14_a_prompt_after_a_move_stays_off_main(two: Scene[RpcPi]) -> None:
    two.one.prompt("second")
    head = two.await_free()["head"]
    await_said(two.other, "answer to second")

    two.other.prompt(f"/goto {two.entry(START)['id']}")

    said = two.other.wait_for(lambda record: "on a lane of its own now" in str(record.get("message")))["message"]
    assert "/lane join main" in said
    two.other.prompt("elsewhere")
    assert two.lane()["head"] == head
    assert two.line("elsewhere") == [FIRST, START, "elsewhere"]


def test_l_e55_a_move_makes_a_lane_that_begins_where_the_user_went(two: Scene[RpcPi]) -> None:
    two.one.prompt("second")
    await_said(two.other, "answer to second")
    start = two.entry(START)["id"]

    ask(two.other, f"/goto {start}")

    (draft,) = set(two.paths.lane_names()) - {"main"}
    assert two.lane(draft)["baseLeafId"] == two.lane(draft)["head"] == start
    two.other.prompt("elsewhere")
    assert two.await_free(draft)["head"] == two.entry("answer to elsewhere")["id"]
    assert two.lane(draft)["baseLeafId"] == start
    assert two.lane()["head"] == two.entry("answer to second")["id"]


def test_l_e55_a_move_to_the_head_of_another_lane_joins_it(two: Scene[RpcPi]) -> None:
    ask(two.other, "/lane new side")
    two.other.prompt("on the side")
    head = two.await_free("side")["head"]
    two.one.prompt("on main")

    ask(two.one, f"/goto {head}")

    assert set(two.paths.lane_names()) == {"main", "side"}
    assert "lane side" in ask(two.one, "/lane")


def test_l_e56_prompts_go_on_on_their_own_lanes(two: Scene[RpcPi]) -> None:
    ask(two.other, "/lane leave")
    for turn in range(2):
        two.one.prompt(f"main {turn}")
        two.other.prompt(f"draft {turn}")

    assert two.line("main 1") == [FIRST, START, "main 0", "answer to main 0", "main 1"]
    assert two.line("draft 1") == [FIRST, START, "draft 0", "answer to draft 0", "draft 1"]
    assert [request.texts("user")[-2:] for request in two.model.requests[-2:]] == [
        ["main 0", "main 1"],
        ["draft 0", "draft 1"],
    ]


def test_l_e36_the_session_tree_is_as_usable_as_ever(screens: Scene[TuiPi]) -> None:
    enter(screens.one, "second")
    screens.other.wait_for("answer to second")
    enter(screens.other, "/tree")
    screens.other.wait_for("Session Tree")

    screens.other.press("up", "up")
    screens.other.press("enter")

    screens.other.wait_for("No summary")
    screens.other.press("enter")
    screens.other.wait_for(lambda shown: "on a lane of its own now" in shown and "Session Tree" not in shown)
    assert "answer to second" not in screens.other.screen()
    assert "answer to second" in screens.one.screen()
    (draft,) = set(screens.paths.lane_names()) - {"main"}
    screens.other.wait_for(lambda shown: f"lane {draft}" in shown.rstrip().splitlines()[-1])
    enter(screens.other, "/lane join main")
    screens.other.wait_for(lambda shown: f"lane {draft}" not in shown and "answer to second" in shown)


def test_l_e60_an_open_tree_stays_open_while_the_session_grows(screens: Scene[TuiPi]) -> None:
    enter(screens.other, "/tree")
    screens.other.wait_for("Session Tree")

    enter(screens.one, "second")
    screens.one.wait_for("answer to second")
    screens.await_free()

    assert "Session Tree" in screens.other.screen()
    screens.other.press("escape")
    screens.other.wait_for(lambda shown: "Session Tree" not in shown and "answer to second" in shown)
