"""Real processes on one lane, killed and stopped as they go; the long version is ``stress/store.py``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

STRESS = Path(__file__).parents[1] / "stress" / "store.py"


def stressed(folder: Path, *options: str) -> dict[str, Any]:
    """Do a run, and return its figures."""
    done = subprocess.run(
        [sys.executable, str(STRESS), "--json", "--folder", str(folder), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.stdout, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == bool(figures["violations"]), done.stderr
    return figures


def test_l_x9_many_processes_take_turns_and_nobody_is_left_out(tmp_path: Path) -> None:
    figures = stressed(tmp_path, "--processes", "12", "--turns", "5", "--seconds", "40")
    assert figures["violations"] == []
    # A process that the machine did not let run for long counts as paused here; its turn is then refused.
    assert figures["moves"] + figures["refused"] == 12 * 5


def test_l_x5_a_killed_owner_is_followed_within_half_a_second(tmp_path: Path) -> None:
    figures = stressed(
        tmp_path, *("--processes", "6", "--seconds", "4", "--kill-every", "0.3", "--stop-every", "0", "--turn-ms", "40")
    )
    assert figures["violations"] == []
    assert figures["killed_owners"] > 0
    assert figures["recovery_median_ms"] < 500


def test_l_x10_whoever_is_killed_or_stopped_there_are_never_two_owners(tmp_path: Path) -> None:
    figures = stressed(tmp_path, "--processes", "12", "--seconds", "4", "--clock-jumps", "--turn-ms", "10")
    assert figures["violations"] == []
    assert figures["kills"] > 0
    assert figures["grants"] > 0
