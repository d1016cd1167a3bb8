"""Follow-ups: prompts that the agent queued for later, delivered when they are due."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pi_autonomous_session_control.mirror import Queued
    from pi_host import Context

__all__ = ["Followups"]

#: So many runs at most follow on each other without a word of the user.
_MOST_IN_A_ROW: Final = 3
_MS: Final = 1000
_LONGEST: Final = 86_400.0


class Followups:
    """The follow-ups of a session. For the event loop's thread only.

    Args:
        delivered: is called with the id of each that was delivered.
    """

    def __init__(self, delivered: Callable[[str], None]) -> None:
        self._delivered = delivered
        self._waiting: dict[str, Queued] = {}
        self._left: dict[str, int] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._in_a_row = 0
        self._held = False
        self._sent: set[str] = set()

    def add(self, followup: Queued, ctx: Context) -> None:
        """Deliver ``followup`` when it is due."""
        self._waiting[followup.id] = followup
        if followup.turns is not None:
            self._left[followup.id] = followup.turns
        if followup.due is not None:
            self._arm(followup, ctx)

    def restore(self, followups: Iterable[Queued], ctx: Context) -> None:
        """Take over what an earlier process left; what was due meanwhile waits for the end of the next run."""
        for followup in followups:
            if followup.id not in self._waiting:
                self._waiting[followup.id] = followup
                if followup.due is not None and followup.due > time.time() * _MS:
                    self._arm(followup, ctx)

    def prompt(self, text: str) -> None:
        """A run begins with this prompt."""
        if text not in self._sent:
            self._in_a_row, self._held = 0, False

    def turn(self) -> None:
        """A turn is complete."""
        self._left = {name: left - 1 for name, left in self._left.items()}

    def settled(self, ctx: Context) -> None:
        """A run is over: deliver what waits for that, the oldest first, one at a time."""
        now = time.time() * _MS
        for followup in self._waiting.values():
            late = followup.due is not None and followup.due <= now
            if late or (followup.due is None and self._left.get(followup.id, 0) <= 0):
                self._deliver(followup, ctx)
                return

    def close(self) -> None:
        """Deliver nothing any more; what waits stays in the log."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _arm(self, followup: Queued, ctx: Context) -> None:
        seconds = min(max((followup.due or 0) / _MS - time.time(), 0), _LONGEST)
        self._timers[followup.id] = asyncio.get_running_loop().call_later(seconds, self._due, followup, ctx)

    def _due(self, followup: Queued, ctx: Context) -> None:
        if (followup.due or 0) > time.time() * _MS:
            self._arm(followup, ctx)  # farther away than a timer reaches
        elif followup.id in self._waiting:
            self._deliver(followup, ctx)

    def _deliver(self, followup: Queued, ctx: Context) -> None:
        if self._in_a_row >= _MOST_IN_A_ROW:
            if not self._held:
                self._held = True
                ctx.ui.notify(f"{_MOST_IN_A_ROW} follow-ups ran in a row; the next one waits for a prompt of yours")
            return
        self._in_a_row += 1
        del self._waiting[followup.id]
        self._left.pop(followup.id, None)
        context = f"\n\n{followup.context}" if followup.context else ""
        text = f"[self] The follow-up you queued: {followup.text}{context}"
        self._sent.add(text)
        ctx.pi.send_user_message(text, deliver_as="followUp")
        self._delivered(followup.id)
