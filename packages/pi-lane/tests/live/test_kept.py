"""What a terminal says outside a run while another one runs: it is kept, and lands behind that run."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest
from host_support import eventually, host_pid
from lane_stage import FIRST, blocking

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from lane_stage import Scene

    from pi_testkit import RpcPi

pytestmark = pytest.mark.pi_since("0.87.1")


@pytest.fixture
def working(two: Scene[RpcPi]) -> Iterator[Scene[RpcPi]]:
    """Two terminals, the first of which is between a tool call and its result until ``_end``."""
    two.stage.script("work", Call("bash", command=blocking(_gate(two))), Say("worked"))
    two.one.send("prompt", message="work")
    two.one.wait_for("tool_execution_start")
    yield two
    _gate(two).touch()


def test_a_shell_command_of_another_terminal_does_not_part_a_tool_call_from_its_result(
    working: Scene[RpcPi],
) -> None:
    working.other.bash("echo mine")
    assert "echo mine" not in working.file.read_text("utf-8")

    _end(working)

    eventually(lambda: working.audit().shells == ["echo mine"])
    assert working.audit().clean
    assert _kinds(working)[-3:] == ["toolResult", "worked", "echo mine"]
    working.one.prompt("and now")
    assert "echo mine" in str(working.model.requests[-1].messages)


def test_names_labels_and_models_land_behind_the_run(working: Scene[RpcPi]) -> None:
    before = working.file.read_bytes()
    start = working.entry(FIRST)["id"]
    working.other.set_session_name("a name")
    working.other.prompt(f"/label {start} a-label")
    working.other.set_model("scripted", "scripted-2")
    assert working.file.read_bytes() == before

    _end(working)

    kinds = ["session_info", "label", "model_change"]
    eventually(lambda: [e["type"] for e in working.entries() if e["type"] in kinds][1:] == kinds)
    assert working.audit().forks == []
    assert working.await_free()["head"] == working.entries()[-1]["id"]
    working.other.set_model("scripted", "scripted-1")


def test_l_x11_a_name_given_meanwhile_hides_nothing_from_who_comes_next(working: Scene[RpcPi]) -> None:
    working.other.set_session_name("a name")
    _end(working)
    eventually(lambda: working.audit().names == ["a name"])

    working.one.new_session()
    working.one.switch_session(working.file)

    assert "worked" in json.dumps(working.one.get_messages())
    working.one.prompt("next")
    assert working.line("next")[-3:] == ["", "worked", "next"]


def test_l_x11_an_idle_terminal_that_is_behind_hides_nothing_either(two: Scene[RpcPi]) -> None:
    two.one.prompt("second")
    two.other.set_session_name("a name")
    two.other.set_model("scripted", "scripted-2")

    eventually(lambda: two.audit().names == ["a name"] and two.entries()[-1].get("modelId") == "scripted-2")
    two.await_lane(lambda state: not state["owner"] and state["head"] == two.entries()[-1]["id"])
    assert two.audit().forks == []
    assert two.audit().prompts == [FIRST, "second"]
    two.other.set_model("scripted", "scripted-1")


def test_what_a_killed_terminal_had_kept_is_written_by_the_next_and_once(working: Scene[RpcPi]) -> None:
    working.other.bash("echo last words")
    working.other.set_session_name("last name")
    (journal,) = eventually(lambda: list(working.paths.instances.glob("*.pending.jsonl")))
    os.kill(working.other.process.popen.pid, signal.SIGKILL)

    _end(working)
    working.one.prompt("next")
    working.one.prompt("and next")

    assert working.audit().clean
    assert working.audit().shells == ["echo last words"]
    assert working.audit().names == ["last name"]
    assert not journal.exists()
    assert "echo last words" in str(working.model.requests[-1].messages)


def test_what_is_kept_when_a_terminal_leaves_is_written_by_the_next(working: Scene[RpcPi]) -> None:
    working.other.bash("echo last words")

    working.other.new_session()

    _end(working)
    working.one.prompt("next")
    assert working.audit().shells == ["echo last words"]
    assert working.audit().clean


def test_what_is_kept_survives_the_end_of_the_host(working: Scene[RpcPi]) -> None:
    working.other.bash("echo mine")
    os.kill(host_pid(working.other), signal.SIGKILL)

    _end(working)

    eventually(lambda: working.audit().shells == ["echo mine"], 20)
    assert working.audit().clean


def test_l_x4_a_compaction_meanwhile_loses_no_turn(working: Scene[RpcPi]) -> None:
    working.other.send("compact")
    _end(working)
    eventually(lambda: [entry for entry in working.entries() if entry["type"] == "compaction"])
    working.await_free()

    working.other.prompt("next")

    assert working.audit().forks == []
    assert "worked" in str(working.model.requests[-1].messages)


def _gate(scene: Scene[RpcPi]) -> Any:
    return scene.file.with_suffix(".gate")


def _end(scene: Scene[RpcPi]) -> None:
    _gate(scene).touch()
    scene.one.wait_for("agent_settled")


def _kinds(scene: Scene[RpcPi]) -> list[str]:
    messages = [entry["message"] for entry in scene.entries() if entry["type"] == "message"]
    return [_kind(message) for message in messages]


def _kind(message: dict[str, Any]) -> str:
    if message["role"] == "assistant":
        return "".join(part.get("text", "") for part in message["content"])
    return str(message.get("command", message["role"]))
