"""``pi-self status``, ``loops`` and ``timeline``: a session from outside, read from the log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from pi_autonomous_session_control.cli._app import app
from pi_autonomous_session_control.mirror import Call, Change, Event, Log, Record, SessionRow, Turn, log_path
from pi_autonomous_session_control.mirror import Result as Outcome
from pi_host.sessionfile import append, create

if TYPE_CHECKING:
    from pathlib import Path


def run(*args: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, list(args), env={"COLUMNS": "100", "NO_COLOR": "1"})
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def work(tmp_path: Path, agent_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    assert not agent_dir.exists()
    return work


@pytest.fixture
def recorded(work: Path) -> Path:
    """A session of two branches: the one that was left has a loop and a file of its own."""
    file = work.parent / "s.jsonl"
    create(file, cwd=str(work), session_id="session-abc")
    first = append(file, {"type": "message", "message": {"role": "user", "content": "go"}})
    left = append(file, {"type": "message", "message": {"role": "user", "content": "left"}})
    entry: dict[str, Any] = {"type": "message", "message": {"role": "user", "content": "here"}}
    append(file, entry, parent_id=first)
    events: list[Event] = [
        Turn(at=1, entry=first),
        Change(at=2, entry=first, path="a.py", op="create", by="edit"),
        Change(at=3, entry=left, path="b.py", op="create", by="bash"),
    ]
    for number in range(3):
        at, call = 10 + 2 * number, f"c{number}"
        events.append(Call(at=at, entry=left, call=call, tool="bash", what="make", digest="m"))
        events.append(
            Outcome(at=at + 1, entry=left, call=call, tool="bash", what="make", failed=True, message="boom", digest="d")
        )
    log = Log(log_path())
    log.begin(SessionRow("session-abc", str(file), str(work), None, 5))
    log.write([Record("run1", number, "session-abc", event) for number, event in enumerate(events)])
    log.close()
    return file


def test_status_tells_the_branch_that_the_file_stands_at(recorded: Path) -> None:
    told = json.loads(run("status", "--json").stdout)
    assert (told["session"], told["turns"], list(told["files"])) == ("session-abc", 1, ["a.py"])
    assert told["errors"] == 0
    text = run("status", "--session", str(recorded)).stdout
    assert "create  a.py  edit 1x" in text


def test_a_session_is_named_by_the_beginning_of_its_id(recorded: Path) -> None:
    assert recorded.exists()
    assert "session-abc" in run("status", "-s", "session").stdout
    assert "0 recorded sessions" in run("status", "-s", "other", code=1).stderr


def test_loops_end_with_1_if_there_are_any(recorded: Path) -> None:
    assert run("loops").stdout == "no loops\n"
    recorded.write_text("".join(recorded.read_text().splitlines(keepends=True)[:3]))  # back to the other branch
    found = run("loops", code=1).stdout
    assert "command_loop 3x" in found
    assert json.loads(run("loops", "--json", code=1).stdout)["loops"][0]["count"] == 3


def test_timeline_draws_one_branch_or_all(recorded: Path) -> None:
    assert recorded.exists()
    assert "b.py" not in run("timeline").stdout
    assert "b.py" in run("timeline", "--all").stdout
    assert json.loads(run("timeline", "--json").stdout)["session"] == "session-abc"


def test_timeline_writes_a_page(recorded: Path, tmp_path: Path) -> None:
    assert recorded.exists()
    target = tmp_path / "t.html"
    assert run("timeline", "--html", str(target)).stdout == f"wrote {target}\n"
    assert "<svg" in target.read_text()
    assert "there is no such folder" in run("timeline", "--html", str(tmp_path / "no" / "t.html"), code=1).stderr


def test_without_a_log_it_says_what_to_do(work: Path) -> None:
    assert work.exists()
    assert "run pi with the plugin" in run("status", code=1).stderr


def test_in_a_folder_without_a_session_it_says_how_to_name_one(
    recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert recorded.exists()
    monkeypatch.chdir(tmp_path)
    assert "--session" in run("status", code=1).stderr


def test_memory_and_route_are_there(work: Path) -> None:
    assert work.exists()
    assert "perception" in run("route", "what files have I touched?").stdout
    assert "add" in run("memory", "--help").stdout


def test_the_version_and_the_help_are_shown(work: Path) -> None:
    assert work.exists()
    assert run("--version").stdout.startswith("pi-self ")
    assert run("-h").stdout == run("--help").stdout


@pytest.mark.parametrize(
    "command",
    [
        *("status", "loops", "timeline", "route", "memory list", "memory search", "memory add", "memory edit"),
        *("memory forget", "memory export", "memory import", "memory stats", "memory backup", "memory restore"),
    ],
)
def test_the_help_of_each_command_has_an_example(command: str) -> None:
    assert f"pi-self {command}" in run(*command.split(), "-h").stdout.partition("Examples")[2]
