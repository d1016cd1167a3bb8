"""Waiting in line: what is typed meanwhile, what a run keeps, and what leaves the lane free."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from lane_stage import FIRST, ask, blocking, enter

from pi_testkit import Call, Fail, Say
from pi_testkit.rpc import RpcError

if TYPE_CHECKING:
    from pathlib import Path

    from lane_stage import Scene

    from pi_testkit import Pi, RpcPi, TuiPi

pytestmark = pytest.mark.pi_since("0.87.1")


def test_l_e13_a_run_goes_on_when_another_terminal_leaves(two: Scene[RpcPi]) -> None:
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")
    two.other.send("prompt", message="too late")
    two.await_waiting()

    two.other.abort()
    two.other.new_session()

    gate.set()
    two.one.wait_for("agent_settled")
    assert two.line("answer to slow")[-2:] == ["slow", "answer to slow"]


def test_l_e19_a_follow_up_runs_after_the_tools_and_before_who_waits(two: Scene[RpcPi]) -> None:
    gate = two.file.with_suffix(".gate")
    two.stage.script("work", Call("bash", command=blocking(gate)), Say("worked"))
    two.one.send("prompt", message="work")
    two.one.wait_for("tool_execution_start")
    two.other.send("prompt", message="from the other")
    two.await_waiting()
    two.one.follow_up("and then")

    gate.touch()

    two.other.wait_for("agent_settled")
    assert two.audit().prompts == [FIRST, "work", "and then", "from the other"]
    assert two.audit().clean


def test_l_e28_of_several_that_wait_each_has_its_turn_in_the_order_of_arrival(
    two: Scene[RpcPi], two_more: list[RpcPi]
) -> None:
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")
    waiting = [two.other, *two_more]
    for number, terminal in enumerate(waiting):
        terminal.send("prompt", message=f"waiter {number}")
        two.await_waiting(number + 1)

    gate.set()

    for terminal in waiting:
        terminal.wait_for("agent_settled")
    assert two.audit().prompts == [FIRST, "slow", "waiter 0", "waiter 1", "waiter 2"]
    assert two.audit().clean


def test_l_e78_a_prompt_that_waits_is_on_the_screen_at_once(screens: Scene[TuiPi]) -> None:
    gate = screens.stage.hold("slow")
    enter(screens.one, "slow")
    screens.stage.await_asked("slow")

    enter(screens.other, f"my own {'long ' * 40}")

    shown = screens.other.wait_for(lambda shown: "my own" in shown and "waiting for pi" in shown)
    assert "busy since" in shown
    assert "Esc calls off" in shown
    gate.set()
    shown = screens.other.wait_for(lambda shown: "answer to my own" in shown and "answer to slow" in shown)
    assert "waiting for" not in shown
    assert shown.count("my own") == 2, "the prompt and the answer"
    assert shown.index("answer to slow") < shown.index("answer to my own")


def test_l_e94_a_prompt_that_waits_is_nowhere_but_in_its_terminal(two: Scene[RpcPi]) -> None:
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")
    two.other.send("prompt", message="not yet said")
    two.await_waiting()

    assert "not yet said" not in two.file.read_text("utf-8")
    assert all("not yet said" not in path.read_text("utf-8") for path in two.paths.instances.glob("*.jsonl"))
    assert "not yet said" not in json.dumps(two.one.get_messages())
    gate.set()
    two.other.wait_for("agent_settled")


def test_l_e38_what_is_typed_during_a_tool_joins_the_run(two: Scene[RpcPi]) -> None:
    gate = two.file.with_suffix(".gate")
    two.stage.script("work", Call("bash", command=blocking(gate)))
    two.one.send("prompt", message="work")
    two.one.wait_for("tool_execution_start")
    two.one.steer("faster")

    gate.touch()

    two.one.wait_for("agent_settled")
    assert [request.texts("user")[1:] for request in two.model.requests] == [["work"], ["work", "faster"]]
    assert two.audit().clean


def test_l_x1_a_prompt_that_comes_to_nothing_leaves_the_lane_free(two: Scene[RpcPi]) -> None:
    two.stage.script("fail", Fail(400, "no"))
    two.one.send("prompt", message="swallow this")
    two.one.prompt("fail")

    assert two.await_free()["head"] == two.entries()[-1]["id"]
    two.other.prompt("next", timeout=20)


def test_l_x1_a_prompt_without_a_model_leaves_the_lane_free(lanes: Pi, session: Path) -> None:
    (lanes.home.agent_dir / "models.json").unlink()
    terminal = lanes.rpc(args=["--session", str(session)])

    with pytest.raises(RpcError, match="model"):
        terminal.prompt("hello")

    assert "1 connected" in ask(terminal, "/lane")
    assert "busy" not in ask(terminal, "/lane list")


def test_l_x2_steering_and_follow_ups_do_not_wait_for_the_own_lease(two: Scene[RpcPi]) -> None:
    gate = two.file.with_suffix(".gate")
    two.stage.script("work", Call("bash", command=blocking(gate)))
    two.one.send("prompt", message="work")
    two.one.wait_for("tool_execution_start")

    two.one.steer("steered")
    two.one.follow_up("followed")

    assert two.lane()["queue"] == []
    gate.touch()
    two.one.wait_for("agent_settled")
    assert two.audit().prompts == [FIRST, "work", "steered", "followed"]
    assert _leases(two) == 1


@pytest.mark.parametrize("command", ["/say hello", "/custom hello"])
def test_l_x3_runs_that_extensions_start_wait_too(two: Scene[RpcPi], command: str) -> None:
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")

    two.other.send("prompt", message=command)

    two.await_waiting()
    assert len(two.model.requests) == 1
    gate.set()
    two.other.wait_for("agent_settled")
    assert len(two.model.requests) == 2
    assert "answer to slow" in two.model.requests[1].texts("assistant")
    assert two.audit().clean


def test_l_x4_the_lane_is_kept_while_a_request_is_tried_again(two: Scene[RpcPi]) -> None:
    two.stage.script("flaky", Fail(500, "overloaded"), Say("at last"))
    two.one.send("set_auto_retry", enabled=True)
    try:
        two.one.send("prompt", message="flaky")
        two.stage.await_asked("flaky")
        two.other.send("prompt", message="next")
        two.other.wait_for("agent_settled")
    finally:
        two.one.send("set_auto_retry", enabled=False)

    assert [request.texts("user")[-1] for request in two.model.requests] == ["flaky", "flaky", "next"]
    assert two.audit().clean


def _leases(scene: Scene[RpcPi]) -> int:
    states = [json.loads(path.read_bytes()) for path in scene.paths.register_log("main").glob("*/state.json")]
    return len({state["leaseEpoch"] for state in states if state["owner"] and state["owner"]["purpose"] == "run"})
