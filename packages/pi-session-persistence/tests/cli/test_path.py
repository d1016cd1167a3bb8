from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pi_session_persistence import PersistenceError, Registry
from pi_session_persistence.cli._app import app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "ids"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PI_SESSION_COMPAT", raising=False)
    return Registry(tmp_path / "ids")


def test_the_path_of_an_id_is_shown_whether_it_was_used_or_not(registry: Registry, tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["path", "../x"]).output == f"{registry.path_of('../x')}\n"
    assert registry.records() == []
    registry.claim("../x", file=tmp_path / "f.jsonl")
    assert CliRunner().invoke(app, ["path", "../x"]).output == f"{tmp_path / 'f.jsonl'}\n"


def test_the_gsd_rule_can_be_asked_for(registry: Registry, tmp_path: Path) -> None:
    expected = tmp_path / ".gsd-cloud" / "pi-sessions" / "a_b.jsonl"
    assert CliRunner().invoke(app, ["path", "a/b", "--compat", "gsd"]).output == f"{expected}\n"
    assert registry.records() == []


def test_a_forgotten_id_is_gone_and_its_file_is_not(registry: Registry) -> None:
    file = registry.claim("task").pi_file
    file.touch()
    assert CliRunner().invoke(app, ["forget", "task"]).exit_code == 0
    assert registry.get("task") is None
    assert file.exists()
    assert isinstance(CliRunner().invoke(app, ["forget", "task"]).exception, PersistenceError)
