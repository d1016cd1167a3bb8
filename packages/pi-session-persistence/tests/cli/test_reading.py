"""Each command that reads a session, as a process of its own, on a file that real pi wrote."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from launcher_support import Caller

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi

pytestmark = pytest.mark.pi_versions("1.5.2")


@pytest.fixture
def caller(pi: Pi, tmp_path: Path) -> Caller:
    """Somebody who has had a tool called in the session `task`."""
    made = Caller(pi, tmp_path)
    made.env["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    pi.model.add(Call("bash", command="echo found it"), Say("It is **there**."))
    assert made.command("run", "task", "where is it?").returncode == 0
    return made


def test_show(caller: Caller) -> None:
    done = caller.command("show", "task")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nwhere is it?\n" in done.stdout
    assert "\n  bash  echo found it\n  bash  found it\n" in done.stdout
    assert done.stdout.endswith("\nIt is **there**.\n")


def test_tree(caller: Caller) -> None:
    rows = caller.command("tree", "task").stdout.splitlines()
    assert [row.split("  ", 1)[1] for row in rows] == ["you: where is it?", "◀ pi goes on here  pi: It is **there**."]


def test_export(caller: Caller) -> None:
    page = caller.command("export", "task", "--as", "html").stdout
    assert "<b>bash</b><code>echo found it</code>" in page
    assert "It is <strong>there</strong>." in page
    lines = caller.command("export", "task", "--as", "jsonl").stdout
    assert lines.encode() == caller.file("task").read_bytes()


def test_diff_and_fork(caller: Caller) -> None:
    prompt = next(row for row in called(caller, "show", "task")["entries"] if row["kind"] == "user")
    assert caller.command("fork", "task", "other", "--entry", prompt["id"]).returncode == 0
    done = caller.command("diff", "other", "task")
    assert done.returncode == 1
    assert "B continues A by 3 entries" in done.stdout
    caller.pi.model.add(Say("no"))
    caller.command("run", "other", "look again")
    assert caller.pi.model.requests[-1].texts("user") == ["where is it?", "look again"]
    assert caller.command("diff", "other", "task", "--json").stdout.startswith('{"relation": "separate"')


def called(caller: Caller, *words: str) -> dict[str, list[dict[str, str]]]:
    made: dict[str, list[dict[str, str]]] = json.loads(caller.command(*words, "--json").stdout)
    return made
