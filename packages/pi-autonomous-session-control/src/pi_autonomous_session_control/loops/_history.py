"""All loops that a session ever was in, the ones that ended included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.loops._find import find
from pi_autonomous_session_control.mirror import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_autonomous_session_control.loops._records import Pattern
    from pi_autonomous_session_control.mirror import Event

__all__ = ["history"]

#: Events before a step that can matter for it: the window of steps, with what goes with each.
_REACH: Final = 400


def history(events: Sequence[Event]) -> list[Pattern]:
    """Return every loop that showed at some step of ``events``, ordered by time, each as it was at its longest."""
    found: dict[tuple[str, str, int], Pattern] = {}
    for index, event in enumerate(events):
        if not isinstance(event, Result):
            continue
        for pattern in find(events[max(index - _REACH, 0) : index + 1]):
            if pattern.is_loop:
                found[pattern.type, pattern.key, pattern.first_seen] = pattern
    return sorted(found.values(), key=lambda pattern: (pattern.first_seen, pattern.last_seen))
