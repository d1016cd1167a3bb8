"""One good and one bad path through the installed plugin; the release check runs it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from pi_lane import plugin
from pi_lane.runtime import SessionPaths
from pi_testkit import FakePi


def smoke() -> None:
    """Ask for the lanes of a session that has no file, and for the places of one that has."""
    with FakePi(plugin) as pi:
        pi.fire("session_start", reason="startup")
        pi.run_command("lane", "status")
        assert "no lanes" in str([notice.message for notice in pi.notices])
        pi.fire("session_shutdown", reason="quit")
    with TemporaryDirectory() as folder:
        assert SessionPaths(Path(folder), "key").lane_names() == []
