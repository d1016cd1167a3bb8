"""Which session a terminal is on, whatever lies around."""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from host_support import notices
from lane_stage import FIRST, Scene, ask, await_said, write_session

if TYPE_CHECKING:
    from lane_stage import Troupe

    from pi_testkit import RpcPi

pytestmark = pytest.mark.pi_since("0.87.1")

START = f"answer to {FIRST}"


def test_l_e50_a_link_leads_to_the_same_lanes(two: Scene[RpcPi]) -> None:
    link = two.file.with_name(f"link-{two.file.name}")
    link.symlink_to(two.file)
    two.other.switch_session(link)
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")

    two.other.send("prompt", message="by the link")

    two.await_waiting()
    gate.set()
    two.other.wait_for("agent_settled")
    assert two.line("by the link")[-3:] == ["slow", "answer to slow", "by the link"]
    assert two.audit().clean


def test_l_e53_a_key_inherited_from_another_session_is_ignored(two: Scene[RpcPi], troupe: Troupe) -> None:
    foreign = {"PI_LANE_SESSION_KEY": "0" * 24, "PI_LANE_SESSION_FILE": "/elsewhere.jsonl", "PI_LANE_INSTANCE_ID": "x"}
    third = troupe.pi.rpc(args=["--session", str(two.file)], env=foreign)

    assert f"sessionKey: {two.paths.key}" in ask(third, "/lane identity")
    assert "3 connected" in ask(third, "/lane")
    third.close()


def test_l_s16_two_sessions_run_side_by_side(two: Scene[RpcPi], troupe: Troupe) -> None:
    elsewhere = write_session(troupe.new_file(), "somewhere else")
    two.other.switch_session(elsewhere)
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")

    two.other.prompt("quick")

    assert "1 connected" in ask(two.other, "/lane")
    assert two.model.requests[-1].texts("user") == ["somewhere else", "quick"]
    gate.set()
    two.one.wait_for("agent_settled")
    assert "quick" not in two.file.read_text("utf-8")


def test_l_e62_what_pi_without_lanes_has_added_is_taken_up(two: Scene[RpcPi], troupe: Troupe) -> None:
    two.one.prompt("with lanes")
    plain = replace(troupe.pi, extensions=[], env={})
    plain.print("without", args=["--session", str(two.file)])

    two.other.prompt("with lanes again")

    assert two.line("with lanes again")[2:] == [
        "with lanes",
        "answer to with lanes",
        "without",
        "answer to without",
        "with lanes again",
    ]
    assert two.audit().forks == []


def test_l_e62_who_opens_a_session_that_pi_without_lanes_went_on_with_starts_there(
    two: Scene[RpcPi], troupe: Troupe
) -> None:
    two.one.prompt("with lanes")
    for terminal in (two.one, two.other):
        terminal.new_session()
    plain = replace(troupe.pi, extensions=[], env={})
    plain.print("without", args=["--session", str(two.file)])

    two.one.switch_session(two.file)
    await_said(two.one, "answer to without")
    two.one.prompt("with lanes again")

    assert two.line("with lanes again")[-3:] == ["without", "answer to without", "with lanes again"]
    assert "on no lane" not in notices(two.one)


def test_l_e66_a_lane_that_points_nowhere_does_not_hide_the_session(two: Scene[RpcPi]) -> None:
    backup = two.file.read_bytes()
    two.one.prompt("lost with the disk")
    for terminal in (two.one, two.other):
        terminal.new_session()
    two.file.write_bytes(backup)

    two.one.switch_session(two.file)
    two.one.prompt("from the backup")

    assert two.line("from the backup") == [FIRST, START, "from the backup"]
    assert two.await_free()["head"] == two.entry("answer to from the backup")["id"]
    assert two.one.errors == []


def test_l_e66_a_file_of_another_tool_that_points_nowhere_is_ignored(two: Scene[RpcPi], troupe: Troupe) -> None:
    file = write_session(troupe.new_file())
    scene = Scene(two.one, two.other, file, two.home, two.model, two.stage)
    scene.paths.lanes.mkdir(parents=True)
    cursor = {
        "schemaVersion": 1,
        "name": "main",
        "sessionKey": scene.paths.key,
        "headEntryId": "ffffffff",
        "headEpoch": 7,
    }
    scene.paths.lane_cursor("main").write_text(
        json.dumps({**cursor, "baseLeafId": None, "createdAt": "", "updatedAt": ""})
    )

    two.one.switch_session(file)
    two.one.prompt("hello")

    assert scene.line("hello") == [FIRST, START, "hello"]
    assert two.one.errors == []


def test_l_x18_a_fresh_lock_of_another_tool_is_waited_for(two: Scene[RpcPi]) -> None:
    lock = two.paths.lock("main")
    lock.mkdir()
    fresh = {"schemaVersion": 1, "lane": "main", "ownerInstanceId": "foreign", "pid": 1, "leaseEpoch": 1}
    times = {"acquiredAt": "2099-01-01T00:00:00.000Z", "lastHeartbeatAt": "2099-01-01T00:00:00.000Z"}
    owner = {**fresh, **times, "status": "active", "expiresAt": "2099-01-01T00:10:00.000Z", "expectedHeadEntryId": None}
    two.paths.lock_owner("main").write_text(json.dumps(owner))

    two.one.send("prompt", message="patient")
    two.one.wait_for(lambda record: "waiting for" in (record.get("statusText") or ""))
    assert two.model.requests == []
    two.paths.lock_owner("main").unlink()
    lock.rmdir()

    two.one.wait_for("agent_settled")
    assert two.line("patient")[-1] == "patient"


def test_l_x18_a_running_host_of_pi_sync_is_left_alone(two: Scene[RpcPi]) -> None:
    sync = two.paths.sync_folder("main")
    sync.mkdir(parents=True)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    host = {"schemaVersion": 1, "state": "running", "pid": os.getpid(), "instanceId": "foreign", "heartbeatAt": now}
    (sync / "host.json").write_text(json.dumps({**host, "sessionFile": str(two.file), "lane": "main"}))

    two.one.prompt("hello")

    assert "pi-sync" in notices(two.one)
    assert two.model.requests == []
    assert "hello" not in two.file.read_text("utf-8")
