from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from pil_support import owner, waiter

if TYPE_CHECKING:
    from pathlib import Path

    from pil_support import Desk


def test_the_tree_is_drawn_with_heads_and_what_is_on_them(desk: Desk) -> None:
    desk.open("one")
    desk.lane("main", head="e4", head_epoch=2, owner=owner("one"), queue=(waiter("two"),))
    out = desk("graph", env={"COLUMNS": "90"}).out.splitlines()
    assert [line.rstrip() for line in out] == [
        "◇ sid",
        "● e1 hello                                                                      2026-11-20",
        "○ e2 hi                                                                              10:00",
        "├─● e5 another way                                                                   10:00",
        "│ ○ e6 [orphan tip] (end of file) done, too                                          10:00",
        "● e3 one way                                                                         10:00",
        "○ e4 [main: run for 5 s, pi 4711 in proj, 1 waiting] done                            10:00",
        "no lane leads to e6 (2 entries): `/lane adopt e6` in pi goes on from there",
    ]


def test_the_lane_of_the_asking_terminal_is_marked_and_goes_straight_down(desk: Desk) -> None:
    desk.lane("main", head="e4")
    desk.lane("side", head="e6")
    out = desk("graph", session=False, env=desk.inside("me", "side")).out
    assert "○ e6 [side*]" in out
    assert "│ ○ e4 [main]" in out


def test_a_session_without_lanes_is_drawn_too(desk: Desk) -> None:
    done = desk("graph")
    assert "○ e6 (end of file) done, too" in done.out
    assert "orphan" not in done.out
    assert done.code == 0


def test_a_head_that_is_not_in_the_file_is_told(desk: Desk) -> None:
    desk.cursor("main", "nowhere")
    assert "the head of lane main is not in the file: nowhere" in desk("graph").out


def test_all_folds_nothing(desk: Desk) -> None:
    assert len(desk("graph", "--all").out.splitlines()) == 7


def test_as_json_it_is_the_tree(desk: Desk) -> None:
    desk.lane("main", head="e4", head_epoch=2)
    found = desk("graph", "--json").data
    assert (found["kind"], found["schemaVersion"], found["leafId"]) == ("pil.graph", 1, "e6")
    assert {entry["id"]: entry["parentId"] for entry in found["entries"]} == {
        "e1": None,
        "e2": "e1",
        "e3": "e2",
        "e4": "e3",
        "e5": "e2",
        "e6": "e5",
    }
    assert found["tips"] == [{"id": "e6", "state": "orphan", "sinceId": "e2", "entries": 2}]
    assert found["lanes"][0]["headEntryId"] == "e4"


def test_page_and_picture_are_written_for_their_owner_only(desk: Desk, tmp_path: Path) -> None:
    page, picture = tmp_path / "tree.html", tmp_path / "tree.svg"
    page.write_text("old")
    done = desk("graph", "--html", str(page), "--svg", str(picture))
    assert (done.code, done.out) == (0, "")
    assert page.read_text().startswith("<!doctype html>")
    assert picture.read_text().startswith("<svg ")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (page, picture)] == [0o600, 0o600]
    assert sorted(path.name for path in tmp_path.glob("*tree*")) == ["tree.html", "tree.svg"]


def test_a_page_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path) -> None:
    done = desk("graph", "--html", str(tmp_path / "missing" / "tree.html"))
    assert done.code == 1
    assert "there is no such folder; choose another place" in done.err


@pytest.mark.parametrize("option", ["--html", "--svg"])
def test_a_session_is_not_replaced_by_a_picture(desk: Desk, option: str) -> None:
    before = desk.file.read_bytes()
    done = desk("graph", option, str(desk.file))
    assert done.code == 1
    assert "it is a session, and is not replaced; choose another place" in done.err
    assert desk.file.read_bytes() == before


def test_a_session_that_pi_has_not_written_yet_is_told(desk: Desk) -> None:
    desk.file.unlink()
    done = desk("graph")
    assert done.code == 1
    assert "there is no '~/session.jsonl' yet: pi writes it with the first prompt" in done.err


def test_with_a_key_only_the_terminals_know_the_file(desk: Desk) -> None:
    env = {"PI_LANE_SESSION_KEY": desk.paths.key}
    assert "name it with --session FILE" in desk("graph", session=False, env=env).err
    desk.instance("one")
    assert "● e1 hello" in desk("graph", session=False, env=env).out


def test_whatever_is_in_the_file_is_drawn(desk: Desk) -> None:
    good = desk.file.read_bytes()
    desk.file.write_bytes(good + b'\xff\n{}\n123\nnull\n{"type":"message","id":"x","parentId":"x"}\n{"type"')
    done = desk("graph")
    assert done.code == 0
    assert "● e1 hello" in done.out


def test_where_only_ascii_can_be_written_it_is_drawn_in_ascii(desk: Desk) -> None:
    env = os.environ | {"PI_LANE_ROOT": str(desk.root), "PYTHONIOENCODING": "ascii"}
    code = "from pi_lane.cli import main; main()"
    command = [sys.executable, "-c", code, "graph", "--session", str(desk.file)]
    done = subprocess.run(command, env=env, capture_output=True, check=True, timeout=30)
    assert done.stdout.isascii()
    assert b"\n+-* e3 one way" in done.stdout
