"""A terminal dies, or its Python host, or either stands still for a while."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from host_support import alive, eventually, host_pid, notices
from lane_stage import FIRST, ask, blocking

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lane_stage import Scene

    from pi_testkit import Pi, RpcPi

pytestmark = pytest.mark.pi_since("0.87.1")


def test_l_s12_x5_when_a_terminal_is_killed_the_next_one_goes_on(two: Scene[RpcPi]) -> None:
    two.stage.hold("fatal")
    two.one.send("prompt", message="fatal")
    two.stage.await_asked("fatal")
    two.other.send("prompt", message="next")
    two.await_waiting()

    os.kill(two.one.process.popen.pid, signal.SIGKILL)
    killed = time.monotonic()

    two.stage.await_asked("next")
    assert time.monotonic() - killed < 10, "half a second on a machine that has nothing else to do"
    two.other.wait_for("agent_settled")
    assert two.line("next") == [FIRST, "answer to the first", "next"]
    assert two.audit().missing == {}


def test_l_e12_what_a_killed_terminal_left_is_told_and_can_be_adopted(two: Scene[RpcPi]) -> None:
    gate = two.file.with_suffix(".gate")
    two.stage.script("fatal", Call("bash", command=blocking(gate)))
    two.one.send("prompt", message="fatal")
    two.one.wait_for("tool_execution_start")
    left = two.entries()[-1]["id"]
    os.kill(two.one.process.popen.pid, signal.SIGKILL)

    said = notices(two.other) if two.other.prompt("next") else ""

    assert f"on no lane, up to entry {left}" in said
    assert two.line("next") == [FIRST, "answer to the first", "next"]
    gate.touch()
    assert f"goes on from entry {left}" in ask(two.other, f"/lane adopt {left}")
    two.other.prompt("and on")
    assert two.line("and on") == [FIRST, "answer to the first", "fatal", "", "and on"]
    assert two.model.requests[-1].texts("user") == [FIRST, "fatal", "and on"]
    assert "no entry of this session" in ask(two.other, "/lane adopt nonsense")


def test_l_e67_a_killed_terminal_no_longer_counts(two: Scene[RpcPi]) -> None:
    assert "2 connected" in ask(two.other, "/lane")

    pid = two.one.process.popen.pid
    os.kill(pid, signal.SIGKILL)

    eventually(lambda: "1 connected" in ask(two.other, "/lane"))
    assert f"dead, pid {pid}" in ask(two.other, "/lane instances")


def test_l_e25_a_prompt_whose_terminal_died_in_line_is_not_run_and_holds_nobody_up(
    two: Scene[RpcPi], two_more: list[RpcPi]
) -> None:
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")
    first, last = two_more
    first.send("prompt", message="from a dead one")
    two.await_waiting(1)
    last.send("prompt", message="behind it")
    two.await_waiting(2)

    first.kill()
    gate.set()

    last.wait_for("agent_settled")
    assert two.audit().prompts == [FIRST, "slow", "behind it"]
    assert two.audit().clean


def test_l_x15_a_run_does_not_go_on_without_its_host(two: Scene[RpcPi]) -> None:
    gate = two.file.with_suffix(".gate")
    two.stage.script("work", Call("bash", command=blocking(gate)), Say("never"))
    two.one.send("prompt", message="work")
    two.one.wait_for("tool_execution_start")
    two.other.send("prompt", message="next")
    two.await_waiting()

    os.kill(host_pid(two.one), signal.SIGKILL)

    two.one.wait_for("agent_settled")
    assert "so this run was stopped" in notices(two.one)
    two.other.wait_for("agent_settled")
    assert [request.texts("user")[-1] for request in two.model.requests] == ["work", "next"]
    assert two.line("next")[:1] == [FIRST]
    assert not [entry for entry in two.entries() if "never" in str(entry)]
    eventually(lambda: two.one.prompt("again"))
    assert two.line("answer to again")[-4:] == ["next", "answer to next", "again", "answer to again"]


def test_l_e72_one_prompt_has_one_answer_even_if_the_host_restarts_while_it_waits(two: Scene[RpcPi]) -> None:
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")
    two.other.send("prompt", message="patient")
    two.await_waiting()

    os.kill(host_pid(two.other), signal.SIGKILL)

    two.await_lane(lambda state: len({waiter["instanceId"] for waiter in state["queue"]}) > 1)
    gate.set()
    two.other.wait_for("agent_settled")
    assert two.audit().prompts == [FIRST, "slow", "patient"]
    assert [request.texts("user")[-1] for request in two.model.requests] == ["slow", "patient"]


def test_l_x16_a_child_that_outlives_pi_does_not_keep_the_lane(two: Scene[RpcPi]) -> None:
    mark = two.file.with_suffix(".pid")
    command = f"setsid sh -c 'echo $$ > {mark}; exec sleep 60' & sleep 60"
    two.stage.script("work", Call("bash", command=command))
    two.one.send("prompt", message="work")
    child = int(eventually(lambda: mark.exists() and mark.read_text().strip()))
    two.other.send("prompt", message="next")
    two.await_waiting()

    os.kill(two.one.process.popen.pid, signal.SIGKILL)

    two.other.wait_for("agent_settled")
    assert alive(child)
    os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize("who", ["pi", "host"])
def test_l_x6_a_stopped_terminal_is_shown_and_taken_over_only_if_somebody_says_so(
    begin: Callable[..., Scene[RpcPi]], who: str
) -> None:
    scene = begin(paused_after=2.0)
    gate = scene.stage.hold("slow")
    scene.one.send("prompt", message="slow")
    scene.stage.await_asked("slow")
    scene.other.send("prompt", message="next")
    scene.await_waiting()

    pid = scene.one.process.popen.pid if who == "pi" else host_pid(scene.one)
    os.kill(pid, signal.SIGSTOP)
    question = scene.other.wait_for(lambda record: record.get("method") == "confirm")
    assert "Take over lane main?" in question["title"]
    assert scene.lane()["owner"]["pid"] == scene.one.process.popen.pid
    assert any("seems stopped" in (request.get("statusText") or "") for request in scene.other.ui_requests)

    scene.other.answer(question, reply=True)
    scene.other.wait_for("agent_settled")
    scene.await_free()
    os.kill(pid, signal.SIGCONT)
    gate.set()

    scene.one.wait_for("agent_settled")
    head = scene.entry("answer to next")["id"]
    assert scene.await_free()["head"] == head
    assert "has taken over this lane" in eventually(lambda: notices(scene.one))
    scene.one.prompt("back")
    assert scene.line("back") == [FIRST, "answer to the first", "next", "answer to next", "back"]


def test_l_x6_after_the_limit_a_stopped_terminal_is_passed_over(begin: Callable[..., Scene[RpcPi]]) -> None:
    scene = begin(paused_after=1.5, take_after=0.5)
    scene.stage.hold("slow")
    scene.one.send("prompt", message="slow")
    scene.stage.await_asked("slow")
    os.kill(scene.one.process.popen.pid, signal.SIGSTOP)

    scene.other.prompt("next", timeout=40)

    os.kill(scene.one.process.popen.pid, signal.SIGCONT)
    scene.one.wait_for("agent_settled")
    assert scene.await_free()["head"] == scene.entry("answer to next")["id"]


def test_a_tool_of_a_terminal_that_lost_its_lane_is_not_run(begin: Callable[..., Scene[RpcPi]]) -> None:
    scene = begin(paused_after=1.5, take_after=0.5)
    mark = scene.file.with_suffix(".done")
    gate = scene.stage.hold("slow")
    scene.stage.script("slow", Call("bash", command=f"touch {mark}"), Say("never"))
    scene.one.send("prompt", message="slow")
    scene.stage.await_asked("slow")
    host = host_pid(scene.one)
    os.kill(host, signal.SIGSTOP)  # pi itself goes on, and finds out alone

    scene.other.prompt("next", timeout=40)
    gate.set()

    scene.one.wait_for("agent_settled")
    assert not mark.exists()
    os.kill(host, signal.SIGCONT)
    assert scene.await_free()["head"] == scene.entry("answer to next")["id"]


def test_what_is_left_is_told_to_whoever_opens_the_session(lanes: Pi, two: Scene[RpcPi]) -> None:
    two.stage.hold("fatal")
    two.one.send("prompt", message="fatal")
    two.stage.await_asked("fatal")
    os.kill(two.one.process.popen.pid, signal.SIGKILL)
    two.other.new_session()
    eventually(lambda: two.lane()["owner"])

    screen = lanes.tui(args=["--session", str(two.file)], env={"PI_LANE_ROOT": str(two.paths.root)})

    shown = screen.wait_for(lambda shown: "work that is on no lane" in shown)
    assert "/lane adopt" in shown


@pytest.mark.pi_versions("1.5.2")
def test_l_x19_a_terminal_that_reads_100_mb_does_not_seem_stopped(
    begin: Callable[..., Scene[RpcPi]], session: Path
) -> None:
    *_, prompt, last = session.read_text("utf-8").splitlines(keepends=True)
    aside = json.loads(prompt)  # beside the lane, so that requests stay small
    aside["message"]["content"][0]["text"] = "x" * 100_000
    lines = [json.dumps({**aside, "id": f"a{number:07}"}) + "\n" for number in range(1000)]
    session.write_text(session.read_text("utf-8").removesuffix(last) + "".join(lines) + last, "utf-8")
    scene = begin(paused_after=4.0)
    gate = scene.stage.hold("slow")
    scene.one.send("prompt", message="slow")
    scene.stage.await_asked("slow")

    scene.other.new_session()
    scene.other.switch_session(session)
    scene.other.send("prompt", message="next")
    scene.await_waiting()
    gate.set()

    scene.other.wait_for("agent_settled")
    scene.one.prompt("and next")
    assert "seems stopped" not in str([*scene.one.ui_requests, *scene.other.ui_requests])
    assert scene.model.requests[-1].texts("user") == [FIRST, "slow", "next", "and next"]
    session.unlink()
