"""The words `bundle` and `unbundle`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from session_stage import Tale
from typer.testing import CliRunner

from pi_session_persistence import Registry
from pi_session_persistence.bundle import BundleError
from pi_session_persistence.cli._app import app


@pytest.fixture(autouse=True)
def _machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "here"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PI_SESSION_COMPAT", raising=False)
    monkeypatch.chdir(tmp_path)
    tale = Tale()
    tale.turn("a question", "an answer")
    tale.write(Registry().claim("TASK").pi_file)


def call(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def test_a_session_is_named_by_its_id_and_keeps_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, out = call("bundle", "TASK", "--out", "task.zip")
    assert (code, out) == (0, f"task.zip: {Path('task.zip').stat().st_size}B\n")
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "there"))
    file = Registry().path_of("TASK")
    assert call("unbundle", "task.zip", "--cwd", ".") == (0, f"TASK: {file}\n")
    assert call("unbundle", "task.zip", "--cwd", ".") == (0, f"TASK: {file} (was here before)\n")
    with pytest.raises(BundleError, match="--as"):
        call("unbundle", "task.zip")


def test_a_folder_that_is_not_here_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    call("bundle", "TASK", "--out", "task.zip")
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "there"))
    code, out = call("unbundle", "task.zip", "--map", "/work=/nowhere", "--as", "OTHER")
    assert code == 0
    assert "'/nowhere/proj', which is not here" in out


def test_programs_read_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = json.loads(call("bundle", "TASK", "--out", "task.zip", "--json")[1])
    assert made == {
        "file": "task.zip",
        "sessions": [str(Registry().path_of("TASK"))],
        "outputs": 0,
        "size": Path("task.zip").stat().st_size,
    }
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "there"))
    landed = json.loads(call("unbundle", "task.zip", "--cwd", str(tmp_path), "--json")[1])
    assert landed == {
        "external_id": "TASK",
        "file": str(Registry().path_of("TASK")),
        "cwd": str(tmp_path),
        "was_there": False,
        "differs": False,
    }


@pytest.mark.parametrize("move", ["/work", "work=/srv", "/work=srv"])
def test_a_move_names_two_folders(move: str) -> None:
    call("bundle", "TASK", "--out", "task.zip")
    assert call("unbundle", "task.zip", "--map", move)[0] == 2
