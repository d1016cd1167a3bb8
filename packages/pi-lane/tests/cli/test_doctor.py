from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pil_support import ago, owner, waiter

from pi_lane.runtime import SessionPaths, legacy_session_key

if TYPE_CHECKING:
    from pil_support import Desk, Done


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pi_lane.cli.doctor._AGAIN_S", 0.0)


def healthy(desk: Desk) -> None:
    desk.open("me")
    desk.lane("main", head="e6", head_epoch=2)


def flat(done: Done) -> str:
    return " ".join(done.out.split())


def test_a_healthy_session_is_ok(desk: Desk) -> None:
    healthy(desk)
    desk.lane("main", owner=owner("me"))
    desk.instance("me", status="active")
    done = desk("doctor", session=False, env=desk.inside("me"))
    assert done.code == 0
    assert not re.search(r"^(warning|error)", done.out, re.MULTILINE)


def test_as_json_it_is_the_status_with_problems_and_warnings(desk: Desk) -> None:
    healthy(desk)
    desk.cursor("side", "nowhere")
    found = desk("doctor", "--json").data
    assert (found["kind"], found["ok"], len(found["instances"]), len(found["lanes"])) == ("pil.doctor", False, 1, 2)
    [problem] = found["problems"]
    assert problem.startswith("the head of lane 'side', 'nowhere', is not in the session file: ")
    assert {"subject", "level", "text", "mend"} == found["findings"][0].keys()


def test_without_a_session_that_is_the_problem(desk: Desk) -> None:
    done = desk("doctor", "--json", session=False)
    assert done.code == 1
    assert (done.data["ok"], done.data["kind"]) == (False, "pil.doctor")
    assert "--session FILE" in done.data["problems"][0]
    assert "--session FILE" in desk("doctor", session=False).out


def test_a_missing_folder_is_a_problem(desk: Desk) -> None:
    done = desk("doctor")
    assert done.code == 1
    assert "is missing mend: open the session in pi with pi-lane installed" in flat(done)


@pytest.mark.parametrize("gone", ["lanes", "instances"])
def test_half_a_folder_is_a_warning(desk: Desk, gone: str) -> None:
    desk.put("debug.jsonl", b"")
    (desk.paths.folder / ("lanes" if gone == "instances" else "instances")).mkdir()
    done = desk("doctor")
    assert done.code == 0
    assert f"{gone} is missing" in flat(done)


def test_l_88_a_head_that_is_not_in_the_file_is_a_problem(desk: Desk) -> None:
    desk.instance("me")
    desk.cursor("main", "nowhere")
    done = desk("doctor")
    assert done.code == 1
    assert "the head of lane 'main', 'nowhere', is not in the session file" in flat(done)
    assert "`/lane adopt <id>`" in done.out


def test_a_head_without_a_file_is_a_problem_but_a_new_session_is_not(desk: Desk) -> None:
    desk.instance("me")
    desk.cursor("main", None)
    desk.file.unlink()
    assert desk("doctor").code == 0
    desk.cursor("main", "e4")
    assert desk("doctor").code == 1


def test_l_88_an_active_terminal_without_the_lane_is_a_problem(desk: Desk) -> None:
    healthy(desk)
    desk.instance("me", status="active")
    done = desk("doctor")
    assert done.code == 1
    assert "me says it is active, but neither has nor awaits a lane" in flat(done)


def test_a_waiting_terminal_in_the_queue_is_fine(desk: Desk) -> None:
    healthy(desk)
    desk.instance("me", status="waiting")
    desk.lane("main", queue=(waiter("me"),))
    assert desk("doctor").code == 0


def test_l_88_a_stale_lock_is_a_warning(desk: Desk) -> None:
    desk.instance("me")
    desk.cursor("main", "e4")
    desk.put("lanes/main.lock/owner.json", {"ownerInstanceId": "they", "pid": 1, "expiresAt": ago(5)})
    done = desk("doctor")
    assert done.code == 0
    assert "an expired lock of pi-lane is left" in flat(done)


def test_a_paused_owner_is_a_problem_with_two_ways_out(desk: Desk) -> None:
    healthy(desk)
    desk.lane("main", owner=owner("me"))
    desk.silence("me", 40)
    done = desk("doctor")
    assert done.code == 1
    assert "mend: resume that terminal (`fg`), or take the lane with `/lane take`" in flat(done)


def test_a_dead_owner_is_a_warning(desk: Desk) -> None:
    healthy(desk)
    desk.lane("main", owner=owner("me"))
    desk.kill("me")
    done = desk("doctor")
    assert done.code == 0
    assert "dead: run for 5 s" in done.out


def test_what_has_passed_at_the_second_look_is_not_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    healthy(desk)
    desk.instance("me", status="active")
    monkeypatch.setattr("time.sleep", lambda _: desk.lane("main", owner=owner("me")))
    assert desk("doctor").code == 0


def test_a_head_moved_by_another_tool_is_told(desk: Desk) -> None:
    healthy(desk)
    desk.cursor("main", "e4", 9)
    assert "published head 'e4', own head 'e6'" in flat(desk("doctor"))


def test_l_x18_a_running_pi_sync_host_is_told(desk: Desk) -> None:
    healthy(desk)
    desk.put("lanes/main/sync/host.json", {"state": "running", "pid": 77, "heartbeatAt": ago(1)})
    assert "pi-sync has it (pid 77)" in flat(desk("doctor"))


def test_terminals_of_the_older_pi_lane_on_the_same_file_are_a_problem(desk: Desk) -> None:
    healthy(desk)
    older = SessionPaths(desk.root, legacy_session_key("sid", str(desk.file)))
    desk.put(f"../{older.key}/instances/they.json", desk.instance("they"))
    desk.paths.instance("they").unlink()
    done = desk("doctor")
    assert done.code == 1
    assert "a terminal with the older pi-lane has this session open" in flat(done)


def test_broken_files_are_named(desk: Desk) -> None:
    healthy(desk)
    desk.put("instances/bad.json", b"{")
    done = desk("doctor")
    assert done.code == 0
    assert "instances/bad.json can't be read or is not JSON" in flat(done)


def test_entries_that_were_never_written_are_told(desk: Desk) -> None:
    healthy(desk)
    desk.put("instances/me.pending.jsonl", b"{}\n")
    assert "unwritten" not in desk("doctor").out
    desk.put("instances/gone.pending.jsonl", b"{}\n")
    assert "gone.pending.jsonl: entries that a terminal could not write" in flat(desk("doctor"))


def test_a_terminal_that_has_no_file_of_its_own_is_told(desk: Desk) -> None:
    healthy(desk)
    out = flat(desk("doctor", session=False, env=desk.inside("lost", "nolane")))
    assert "lost is this terminal, but has no file" in out
    assert "'nolane' is this terminal's lane, but has no file" in out


def test_oddities_of_the_session_file_are_counted(desk: Desk) -> None:
    healthy(desk)
    desk.file.write_bytes(desk.file.read_bytes() + b'{"type"')
    assert re.search(r"\d oddities, first in line 8: ", flat(desk("doctor")))
