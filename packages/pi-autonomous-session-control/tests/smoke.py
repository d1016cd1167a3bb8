"""One good and one bad path through the installed plugin; the release check runs it."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from pi_autonomous_session_control import plugin
from pi_testkit import FakePi


def smoke() -> None:
    """Ask the mirror something, and something empty."""
    with TemporaryDirectory() as folder, FakePi(plugin) as pi:
        pi.cwd = folder
        pi.fire("session_start", reason="startup")
        assert not pi.call_tool("self", query="what files have I touched?").is_error
        assert pi.call_tool("self", query="").text
        pi.fire("session_shutdown", reason="quit")
