"""`pil` asked from inside and from beside a real pi that has lanes."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pi_host.launch import BRIDGE, environment
from pi_testkit import Call, Pi, Say

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.pi_since("0.87.1")

PIL = (sys.executable, "-c", "from pi_lane.cli import main; main()")


@pytest.fixture
def session(pi: Pi) -> Path:
    """Where the session will be."""
    return pi.home.root / "session.jsonl"


@pytest.fixture
def lanes(pi: Pi) -> Pi:
    """Pi with lanes and with no other plugin."""
    env = environment(plugins=["pi_lane.plugin"], autoload=False, cache=pi.home.root / "pi-host")
    return replace(pi, extensions=[BRIDGE], env=env)


def beside(pi: Pi, session: Path, *words: str) -> str:
    """Run `pil` in another terminal."""
    env = pi.home.env({"PATH": os.environ["PATH"]})
    command = [*PIL, *words, "--session", str(session)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=30).stdout


def test_l_s7_a_tool_of_the_run_sees_its_session_and_that_it_has_the_lane(lanes: Pi, session: Path) -> None:
    lanes.model.add(Call("bash", command=shlex.join([*PIL, "status", "--json"])), Say("seen"))
    lanes.print("who am I?", args=["--session", str(session)])
    found: dict[str, Any] = json.loads(lanes.model.requests[1].texts("tool")[0])
    assert (found["kind"], found["lane"], found["sessionFile"]) == ("pil.status", "main", str(session))
    [instance] = found["instances"]
    assert (instance["instanceId"], instance["status"], instance["live"]) == (found["instanceId"], "active", True)
    [lease] = found["leases"]
    assert (lease["owner"]["instanceId"], lease["owner"]["liveness"]) == (found["instanceId"], "alive")
    assert [lane["name"] for lane in found["lanes"]] == ["main"]


def test_after_the_run_the_lane_is_free_and_its_head_is_the_answer(lanes: Pi, session: Path) -> None:
    lanes.model.add(Say("the answer"))
    lanes.print("a question", args=["--session", str(session)])
    found = json.loads(beside(lanes, session, "status", "--json"))
    assert [lease["owner"] for lease in found["leases"]] == [None]
    assert [instance["status"] for instance in found["instances"]] == ["disconnected"]
    tree = json.loads(beside(lanes, session, "graph", "--json"))
    [head] = [entry for entry in tree["entries"] if "main" in entry["lanes"]]
    assert head["text"] == "the answer"
    assert tree["tips"] == []
    assert "[main] (end of file) the answer" in beside(lanes, session, "graph")
    assert json.loads(beside(lanes, session, "doctor", "--json"))["problems"] == []
