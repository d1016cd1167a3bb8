"""One good and one bad path through the installed plugin; the release check runs it."""

from __future__ import annotations

from pi_testkit import FakePi
from pi_trace_headers import plugin


def smoke() -> None:
    """Run both."""
    good()
    bad()


def good() -> None:
    """Show the state with a gateway that is known."""
    with FakePi(plugin, config={"plugins": {"plugin": {"gateway": "opper"}}}) as pi:
        pi.fire("session_start", reason="startup")
        pi.run_command("trace")
        assert pi.notices
        assert not pi.problems


def bad() -> None:
    """Say that a gateway is not known."""
    with FakePi(plugin, config={"plugins": {"plugin": {"gateway": "nobody-knows-it"}}}) as pi:
        pi.fire("session_start", reason="startup")
        assert "nobody-knows-it" in str([notice.message for notice in pi.notices])
