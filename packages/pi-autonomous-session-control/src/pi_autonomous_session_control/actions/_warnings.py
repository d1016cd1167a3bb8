"""Warnings about loops, pushed into the conversation; only where the user asked for them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pi_autonomous_session_control.mirror import Warned

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_autonomous_session_control.loops import Pattern
    from pi_host import Context

__all__ = ["Warnings"]


class Warnings:
    """What the agent was warned of.

    Args:
        threshold: how often something repeats before the agent is told.
    """

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self._told: dict[tuple[str, str], int] = {}

    def push(self, patterns: Iterable[Pattern], ctx: Context) -> Warned | None:
        """Warn of the worst loop, again only when it has doubled; may be called from any thread.

        Returns:
            What to write down, ``None`` if there was nothing to warn of.
        """
        for pattern in patterns:
            key = (pattern.type, pattern.key)
            due = max(self._threshold, 2 * self._told.get(key, 0))
            if not pattern.is_loop or pattern.count < due:
                continue
            self._told[key] = pattern.count
            text = f"You seem to go in circles: {pattern.explanation}. {pattern.suggestion}"
            ctx.pi.send_message(
                "self-loop", text, details={"type": pattern.type, "key": pattern.key}, deliver_as="steer"
            )
            at = time.time_ns() // 1_000_000
            return Warned(at=at, entry=ctx.session.leaf_id, type=pattern.type, key=pattern.key, count=pattern.count)
        return None
