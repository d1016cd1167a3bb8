from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from pi_host.cli import _story
from pi_host.cli._app import app

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from cli_support import User


def test_the_session_goes_as_scripted_without_pi_node_or_key(bare: User) -> None:
    done = bare("demo", "plugins", "--json")
    (told,) = json.loads(done.stdout)["acts"].values()
    assert done.returncode == 0
    assert [check for check, held in told["checks"].items() if not held] == []
    assert told["pi"] == "1.5.2"
    kinds = [step["kind"] for step in told["steps"]]
    assert kinds == ["user", "prompt", "offer", "request", "call", "pass", "result", "call", "ask", "block", "answer"]


def test_without_a_terminal_it_is_plain_text(bare: User) -> None:
    done = bare("demo", "plugins", COLUMNS="44")
    assert done.returncode == 0
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f]", done.stdout) == []
    assert max(map(len, done.stdout.split("\n\nThe plugins are in")[0].splitlines())) <= 44
    assert "9 of 9 checks hold" in done.stdout


def test_a_picture_of_it_needs_nothing_from_elsewhere(bare: User, tmp_path: Path) -> None:
    assert bare("demo", "plugins", "--record", str(tmp_path / "demo.svg")).returncode == 0
    picture = (tmp_path / "demo.svg").read_text()
    ET.fromstring(picture)  # noqa: S314  # our own file
    assert "url(http" not in picture
    assert "permission_gate" in picture


def test_a_session_that_does_not_go_as_scripted_ends_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in _story.PLUGINS:
        (tmp_path / f"{name}.py").write_text((_story.FOLDER / f"{name}.py").read_text())
    (tmp_path / "permission_gate.py").write_text("")
    monkeypatch.setattr(_story, "FOLDER", tmp_path)
    done = CliRunner().invoke(app, ["demo", "plugins"])
    assert done.exit_code == 1
    assert "not as scripted: the build folder is still there" in done.output


def test_without_the_test_kit_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pi_testkit", None)
    done = CliRunner().invoke(app, ["demo"])
    assert "pip install 'pi-host[demo]'" in str(done.exception)


def test_an_act_that_there_is_not_is_refused_with_those_there_are(bare: User) -> None:
    done = bare("demo", "opera")
    assert done.returncode == 1
    assert "there is no act 'opera'; there are plugins" in done.stderr
