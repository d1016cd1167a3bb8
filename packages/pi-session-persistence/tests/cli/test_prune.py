"""The words `prune` and `trash`."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from session_stage import BEGIN_MS, DAY_MS, Tale
from typer.testing import CliRunner

from pi_session_persistence import Registry, lock
from pi_session_persistence.catalogue import PINNED, Tags
from pi_session_persistence.cli._app import app

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["s0", "s1", "s2", "s3"]


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four sessions of four days, the oldest first; nobody wrote to them for long."""
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "ids"))
    monkeypatch.setenv("PI_CODING_AGENT_DIR", str(tmp_path / "agent"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("PI_SESSION_ROOTS", "PI_CODING_AGENT_SESSION_DIR", "PI_SESSION_COMPAT"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "agent" / "sessions" / "--work--"
    for number, name in enumerate(NAMES):
        tale = Tale(name, at=BEGIN_MS + number * DAY_MS, prefix=name)
        tale.turn(f"question of {name}", "an answer", cost=number)
        os.utime(tale.write(folder / f"{name}.jsonl"), (BEGIN_MS / 1000, BEGIN_MS / 1000))
    return folder


def call(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def outcomes(*words: str) -> dict[str, str]:
    """What came of each session, with the reason."""
    _, out = call("prune", "--json", *words)
    lines: list[dict[str, Any]] = [json.loads(line) for line in out.splitlines()]
    return {line["session_id"]: line.get("why", line["outcome"]) for line in lines}


def there(sessions: Path) -> list[str]:
    return sorted(path.stem for path in sessions.glob("*.jsonl"))


def test_without_yes_nothing_is_moved(sessions: Path) -> None:
    code, out = call("prune", "--older-than", "90d")
    assert code == 0
    assert "4 would go to the trash" in out
    assert "question of s0" in out
    assert there(sessions) == NAMES


def test_they_go_and_come_back(sessions: Path) -> None:
    Registry().claim("TASK", file=sessions / "s1.jsonl")
    code, out = call("prune", "--older-than", "90d", "--keep-newest", "2", "--yes")
    assert (code, there(sessions)) == (0, ["s2", "s3"])
    assert "2 moved to the trash" in out
    listed = call("trash")[1]
    assert "TASK" in listed
    assert "question of s0" in listed
    assert call("trash", "restore", "TASK", "s0") == (
        0,
        f"{sessions / 's1.jsonl'} is back\n{sessions / 's0.jsonl'} is back\n",
    )
    assert there(sessions) == NAMES
    assert call("trash") == (0, "the trash is empty\n")


def test_programs_learn_what_stays_and_why(sessions: Path) -> None:
    Tags().change("s0", add=[PINNED])
    os.utime(sessions / "s1.jsonl")
    with lock(sessions / "s2.jsonl", what="a test"):
        found = outcomes("--older-than", "90d", "--yes")
    assert found.pop("s2").startswith("in use by a test")
    assert found == {"s0": "pinned", "s1": "written to within the last day", "s3": "moved"}
    assert there(sessions) == ["s0", "s1", "s2"]


def test_limits_and_what_is_kept(sessions: Path) -> None:
    size = (sessions / "s0.jsonl").stat().st_size
    assert outcomes("--max-size", f"{2 * size + 50}B") == {"s0": "goes", "s1": "goes"}
    kept = outcomes("--older-than", "1w", "--keep-cost", "3", "--keep-newest", "1", "--per-folder")
    assert kept == {"s0": "goes", "s1": "goes", "s2": "goes", "s3": "it cost too much to go"}
    assert outcomes("--keep-newest", "3") == {"s0": "goes"}


def test_what_was_pruned_is_deleted_only_when_told_to(sessions: Path) -> None:
    call("prune", "--keep-newest", "3", "--yes")
    assert "1 would be deleted" in call("trash", "empty")[1]
    assert call("trash", "empty", "--older-than", "30d", "--yes") == (0, "0 deleted, 0B\n")
    code, out = call("trash", "empty", "--yes")
    assert (code, out.startswith("1 deleted")) == (0, True)
    assert call("trash", "--json") == (0, "")
    assert {path.suffix for path in sessions.iterdir()} == {".jsonl"}


def test_one_can_be_deleted_by_its_name(sessions: Path) -> None:
    call("prune", "--keep-newest", "2", "--yes")
    assert call("trash", "empty", "s1", "--yes")[1].startswith("1 deleted")
    assert call("trash", "restore", "s0")[0] == 0
    assert there(sessions) == ["s0", "s2", "s3"]


@pytest.mark.parametrize(
    "words",
    [
        ["prune"],
        ["prune", "--keep-cost", "5"],
        ["prune", "--per-folder", "--older-than", "3d"],
        ["prune", "--older-than", "soon"],
        ["prune", "--max-size", "2"],
        ["trash", "restore"],
        ["trash", "list", "s0"],
        ["trash", "empty", "--json", "--yes", "--older-than", "x"],
        ["trash", "--yes"],
    ],
)
def test_what_makes_no_sense_is_wrong_usage(words: list[str], sessions: Path) -> None:
    assert call(*words)[0] == 2
    assert there(sessions) == NAMES
