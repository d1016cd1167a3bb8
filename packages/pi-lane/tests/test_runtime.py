"""Keys, names and paths as the tools beside us have them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_lane.runtime import (
    Identity,
    LaneNameError,
    SessionPaths,
    check_lane_name,
    lane_root,
    legacy_session_key,
    sanitize_lane_name,
    session_key,
)

FILE = "/home/u/.pi/agent/sessions/--home-u-proj--/2026-05-18T04-20-00-000Z_abc123.jsonl"

NAMES = {
    "": "main",
    "   ": "main",
    "main": "main",
    "feature/x y": "feature-x-y",
    "a--b": "a-b",
    "über lane": "-ber-lane",
    "\N{ROCKET}": "-",
    "日本語": "-",
    "---": "-",
    "..": "..",
    "\ufeff a \ufeff": "a",
    "\x85a\x1c": "-a-",
    "a" * 70: "a" * 64,
    "A.b_c-9": "A.b_c-9",
}


def test_l_s6_the_helpers_of_other_tools_are_importable_and_cheap() -> None:
    code = "import sys, json; import pi_lane.runtime; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert not {"asyncio", "typer", "rich", "pi_host"} & loaded


def test_the_key_of_a_session_is_that_of_pi_sync() -> None:
    assert session_key(FILE) == "7b5326f350ef21fd279dac98"


def test_the_older_key_is_that_of_pi_lane() -> None:
    assert legacy_session_key("abc123", FILE) == "b136cde7cb61fd9e138bae5e"
    assert legacy_session_key(None, FILE) == legacy_session_key("", FILE) == "f1c7321d9a60ca5abd9c41f1"


def test_l_50_a_link_and_its_target_are_one_session(tmp_path: Path) -> None:
    real = tmp_path / "real.jsonl"
    real.touch()
    link = tmp_path / "link.jsonl"
    link.symlink_to(real)
    assert session_key(link) == session_key(real)


def test_l_51_a_file_that_does_not_exist_yet_has_the_key_that_it_will_have(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    file = tmp_path / "new.jsonl"
    before = [session_key(file), session_key(tmp_path / "link" / "new.jsonl")]
    file.touch()
    assert before == [session_key(file)] * 2


def test_a_path_whose_folder_does_not_exist_is_taken_as_it_is(tmp_path: Path) -> None:
    assert session_key(tmp_path / "no" / "s.jsonl") == session_key(f"{tmp_path}/no/s.jsonl")


def test_a_loop_of_links_has_a_key_too(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert len(session_key(tmp_path / "loop")) == 24


@pytest.mark.parametrize(("typed", "name"), NAMES.items())
def test_a_name_is_cleaned_as_the_others_do_it(typed: str, name: str) -> None:
    assert sanitize_lane_name(typed) == name


@given(st.text())
def test_a_cleaned_name_is_short_plain_and_stays_as_it_is(text: str) -> None:
    name = sanitize_lane_name(text)
    assert 1 <= len(name) <= 64
    assert name.isascii()
    assert "/" not in name
    assert sanitize_lane_name(name) == name


@pytest.mark.parametrize("typed", [".", "..", ".hidden", "x.lock", "x.LOCK", "x.reg", "x.json", "x.lock  "])
def test_names_that_would_leave_the_folder_or_collide_with_its_files_are_refused(typed: str) -> None:
    with pytest.raises(LaneNameError) as refused:
        check_lane_name(typed)
    assert repr(typed) in str(refused.value)
    assert refused.value.name == typed


@pytest.mark.parametrize(("typed", "existing"), [("a b", "a-b"), ("MAIN", "main"), ("日本", "-"), ("", "main")])
def test_a_name_that_becomes_that_of_another_lane_is_refused(typed: str, existing: str) -> None:
    with pytest.raises(LaneNameError, match=f"and there is '{existing}'"):
        check_lane_name(typed, ["other", existing])
    assert check_lane_name(typed).lower() == existing


def test_a_lane_can_be_joined_by_its_name() -> None:
    assert check_lane_name("feature/x") == "feature-x"


def test_the_root_is_named_by_the_environment_and_an_empty_name_counts_as_none(tmp_path: Path) -> None:
    assert lane_root({"PI_LANE_ROOT": "/srv/lanes", "HOME": "/home/u"}) == Path("/srv/lanes")
    assert lane_root({"PI_LANE_ROOT": "", "HOME": "/home/u"}) == Path("/home/u/.pi/lane")
    assert lane_root({}) == Path.home() / ".pi" / "lane"
    assert lane_root({"PI_LANE_ROOT": "here"}) == Path.cwd() / "here"
    assert lane_root({"PI_LANE_ROOT": str(tmp_path)}) == tmp_path


def test_files_are_where_other_tools_look_for_them() -> None:
    paths = SessionPaths(Path("/r"), "k")
    assert paths.lane_cursor("main") == Path("/r/sessions/k/lanes/main.json")
    assert paths.lock_owner("main") == Path("/r/sessions/k/lanes/main.lock/owner.json")
    assert paths.instance("i") == Path("/r/sessions/k/instances/i.json")
    assert paths.debug_log == Path("/r/sessions/k/debug.jsonl")
    assert paths.sync_folder("main") == Path("/r/sessions/k/lanes/main/sync")
    assert paths.register_log("main") == Path("/r/sessions/k/lanes/main.reg/log")
    assert {path.parent for path in (paths.alive("i"), paths.fifo("i"), paths.pending("i"))} == {paths.instances}


def test_no_lane_has_a_file_inside_those_of_another(tmp_path: Path) -> None:
    paths = SessionPaths(tmp_path, "k")
    names = ["a", "a.b", "A", "a.lockx", "reg", "lock"]
    owned = [
        path
        for name in names
        for path in (paths.lane_cursor(name), paths.lock(name), paths.register(name), paths.sync_folder(name).parent)
    ]
    assert len(set(owned)) == len(owned)


def test_lanes_are_found_by_their_files_ours_and_those_of_others(tmp_path: Path) -> None:
    paths = SessionPaths(tmp_path, "k")
    assert paths.lane_names() == []
    (paths.lanes / "main.reg").mkdir(parents=True)
    (paths.lanes / "main.lock").mkdir()
    (paths.lanes / "main.json").touch()
    (paths.lanes / "theirs.json").touch()
    (paths.lanes / "theirs.json.17.1.tmp").touch()
    (paths.lanes / "a.b.reg").mkdir()
    assert paths.lane_names() == ["a.b", "main", "theirs"]


def test_l_s7_who_one_is_goes_through_the_environment_and_back() -> None:
    me = Identity(
        root=Path("/r"), instance_id="i", session_id=None, session_key="k", session_file="/s.jsonl", lane="main"
    )
    env = me.environment()
    assert env == {
        "PI_LANE_ROOT": "/r",
        "PI_LANE_INSTANCE_ID": "i",
        "PI_LANE_SESSION_KEY": "k",
        "PI_LANE_SESSION_FILE": "/s.jsonl",
        "PI_LANE_CURRENT_LANE": "main",
    }
    assert Identity.from_environment(env) == me
    assert me.paths == SessionPaths(Path("/r"), "k")


def test_outside_of_a_session_one_is_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PI_LANE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PI_LANE_INSTANCE_ID", "")
    nobody = Identity.from_environment()
    assert (nobody.instance_id, nobody.session_key, nobody.lane, nobody.paths) == (None, None, None, None)


def test_a_session_that_is_known_by_its_file_alone_has_its_key(tmp_path: Path) -> None:
    known = Identity.from_environment({"PI_LANE_SESSION_FILE": str(tmp_path / "s.jsonl")})
    assert known.session_key == session_key(tmp_path / "s.jsonl")
