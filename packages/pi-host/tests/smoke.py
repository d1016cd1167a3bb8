"""One good and one bad path through the installed host; the release check runs it."""

from __future__ import annotations

from pi_host import Block, hookimpl
from pi_testkit import FakePi


class Gate:
    """A plugin that lets nothing be removed."""

    @hookimpl
    def tool_call(self, event: object) -> Block | None:
        """Block it."""
        return Block("not that") if "rm" in str(getattr(event, "input", "")) else None


class Broken:
    """A plugin that fails."""

    @hookimpl
    def turn_start(self) -> None:
        """Fail."""
        raise RuntimeError("on purpose")


def smoke() -> None:
    """Run both."""
    good()
    bad()


def good() -> None:
    """Fire an event that is answered."""
    with FakePi(Gate()) as pi:
        assert pi.fire("tool_call", toolName="bash", input={"command": "ls"}).answer is None
        assert pi.fire("tool_call", toolName="bash", input={"command": "rm x"}).answer["block"]


def bad() -> None:
    """Fire one at which a plugin fails."""
    with FakePi(Broken()) as pi:
        assert "on purpose" in str(pi.fire("turn_start", turnIndex=0, timestamp=1).problems)
