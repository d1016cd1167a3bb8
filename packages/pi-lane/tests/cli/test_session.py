from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pil_support import ago

from pi_lane.runtime import SessionPaths, legacy_session_key, session_key

if TYPE_CHECKING:
    from pil_support import Desk


def test_inside_pi_the_environment_names_the_session(desk: Desk) -> None:
    found = desk("self", "--json", session=False, env=desk.inside("me", "side")).data
    assert found == {
        "kind": "pil.self",
        "schemaVersion": 1,
        "sessionId": "sid",
        "sessionKey": desk.paths.key,
        "sessionFile": str(desk.file),
        "instanceId": "me",
        "lane": "side",
        "root": str(desk.root),
    }


def test_whoami_is_self(desk: Desk) -> None:
    inside = desk.inside()
    assert (
        desk("whoami", "--json", session=False, env=inside).data
        == desk("self", "--json", session=False, env=inside).data
    )


def test_inside_pi_sync_its_twins_name_the_session(desk: Desk) -> None:
    inside = {name.replace("PI_LANE", "PI_SYNC"): value for name, value in desk.inside("me").items()}
    inside["PI_SYNC_CHANNEL"] = inside.pop("PI_SYNC_CURRENT_LANE")
    env = inside | {"PI_LANE_ROOT": "", "PI_SYNC_ROOT": str(desk.root)}
    found = desk("self", "--json", session=False, env=env).data
    assert [found[name] for name in ("sessionKey", "instanceId", "lane", "root")] == [
        desk.paths.key,
        "me",
        "main",
        str(desk.root),
    ]


def test_our_own_variables_go_before_the_twins(desk: Desk) -> None:
    twins = {"PI_SYNC_SESSION_FILE": "/elsewhere.jsonl", "PI_SYNC_INSTANCE_ID": "they"}
    found = desk("self", "--json", session=False, env=desk.inside("me") | twins).data
    assert (found["sessionFile"], found["instanceId"]) == (str(desk.file), "me")


def test_empty_variables_count_as_unset(desk: Desk) -> None:
    assert desk("self", session=False, env={"PI_LANE_SESSION_FILE": "", "PI_LANE_SESSION_KEY": ""}).code == 1


def test_l_53_a_key_inherited_from_another_session_is_ignored(desk: Desk) -> None:
    inside = desk.inside() | {"PI_LANE_SESSION_KEY": "0" * 24}
    assert desk("self", "--json", session=False, env=inside).data["sessionKey"] == session_key(desk.file)


def test_the_key_of_the_older_pi_lane_is_taken_as_it_is(desk: Desk) -> None:
    older = legacy_session_key("sid", str(desk.file))
    inside = desk.inside() | {"PI_LANE_SESSION_KEY": older}
    assert desk("self", "--json", session=False, env=inside).data["sessionKey"] == older


def test_a_file_is_found_under_the_key_of_the_older_pi_lane(desk: Desk) -> None:
    older = SessionPaths(desk.root, legacy_session_key("sid", str(desk.file)))
    (older.folder / "instances").mkdir(parents=True)
    assert desk("self", "--json").data["sessionKey"] == older.key


def test_l_50_a_link_leads_to_the_same_session(desk: Desk) -> None:
    link = desk.file.with_name("link.jsonl")
    link.symlink_to(desk.file)
    assert desk("--session", str(link), "self", "--json", session=False).data["sessionKey"] == desk.paths.key


def test_a_named_session_goes_before_the_environment_and_is_not_ours(desk: Desk) -> None:
    inside = desk.inside("me", "side") | {"PI_LANE_SESSION_FILE": "/elsewhere.jsonl", "PI_LANE_SESSION_KEY": ""}
    found = desk("self", "--json", env=inside).data
    assert (found["sessionFile"], found["instanceId"], found["lane"]) == (str(desk.file), "", "main")


def test_the_own_session_by_name_is_still_ours(desk: Desk) -> None:
    assert desk("self", "--json", env=desk.inside("me")).data["instanceId"] == "me"


def test_a_file_that_does_not_exist_yet_is_a_session(desk: Desk) -> None:
    desk.file.unlink()
    found = desk("self", "--json").data
    assert (found["sessionKey"], found["sessionId"]) == (desk.paths.key, "")


def test_a_file_that_cannot_be_read_is_told(desk: Desk) -> None:
    desk.file.unlink()
    desk.file.mkdir()
    done = desk("status")
    assert done.code == 1
    assert "can't read session file" in done.err
    assert "check --session" in done.err


def test_without_a_session_those_that_are_open_are_named(desk: Desk) -> None:
    desk.instance("one")
    desk.instance("two", lane="side")
    desk.instance("old", seen=100, lane="gone")
    desk.instance("left", status="disconnected", lane="gone")
    err = desk(session=False).err
    assert f"--session '{desk.file}'  (2 terminals on main, side)" in err
    assert "run `!pil` inside pi" in err


def test_without_a_session_and_without_terminals_it_says_where_it_looked(desk: Desk) -> None:
    assert f"no terminal is live under '{desk.root}'" in desk(session=False).err


def test_l_s15_broken_files_do_not_hide_the_open_sessions(desk: Desk) -> None:
    desk.instance("one")
    desk.put("instances/two.json", b"\xff{")
    desk.put("instances/three.json", {"instanceId": 3})
    desk.put("instances/four.json", b"[" * 100_000)
    assert "(1 terminal on main)" in desk(session=False).err


def test_hostile_names_of_open_sessions_are_escaped(desk: Desk) -> None:
    desk.instance("one", sessionFile="/s/\x1b[2J", lane="\x1b[5m")
    assert "\x1b" not in desk(session=False).err


def test_many_open_sessions_are_counted(desk: Desk) -> None:
    for number in range(13):
        desk.put(
            f"../s{number}/instances/i.json",
            desk.instance("i") | {"sessionFile": f"/s{number}.jsonl", "lastSeenAt": ago(1)},
        )
    assert "and 4 more" in desk(session=False).err


@pytest.mark.parametrize("place", ["before", "after"])
def test_options_stand_before_the_word_or_after_it(desk: Desk, place: str) -> None:
    desk.instance("one", seen=30)
    options = ("--json", "--stale-ms", "60000")
    done = desk(*options, "instances") if place == "before" else desk("instances", *options)
    assert [found["live"] for found in done.data["instances"]] == [True]
