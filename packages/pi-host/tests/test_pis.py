from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pi_host._errors import HandledError
from pi_host.pis import find_pi

if TYPE_CHECKING:
    from pathlib import Path


def test_without_any_pi_the_error_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PI_HOST_PI", raising=False)
    monkeypatch.setitem(sys.modules, "pi_testkit", None)
    with pytest.raises(
        HandledError, match=r"no pi found; install it with `npm install -g .*pip install 'pi-host\[demo\]'"
    ):
        find_pi(None)


def test_a_script_that_is_not_executable_is_run_by_node(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\n")
    node.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    script = tmp_path / "cli.js"
    script.write_text("")
    assert find_pi(str(script)).argv == (str(node), str(script))


def test_the_version_of_a_pi_that_is_no_package_is_asked_for(tmp_path: Path) -> None:
    program = tmp_path / "pi"
    program.write_text("#!/bin/sh\necho 1.4.0\n")
    program.chmod(0o755)
    found = find_pi(str(program))
    assert (found.version, found.node) == ("1.4.0", None)
