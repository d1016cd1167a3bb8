"""Killed at any moment, a session is in one place, and what comes next finishes what was begun."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import retention_support

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("what", "least"), [("prune", 15), ("restore", 10), ("delete", 6)])
def test_a_session_is_in_one_place_whenever_its_move_is_killed(what: str, least: int, tmp_path: Path) -> None:
    support = retention_support.__file__
    done = subprocess.run(
        [sys.executable, support, what, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(os.path.dirname(support))},  # noqa: PTH120  # a text
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > least, "it was killed at fewer moments than there are changes"
