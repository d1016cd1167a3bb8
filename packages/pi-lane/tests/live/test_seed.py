"""What any terminal on a session may rely on, and nothing to do for it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from host_support import tool_output
from lane_stage import FIRST, ask, write_session

from pi_lane._commands import WORDS
from pi_testkit import Call, Say

if TYPE_CHECKING:
    from lane_stage import Scene, Troupe

    from pi_testkit import RpcPi

pytestmark = pytest.mark.pi_since("0.87.1")


def test_l_s3_no_request_says_anything_of_lanes(two: Scene[RpcPi]) -> None:
    two.stage.script("look", Call("bash", command="echo seen"), Say("done"))
    two.one.prompt("look")
    ask(two.other, "/lane new elsewhere")
    two.other.set_session_name("named")
    two.other.bash("echo mine")
    two.other.prompt("and then")
    two.one.prompt("at last")

    assert len(two.model.requests) == 4
    for request in two.model.requests:
        assert not re.search(r"\b(pi_)?lanes?\b|elsewhere|instance", json.dumps(request.body), re.IGNORECASE)


@pytest.mark.parametrize("way", ["new", "fork", "resume"])
def test_l_s5_a_replaced_session_gets_an_identity_of_its_own(two: Scene[RpcPi], troupe: Troupe, way: str) -> None:
    before = _identity(two.one)
    two.one.prompt("more")

    if way == "new":
        two.one.new_session()
    elif way == "fork":
        two.one.fork(two.entry("more")["id"])
    else:
        two.one.switch_session(write_session(troupe.new_file()))

    after = _identity(two.one)
    assert after["sessionFile"] != before["sessionFile"]
    assert after["sessionKey"] != before["sessionKey"]
    assert after["instanceId"] != before["instanceId"]
    assert after["pid"] == before["pid"]
    assert _instance(two, before["instanceId"])["status"] == "disconnected"
    assert _instance(two, before["instanceId"])["leafId"] is None
    two.one.prompt("there")
    assert "there" not in two.file.read_text("utf-8")
    two.other.prompt("here")
    assert two.line("here") == [FIRST, f"answer to {FIRST}", "more", "answer to more", "here"]


def test_l_s7_a_tool_and_its_children_know_where_they_run(two: Scene[RpcPi]) -> None:
    who = _identity(two.one)
    two.stage.script("who", Call("bash", command="sh -c 'env | grep ^PI_LANE_ | sort'"), Say("done"))

    (output,) = tool_output(two.one.prompt("who"))

    assert dict(line.split("=", 1) for line in output.splitlines()) == {
        "PI_LANE_CURRENT_LANE": "main",
        "PI_LANE_INSTANCE_ID": who["instanceId"],
        "PI_LANE_ROOT": who["root"],
        "PI_LANE_SESSION_FILE": str(two.file),
        "PI_LANE_SESSION_ID": who["sessionId"],
        "PI_LANE_SESSION_KEY": two.paths.key,
    }


@pytest.mark.parametrize("word", ["", *WORDS])
def test_l_s9_every_word_answers(two: Scene[RpcPi], word: str) -> None:
    assert ask(two.one, f"/lane {word}")
    assert two.one.errors == []


def test_l_s9_an_unknown_word_is_refused_with_those_there_are(two: Scene[RpcPi]) -> None:
    said = ask(two.one, "/lane jion main")

    assert "jion" in said
    assert all(word in said for word in WORDS)


def test_l_s14_there_is_nothing_to_repair_or_reconcile_with(two: Scene[RpcPi]) -> None:
    for word in ("repair", "reconcile"):
        assert "there is no such word" in ask(two.one, f"/lane {word}")


def test_l_s17_new_makes_a_second_lane_from_where_the_terminal_stands(two: Scene[RpcPi]) -> None:
    start = two.entry("answer to the first")["id"]
    two.one.prompt("more")
    two.one.prompt(f"/goto {start}")
    assert "side" not in two.paths.lane_names()

    ask(two.one, "/lane new side")

    assert two.lane("side")["baseLeafId"] == two.lane("side")["head"] == start
    two.one.prompt("on the side")
    assert two.line("on the side") == [FIRST, "answer to the first", "on the side"]


def test_l_s18_everybody_is_on_main_without_a_command(two: Scene[RpcPi]) -> None:
    two.one.prompt("one")
    two.other.prompt("two")

    assert two.paths.lane_names() == ["main"]
    assert two.await_free()["head"] == two.entries()[-1]["id"] == two.entry("answer to two")["id"]
    assert [_identity(terminal)["currentLane"] for terminal in (two.one, two.other)] == ["main", "main"]


def _identity(terminal: RpcPi) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in ask(terminal, "/lane identity").splitlines())


def _instance(scene: Scene[RpcPi], instance_id: str) -> dict[str, Any]:
    seen: dict[str, Any] = json.loads(scene.paths.instance(instance_id).read_bytes())
    return seen
