"""Traps that fire: each tool call is held against them before it runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pi_host import Block

if TYPE_CHECKING:
    from pi_autonomous_session_control._learned import Learned
    from pi_autonomous_session_control.traps import Hit, Outcome
    from pi_host import Context

__all__ = ["Guard"]


class Guard:
    """The traps of a session.

    Args:
        learned: where they are kept.
        session: pi's id of the session.
    """

    def __init__(self, learned: Learned, session: str) -> None:
        self._learned = learned
        self._session = session

    def hits(self, tool: str, given: dict[str, Any], cwd: str) -> list[Hit]:
        """Return the traps that a call steps into, the strongest first."""
        from pi_autonomous_session_control.memory import MemoryStoreError  # noqa: PLC0415  # loaded by now
        from pi_autonomous_session_control.traps import ToolCall, match  # noqa: PLC0415  # as above

        try:
            traps = self._learned.traps.all(self._learned.place.scopes)
        except MemoryStoreError as error:
            self._learned.say(f"no trap fires while the memory can't be read: {error}")
            return []
        return match(traps, ToolCall(tool=tool, input=given, cwd=cwd)) if traps else []

    async def decide(self, hits: list[Hit], tool: str, ctx: Context) -> tuple[Outcome, Block | None]:
        """Tell, ask or refuse, count it, and return what came of it with the answer for pi."""
        from pi_autonomous_session_control.traps import strongest  # noqa: PLC0415  # loaded by now

        level = strongest(hits)
        told = "; ".join(f"{hit.trap.description} (trap {hit.trap.id}, on {hit.found!r})" for hit in hits)
        outcome: Outcome = "noted"
        if level == "block":
            outcome = "blocked"
        elif level == "confirm":
            outcome = "blocked"
            if ctx.has_ui:
                allowed = await ctx.ui.confirm(f"Trap: {tool}", f"{told}\n\nRun it all the same?")
                outcome = "allowed" if allowed else "refused"
        await asyncio.to_thread(self._count, hits, outcome, tool)
        if outcome in {"blocked", "refused"}:
            who = "the user refused it" if outcome == "refused" else "it is blocked"
            return outcome, Block(f"This call steps into a trap and {who}: {told}")
        if outcome == "noted":
            ctx.ui.notify(f"trap: {told}", "warning")
            ctx.pi.send_message("self-trap", f"Note: {tool} steps into a trap: {told}", deliver_as="steer")
        return outcome, None

    def _count(self, hits: list[Hit], outcome: Outcome, tool: str) -> None:
        from pi_autonomous_session_control.memory import MemoryStoreError  # noqa: PLC0415  # loaded by now

        try:
            self._learned.traps.fired(hits, outcome, tool=tool, session=self._session)
            self._learned.publish()
        except MemoryStoreError as error:
            self._learned.say(f"the hits of traps are not counted: {error}")
