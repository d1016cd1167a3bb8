"""One good and one bad path through the installed plugin; the release check runs it."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from pi_lane import plugin
from pi_testkit import FakePi

HEADER = {"type": "session", "version": 3, "id": "x", "timestamp": "2026-01-01T00:00:00.000Z", "cwd": "/"}


def smoke() -> None:
    """Run both."""
    good()
    bad()


def good() -> None:
    """Ask for the lanes of a session that has just begun."""
    with TemporaryDirectory() as folder, FakePi(plugin) as pi:
        pi.cwd, pi.session_file = folder, f"{folder}/session.jsonl"
        Path(pi.session_file).write_text(json.dumps(HEADER) + "\n", "utf-8")
        pi.answer("companion.call", _inside)
        pi.fire("session_start", reason="startup")
        pi.run_command("lane", "status")
        assert "main" in str([notice.message for notice in pi.notices])
        pi.fire("session_shutdown", reason="quit")


def _inside(call: dict[str, object]) -> object:
    """Answer as the plugin's module in pi would of a session without entries."""
    look = dict.fromkeys(("start", "orphan", "last", "leaf"))
    return {"look": look, "pending": 0, "ping": {"idle": True}, "follow": {"followed": False}}.get(str(call["name"]))


def bad() -> None:
    """Ask for the lanes of a session that has no file."""
    with FakePi(plugin) as pi:
        pi.fire("session_start", reason="startup")
        pi.run_command("lane", "status")
        assert "no lanes in this session" in str([notice.message for notice in pi.notices])
        pi.fire("session_shutdown", reason="quit")
