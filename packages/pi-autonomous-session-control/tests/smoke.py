"""One good and one bad path through the installed plugin; the release check runs it."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from pi_autonomous_session_control import plugin
from pi_testkit import FakePi


def smoke() -> None:
    """Run both."""
    good()
    bad()


def good() -> None:
    """Ask the mirror something."""
    assert not _ask("what files have I touched?").startswith("Not understood")


def bad() -> None:
    """Ask it what it can't know."""
    assert _ask("how tall is the tower?").startswith("Not understood")


def _ask(query: str) -> str:
    with TemporaryDirectory() as folder, FakePi(plugin) as pi:
        pi.cwd = folder
        pi.fire("session_start", reason="startup")
        answer = pi.call_tool("self", query=query)
        pi.fire("session_shutdown", reason="quit")
    assert not answer.is_error
    return answer.text
