from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pil_support import ago, owner, waiter

from pi_lane.store import AbortRequest

if TYPE_CHECKING:
    from pil_support import Desk


def row(text: str, name: str) -> str:
    """Return the line of a table that is about a name, its columns parted by one blank."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return next(line for line in lines if line.removeprefix("* ").split()[:1] == [name])


def test_status_is_what_pil_alone_shows(desk: Desk) -> None:
    desk.lane("main", head="e4", head_epoch=2)
    assert desk().out == desk("status").out


def test_status_shows_session_lanes_and_terminals(desk: Desk) -> None:
    desk.open("me", leafId="e4")
    desk.open("other", status="active", pid=4713)
    desk.lane(
        "main", head="e4", head_epoch=12, owner=owner("other", 70, label="pi 4713 in proj"), queue=(waiter("me", 3),)
    )
    done = desk("status", session=False, env=desk.inside("me"))
    assert row(done.out, "file") == "file ~/session.jsonl"
    assert row(done.out, "main") == "* main e4 12 run for 1 min, pi 4713 in proj 1. run for 3 s, pi 4711 in proj"
    assert re.fullmatch(r"\* me 4711 main idle \d s ago 1 min e4", row(done.out, "me"))
    assert row(done.out, "other").startswith("other 4713 main active")
    assert done.code == 0


def test_the_queue_shows_places_and_who_is_passed_over(desk: Desk) -> None:
    for name in ("one", "two", "three"):
        desk.open(name)
    desk.silence("two", 40)
    desk.kill("three")
    desk.lane("main", owner=owner("one"), queue=(waiter("two"), waiter("three"), waiter("one", purpose="append")))
    text = desk("lanes").out
    assert "1. run for 3 s, pi 4711 in proj (paused, passed over)" in text
    assert "2. run for 3 s, pi 4711 in proj (dead, passed over)" in text
    assert "3. append for 3 s, pi 4711 in proj\n" in f"{text.rstrip()}\n".replace(" \n", "\n")


@pytest.mark.parametrize(
    ("state", "words"),
    [("alive", "run for 5 s, pi 4711"), ("paused", "paused: run for 5 s"), ("dead", "dead: run for 5 s")],
)
def test_l_x6_paused_and_dead_owners_are_marked(desk: Desk, state: str, words: str) -> None:
    desk.open("one")
    desk.lane("main", owner=owner("one"))
    if state == "paused":
        desk.silence("one", 40)
    if state == "dead":
        desk.kill("one")
    assert words in row(desk("lanes").out, "main")
    assert desk("lanes", "--json").data["leases"][0]["owner"]["liveness"] == state


def test_l_x8_a_recycled_pid_does_not_make_an_owner_alive(desk: Desk) -> None:
    # Process 1 lives for ever, on every machine.
    desk.instance("gone", pid=1)
    desk.lane("main", owner=owner("gone", pid=1))
    assert "dead: run" in row(desk("lanes").out, "main")


def test_an_owner_on_another_machine_is_named_with_it(desk: Desk) -> None:
    desk.open("one")
    desk.lane("main", owner=owner("one", host="elsewhere"))
    assert "pi 4711 in proj on elsewhere" in desk("lanes").out


def test_a_request_to_stop_is_shown_while_it_matters(desk: Desk) -> None:
    desk.open("one")
    desk.lane("main", owner=owner("one"), lease_epoch=3, abort=AbortRequest(epoch=3, by="pid 9 in ~/x"))
    assert "asked to stop by pid 9 in ~/x" in desk("lanes").out
    desk.lane("main", lease_epoch=4)
    assert "asked to stop" not in desk("lanes").out


def test_the_title_of_a_lane_is_shown_as_it_was_typed(desk: Desk) -> None:
    desk.lane("-ber-lane", title="über lane")
    assert "über lane" in desk("lanes").out


def test_l_s8_terminals_are_listed_while_they_live_and_after(desk: Desk) -> None:
    desk.open("one")
    desk.open("two")
    desk.kill("two")
    desk.instance("three", status="disconnected", seen=400)
    desk.instance("four", seen=400)
    states = {name: row(desk("instances").out, name).split()[3:5] for name in ("one", "two", "three", "four")}
    assert [states[name][0] for name in ("one", "two", "three")] == ["idle", "dead", "left"]
    assert states["four"] == ["not", "seen"]
    assert "2 more left or were not seen lately" in desk("status").out


def test_liveness_is_the_published_one(desk: Desk) -> None:
    desk.instance("fresh", seen=14)
    desk.instance("old", seen=16)
    desk.instance("left", seen=1, status="disconnected")
    desk.instance("updated", lastSeenAt=None, updatedAt=ago(1))
    desk.instance("silent", lastSeenAt=None)
    found = {each["instanceId"]: each for each in desk("instances", "--json").data["instances"]}
    assert {name: (each["live"], each["stale"]) for name, each in found.items()} == {
        "fresh": (True, False),
        "left": (False, True),
        "old": (False, True),
        "silent": (False, True),
        "updated": (True, False),
    }
    assert 14_000 <= found["fresh"]["lastSeenAgeMs"] < 15_000
    assert "lastSeenAgeMs" not in found["silent"]


def test_a_dead_terminal_is_not_live_though_it_was_just_seen(desk: Desk) -> None:
    desk.open("one")
    desk.kill("one")
    [found] = desk("instances", "--json").data["instances"]
    assert (found["live"], found["liveness"]) == (False, "dead")


@pytest.mark.parametrize("name", ["PI_LANE_INSTANCE_STALE_MS", "PI_SYNC_INSTANCE_STALE_MS", "PBB_INSTANCE_STALE_MS"])
def test_the_known_variables_say_when_a_terminal_is_gone(desk: Desk, name: str) -> None:
    desk.instance("one", seen=30)
    assert desk("instances", "--json", env={name: "60000"}).data["instances"][0]["live"] is True
    assert desk("instances", "--json", env={name: "nonsense"}).data["instances"][0]["live"] is False


def test_a_lane_of_pi_lane_with_its_lock_is_shown(desk: Desk) -> None:
    desk.cursor("main", "e4", 7)
    lock = {"schemaVersion": 1, "lane": "main", "ownerInstanceId": "they", "pid": 99, "leaseEpoch": 8}
    times = {"acquiredAt": ago(30), "lastHeartbeatAt": ago(1), "expiresAt": ago(-599)}
    desk.put("lanes/main.lock/owner.json", lock | times)
    assert row(desk("lanes").out, "main") == "* main e4 7 pi-lane for 30 s, pid 99"
    assert desk("lanes", "--json").data["leases"][0]["foreign"]["fresh"] is True
    desk.put("lanes/main.lock/owner.json", lock | times | {"expiresAt": ago(1)})
    assert "expired lock of pi-lane" in desk("lanes").out


def test_l_s11_a_lock_without_owner_is_a_claim_while_it_is_young(desk: Desk) -> None:
    desk.cursor("main", "e4")
    (desk.paths.lanes / "main.lock").mkdir()
    assert row(desk("lanes").out, "main").endswith(" pi-lane")


def test_our_own_published_lock_is_not_foreign(desk: Desk) -> None:
    desk.open("one")
    desk.lane("main", owner=owner("one"))
    desk.put("lanes/main.lock/owner.json", {"ownerInstanceId": "one", "expiresAt": ago(-599)})
    assert "foreign" not in desk("lanes", "--json").data["leases"][0]


def test_a_running_host_of_pi_sync_is_shown(desk: Desk) -> None:
    desk.cursor("ln_x", "e4", displayId="L2")
    host = {"schemaVersion": 1, "state": "running", "pid": 77, "instanceId": "host", "startedAt": ago(70)}
    desk.put("lanes/ln_x/sync/host.json", host | {"heartbeatAt": ago(1)})
    assert "pi-sync for 1 min, pid 77" in row(desk("lanes").out, "ln_x")
    desk.put("lanes/ln_x/sync/host.json", host | {"heartbeatAt": ago(10)})
    assert row(desk("lanes").out, "ln_x").endswith(" free")


def test_main_comes_first_then_the_names(desk: Desk) -> None:
    for name in ("zeta", "alpha", "main"):
        desk.cursor(name, None)
    assert [lease["lane"] for lease in desk("lanes", "--json").data["leases"]] == ["main", "alpha", "zeta"]


def test_without_lanes_and_terminals_it_says_so(desk: Desk) -> None:
    assert "no lanes yet" in desk("status").out
    assert "no terminals" in desk("instances").out


BROKEN = (b"", b"{", b"\xff\xfe", b"null", b"[]", b'"text"', b"123", b"[" * 50_000, b'{"name": ' * 1000, b"\0" * 100)
ODD = (
    b'{"name": 3, "headEntryId": [], "headEpoch": "x", "status": {}, "lane": 5, "pid": "p", "lastSeenAt": 12}',
    b'{"name": null, "headEpoch": 1e999, "startedAt": "yesterday", "lastSeenAt": "soon", "leafId": {"a": 1}}',
    b'{"name": "\\ud800", "lane": "\\ud800\\u0000", "status": "\\u001b[2J", "leafId": "\\u202e", "pid": 1e999}',
)


@pytest.mark.parametrize("word", ["status", "lanes", "instances", "self", "graph", "doctor"])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_l_s15_broken_and_odd_files_break_no_command(desk: Desk, word: str, form: tuple[str, ...]) -> None:
    for number, content in enumerate((*BROKEN, *ODD)):
        desk.put(f"lanes/lane{number}.json", content)
        desk.put(f"instances/instance{number}.json", content)
        desk.put(f"lanes/lane{number}.lock/owner.json", content)
        desk.put(f"lanes/lane{number}/sync/host.json", content)
        desk.put(f"lanes/reg{number}.reg/log/0000000000000001/state.json", content)
        desk.put(f"instances/x{number}.alive", content)
    desk.put("lanes/dir.json/x", {})
    desk.put("instances/dir.json/x", {})
    desk.put("lanes/file.reg", b"not a folder")
    desk.put("lanes/main.reg/log/0000000000000007/other.json", {})
    desk.lane("good", head="e4", head_epoch=3)
    done = desk(word, *form)
    assert done.code == (1 if word == "doctor" else 0)
    if form:
        assert done.data["kind"] == f"pil.{word}"
    else:
        assert all(char.isprintable() or char == "\n" for char in done.out)


def test_l_s15_the_good_lane_is_shown_beside_broken_ones(desk: Desk) -> None:
    for number, content in enumerate(BROKEN):
        desk.put(f"lanes/lane{number}.json", content)
    desk.lane("good", head="e4", head_epoch=3)
    assert [lane["name"] for lane in desk("lanes", "--json").data["lanes"]] == ["good"]
    assert row(desk("lanes").out, "good") == "good e4 3 free"


def test_an_unreadable_state_is_told_with_what_to_do(desk: Desk) -> None:
    desk.put("lanes/main.reg", b"not a folder")
    desk.put("lanes/main.json", {"name": "main", "headEntryId": "e4", "headEpoch": 2})
    assert "is a file: move it away" in " ".join(desk("lanes").out.split())
    assert "is a file" in desk("lanes", "--json").data["leases"][0]["problem"]


def test_l_s16_another_session_is_not_mixed_in(desk: Desk) -> None:
    desk.instance("mine")
    desk.put("../000000000000000000000000/instances/theirs.json", desk.instance("theirs"))
    desk.paths.instance("theirs").unlink()
    desk.put("../000000000000000000000000/lanes/theirs.json", {"name": "theirs"})
    found = desk("status", "--json").data
    assert [each["instanceId"] for each in found["instances"]] == ["mine"]
    assert found["lanes"] == []


def test_hostile_names_and_contents_are_escaped(desk: Desk) -> None:
    evil = "\x1b[2J\u202e[bold]x[/bold]\r\n"
    desk.open("one", lane=evil, status=evil, leafId=evil)
    desk.lane("main", title=evil, head=evil, owner=owner("one", purpose=evil, label=evil, host=evil))
    for word in ("status", "lanes", "instances", "self"):
        out = desk(word, env={"PI_LANE_SESSION_FILE": evil}).out
        assert all(char.isprintable() or char == "\n" for char in out)
    assert "[bold]x[/bold]" in desk("lanes").out


def test_an_id_that_would_lead_elsewhere_is_just_shown(desk: Desk) -> None:
    desk.put("victim.alive", b"\0" * 8)
    desk.lane("main", owner=owner("../victim"))
    assert desk("lanes", "--json").data["leases"][0]["owner"]["liveness"] == "dead"


def test_colours_are_for_terminals_and_those_who_want_them(desk: Desk) -> None:
    desk.lane("main", head="e4")
    assert "\x1b[" not in desk("lanes").out
    coloured = desk("lanes", env={"FORCE_COLOR": "1"}).out
    assert "\x1b[1;32m" in coloured
    plain = desk("lanes", env={"FORCE_COLOR": "1", "NO_COLOR": "1"}).out
    assert not re.search(r"\x1b\[[0-9;]*3\dm", plain)
