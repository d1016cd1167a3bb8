"""Esc, and its kin from another terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from host_support import alive, eventually
from lane_stage import ask, clear, enter, in_editor

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from lane_stage import Scene

    from pi_testkit import RpcPi, TuiPi

pytestmark = pytest.mark.pi_since("0.87.1")

ABORTED = "Operation aborted"


def test_l_e1_abort_from_another_terminal_leaves_one_mark_on_each_screen(screens: Scene[TuiPi]) -> None:
    gate = screens.stage.hold("endless")
    enter(screens.one, "endless")
    screens.stage.await_asked("endless")

    enter(screens.other, "/lane abort")

    screens.one.wait_for("asked to abort this run")
    for screen in (screens.one, screens.other):
        screen.wait_for(ABORTED)
    gate.set()
    screens.await_free()
    enter(screens.other, "next")
    for screen in (screens.one, screens.other):
        shown = screen.wait_for("answer to next")
        assert shown.count(ABORTED) == 1
        assert "answer to endless" not in shown


def test_l_e2_escape_with_nothing_running_is_pi_s_own(screens: Scene[TuiPi]) -> None:
    screens.one.type("!ls")
    screens.one.wait_for(lambda shown: in_editor(shown, "!ls"))

    screens.one.press("escape")

    screens.one.wait_for(lambda shown: in_editor(shown, ""))


def test_l_e3_escape_while_it_waits_calls_a_prompt_off(screens: Scene[TuiPi]) -> None:
    gate = screens.stage.hold("endless")
    enter(screens.one, "endless")
    screens.stage.await_asked("endless")
    enter(screens.other, "too early")
    screens.await_waiting()

    screens.other.press("escape")

    screens.await_lane(lambda state: not state["queue"])
    screens.other.wait_for(lambda shown: "waiting for" not in shown)
    screens.other.wait_for(lambda shown: in_editor(shown, "too early"))
    gate.set()
    shown = screens.other.wait_for("answer to endless")
    assert ABORTED not in shown
    assert in_editor(shown, "too early")
    assert [request.texts("user")[-1] for request in screens.model.requests] == ["endless"]
    assert "too early" not in screens.file.read_text("utf-8")
    screens.other.press("enter")
    screens.other.wait_for("answer to too early")
    assert screens.line("too early")[-2:] == ["answer to endless", "too early"]


def test_nothing_typed_is_lost_when_a_prompt_is_called_off(screens: Scene[TuiPi]) -> None:
    screens.stage.hold("endless")
    enter(screens.one, "endless")
    screens.stage.await_asked("endless")
    enter(screens.other, "called off")
    screens.await_waiting()
    enter(screens.other, "queued")
    screens.other.wait_for("queued")
    screens.other.type("half typed")
    screens.other.wait_for("half typed")

    screens.other.press("escape")

    screens.other.wait_for(lambda shown: in_editor(shown, "called off queued half typed"))
    clear(screens.other)
    screens.one.press("escape")
    screens.await_free()


def test_l_x17_what_is_aborted_in_the_queue_writes_nothing(two: Scene[RpcPi]) -> None:
    gate = two.stage.hold("endless")
    two.one.send("prompt", message="endless")
    two.stage.await_asked("endless")
    before = two.file.read_bytes()
    two.other.send("prompt", message="too early")
    two.await_waiting()

    two.other.abort()

    two.await_lane(lambda state: not state["queue"])
    two.other.wait_for("agent_settled")
    assert two.file.read_bytes() == before
    gate.set()
    two.one.wait_for("agent_settled")
    two.other.prompt("in time")
    assert two.audit().clean
    assert two.audit().prompts == ["the first", "endless", "in time"]


def test_l_e4_the_lane_goes_on_with_who_waits_when_its_owner_aborts(two: Scene[RpcPi]) -> None:
    two.stage.hold("endless")
    two.one.send("prompt", message="endless")
    two.stage.await_asked("endless")
    two.other.send("prompt", message="next")
    two.await_waiting()

    two.one.abort()

    two.other.wait_for("agent_settled")
    assert two.line("answer to next") == ["the first", "answer to the first", "endless", "", "next", "answer to next"]
    assert two.model.requests[0].aborted


def test_l_e5_abort_kills_a_tool_and_nothing_follows(two: Scene[RpcPi]) -> None:
    mark = two.file.with_suffix(".pid")
    two.stage.script("sleep", Call("bash", command=f"echo $$ > {mark}; sleep 60"), Say("never"))
    two.one.send("prompt", message="sleep")
    pid = int(eventually(lambda: mark.exists() and mark.read_text().strip()))

    ask(two.other, "/lane abort")

    two.one.wait_for("agent_settled")
    eventually(lambda: not alive(pid))
    assert len(two.model.requests) == 1
    two.other.prompt("next")
    assert two.audit().unpaired == []


def test_l_e6_abort_while_the_answer_comes_in(two: Scene[RpcPi]) -> None:
    two.stage.script("tell", Say("once upon a time", tokens=4000, tokens_per_second=40))
    two.one.send("prompt", message="tell")
    two.one.wait_for("message_update")

    ask(two.other, "/lane abort")

    two.one.wait_for("agent_settled")
    eventually(lambda: two.model.requests[0].aborted)
    two.other.prompt("next")
    assert two.audit().clean


def test_l_e9_abort_reaches_a_lane_on_the_side(two: Scene[RpcPi]) -> None:
    ask(two.one, "/lane new side")
    ask(two.other, "/lane join side")
    two.stage.hold("endless")
    two.one.send("prompt", message="endless")
    two.stage.await_asked("endless")

    assert "was asked to abort" in ask(two.other, "/lane abort")

    two.one.wait_for("agent_settled")
    assert two.await_free("side")["head"] == two.entries()[-1]["id"]


def test_l_e10_nothing_is_tried_again_after_an_abort(two: Scene[RpcPi]) -> None:
    two.stage.hold("endless")
    two.one.send("prompt", message="endless")
    two.stage.await_asked("endless")
    two.one.abort()
    two.one.wait_for("agent_settled")

    two.other.prompt("next")
    two.one.prompt("and next")

    assert [request.texts("user")[-1] for request in two.model.requests] == ["endless", "next", "and next"]


def test_l_e11_the_lane_goes_on_behind_the_aborted_answer(two: Scene[RpcPi]) -> None:
    two.stage.script("tell", Say("once upon a time", tokens=4000, tokens_per_second=40))
    two.one.send("prompt", message="tell")
    two.one.wait_for("message_update")
    two.one.abort()
    two.one.wait_for("agent_settled")

    (aborted,) = [entry for entry in two.entries() if entry.get("message", {}).get("stopReason") == "aborted"]
    assert two.await_free()["head"] == aborted["id"]
    two.other.prompt("next")
    assert two.audit().forks == []


def test_l_e18_abort_gives_queued_text_back(screens: Scene[TuiPi]) -> None:
    screens.stage.hold("endless")
    enter(screens.one, "endless")
    screens.stage.await_asked("endless")
    screens.one.type("later")
    screens.one.press("alt+enter")
    screens.one.wait_for("later")

    screens.one.press("escape")

    screens.one.wait_for(lambda shown: ABORTED in shown and in_editor(shown, "later"))
    clear(screens.one)
