"""Runs without a screen, sessions without a file, files without a session."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from host_support import notices
from lane_stage import FIRST, Scene, ask
from lane_support import start

if TYPE_CHECKING:
    from pathlib import Path

    from lane_stage import Stage, Troupe

    from pi_testkit import Pi, RpcPi

pytestmark = pytest.mark.pi_since("0.87.1")


@pytest.mark.parametrize("mode", ["print", "json"])
def test_l_e73_a_run_without_a_screen_waits_in_place(two: Scene[RpcPi], troupe: Troupe, mode: str) -> None:
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")
    done: list[Any] = []
    run = getattr(troupe.pi, mode)
    thread = threading.Thread(target=lambda: done.append(run("from a script", args=["--session", str(two.file)])))
    thread.start()
    two.await_waiting()
    assert not done

    gate.set()

    thread.join(40)
    (finished,) = done
    assert finished.returncode == 0
    assert "answer to from a script" in finished.stdout
    assert "lane" not in finished.stdout
    assert two.line("from a script")[-3:] == ["slow", "answer to slow", "from a script"]
    two.other.prompt("next")
    assert two.audit().clean


def test_a_session_without_a_file_has_no_lanes_and_no_trouble(lanes: Pi) -> None:
    terminal = lanes.rpc(args=["--no-session"])

    terminal.prompt("hello")
    terminal.set_session_name("named")
    terminal.bash("echo mine")
    terminal.prompt("again")

    assert terminal.errors == []
    assert notices(terminal) == ""
    assert not (lanes.home.home / ".pi" / "lane").exists()
    assert "no lanes in this session, since it has no file" in ask(terminal, "/lane")
    terminal.send("prompt", message="/lane list")
    assert [request.texts("user")[-1] for request in lanes.model.requests] == ["hello", "again"]


def test_l_x12_e51_e52_e74_two_first_prompts_on_a_file_that_does_not_exist(lanes: Pi, stage: Stage) -> None:
    file = lanes.home.root / "new.jsonl"
    one, other = start(lanes, file, 2)
    scene = Scene(one, other, file, lanes.home, lanes.model, stage)
    ids = {terminal.get_state()["sessionId"] for terminal in (one, other)}
    assert len(ids) == 2, "each has invented its own"
    assert not file.exists()
    gate = stage.hold("one")

    one.send("prompt", message="one")
    stage.await_asked("one")
    other.send("prompt", message="two")
    scene.await_waiting()
    gate.set()

    other.wait_for("agent_settled")
    one.prompt("three")
    assert scene.audit().clean
    assert scene.audit().prompts == ["one", "two", "three"]
    assert one.errors == other.errors == []
    header = json.loads(file.read_text("utf-8").splitlines()[0])
    assert {terminal.get_state()["sessionId"] for terminal in (one, other)} == {header["id"]}


def test_l_e27_an_empty_file_gets_one_header(troupe: Troupe, two: Scene[RpcPi]) -> None:
    file = troupe.new_file()
    file.touch()
    for terminal in (two.one, two.other):
        terminal.switch_session(file)

    two.one.prompt("one")
    two.other.prompt("two")

    scene = Scene(two.one, two.other, file, two.home, two.model, two.stage)
    assert scene.audit().headers == 1
    assert scene.audit().prompts == ["one", "two"]
    assert scene.audit().clean


def test_what_is_set_before_the_first_prompt_is_not_lost(lanes: Pi, stage: Stage) -> None:
    file = lanes.home.root / "new.jsonl"
    one, other = start(lanes, file, 2)
    scene = Scene(one, other, file, lanes.home, lanes.model, stage)
    one.set_session_name("early name")
    other.bash("echo early")

    other.prompt("hello")
    one.prompt("and hello")

    assert scene.audit().clean
    assert scene.audit().prompts == ["hello", "and hello"]
    assert scene.audit().shells == ["echo early"]
    assert scene.audit().names == ["early name"]


def test_l_e93_nobody_writes_over_what_others_wrote(two: Scene[RpcPi]) -> None:
    before = two.file.read_bytes()
    two.one.prompt("one")
    two.other.set_session_name("named")
    two.other.bash("echo mine")
    ask(two.other, "/lane new side")
    two.other.prompt("aside")
    two.one.prompt("two")

    after = two.file.read_bytes()
    assert after.startswith(before)
    assert two.audit().headers == 1
    assert json.loads(after.split(b"\n")[0])["type"] == "session"
    ids = [entry["id"] for entry in two.entries()]
    assert len(ids) == len(set(ids))


def test_l_x13_lanes_that_cannot_be_kept_are_told_and_pi_goes_on(lanes: Pi, session: Path) -> None:
    blocked = lanes.home.root / "a file"
    blocked.touch()
    terminal = lanes.rpc(args=["--session", str(session)], env={"PI_LANE_ROOT": str(blocked)})

    terminal.prompt("hello")

    assert "lanes are off in this session" in notices(terminal)
    assert notices(terminal).count("lanes are off") == 1
    assert "see the notice at its start" in ask(terminal, "/lane")
    assert lanes.model.requests[-1].texts("user") == [FIRST, "hello"]
    assert "answer to hello" in session.read_text("utf-8")
