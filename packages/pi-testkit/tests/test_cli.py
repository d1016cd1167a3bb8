from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pi_testkit.cli import app
from pi_testkit.pis import PI_VERSIONS, provision

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run() -> CliRunner:
    return CliRunner()


def test_fetch_all_gives_every_install_as_json(run: CliRunner) -> None:
    result = run.invoke(app, ["fetch", "--all", "--json"])
    assert [row["version"] for row in json.loads(result.stdout)] == list(PI_VERSIONS)


def test_fetch_takes_versions(run: CliRunner) -> None:
    install = provision("0.74.2")
    assert run.invoke(app, ["fetch", "0.74.2"]).stdout == f"pi 0.74.2: {install.node} {install.cli}\n"


def test_where_gives_the_newest_by_default(run: CliRunner) -> None:
    install = provision()
    row = json.loads(run.invoke(app, ["where", "--json"]).stdout)[0]
    assert (row["version"], row["cli"]) == (PI_VERSIONS[0], str(install.cli))


def test_where_says_how_to_fetch_what_is_missing(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PI_TESTKIT_CACHE", str(tmp_path))
    result = run.invoke(app, ["where", "0.87.1"])
    assert result.exit_code == 1
    assert "run 'pi-testkit fetch 0.87.1'" in result.stderr


@pytest.mark.parametrize("command", ["fetch", "where"])
def test_an_unknown_version_is_an_error_without_a_traceback(run: CliRunner, command: str) -> None:
    result = run.invoke(app, [command, "9.9"])
    assert result.exit_code == 1
    assert "unknown pi version '9.9'" in result.stderr
    assert result.stdout == ""
