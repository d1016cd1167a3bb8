"""What a person is told about a lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_lane.formats import age_s
from pi_lane.store import Liveness

if TYPE_CHECKING:
    from pi_lane.lease import LaneView

__all__ = ["duration", "waiting_text"]

_MINUTE_S = 60
_HOUR_S = 3600


def duration(seconds: float) -> str:
    """Return a time span as a person says it, such as ``2 min``."""
    if seconds < _MINUTE_S:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    return f"{seconds / _HOUR_S:.1f} h"


def waiting_text(lane: str, view: LaneView) -> str:
    """Return who a terminal waits for, for its status line."""
    owner = view.state.owner
    if view.foreign is not None:
        who = view.foreign
    elif owner is None:
        who = "its turn"
    else:
        since = age_s(owner.acquired_at)
        who = f"{owner.label}, busy since {duration(since)}" if since is not None else owner.label
    place = f", place {view.place} in line" if view.place is not None and view.place > 1 else ""
    if view.owner_is is Liveness.PAUSED:
        return f"lane {lane}: {who} seems stopped; /lane take takes over, Esc calls off"
    return f"lane {lane}: waiting for {who}{place}; Esc calls off"
