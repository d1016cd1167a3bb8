"""One good and one bad path through the installed plugin; the release check runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pi_session_persistence import plugin
from pi_testkit import FakePi


def smoke() -> None:
    """Run both."""
    good()
    bad()


def good() -> None:
    """Ask for the id of a session that has none."""
    with FakePi(plugin) as pi:
        pi.fire("session_start", reason="startup")
        pi.run_command("session-id")
        assert "no external id" in str([notice.message for notice in pi.notices])


def bad() -> None:
    """Check a damaged file."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "torn.jsonl"
        file.write_text(
            '{"type":"session","version":3,"id":"x","timestamp":"2026-01-01T00:00:00.000Z","cwd":"/"}\n{"ty'
        )
        command = [sys.executable, "-I", "-c", "from pi_session_persistence.cli import main; main()", "fsck", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 1, done
        assert "torn" in done.stdout
