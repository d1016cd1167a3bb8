"""How facts about lanes read, for people: durations, who somebody is, who has a lane."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_lane import formats
from pi_lane._status import duration
from pi_lane.graph import Mark, one_line
from pi_lane.store import Liveness

if TYPE_CHECKING:
    from pi_lane.cli._foreign import Foreign
    from pi_lane.cli._view import Lane, View
    from pi_lane.store import Owner, Waiter

__all__ = ["marks", "owner_words", "short", "since", "tilde", "who"]

_SHORT: Final = 8


def since(moment: str) -> str:
    """Return how long ago a moment (ISO 8601) was; empty if it is none."""
    age = formats.age_s(moment)
    return "" if age is None else duration(max(0.0, age))


def short(name: str) -> str:
    """Return the beginning of an id, safe to print."""
    return one_line(name[:_SHORT])


def tilde(path: str) -> str:
    """Return a path for people, safe to print, with ``~`` for the home folder."""
    home = str(Path.home())
    return one_line(f"~{path[len(home) :]}" if path == home or path.startswith(f"{home}/") else path, 1000)


def who(somebody: Owner | Waiter) -> str:
    """Return which terminal it is."""
    place = f" on {one_line(somebody.host, 40)}" if somebody.host not in {"", socket.gethostname()} else ""
    return f"{one_line(somebody.label, 60) or f'pid {somebody.pid}'}{place}"


def owner_words(lane: Lane, view: View) -> tuple[str, bool]:
    """Return who has a lane, or an empty text, and whether something is wrong with that."""
    owner = lane.state.owner
    if lane.problem:
        return lane.problem, True
    if lane.foreign and (lane.foreign.fresh or owner is None):
        return _foreign_words(lane.foreign)
    if owner is None:
        return "", False
    what = f"{one_line(owner.purpose, 20) or 'lease'} for {since(owner.acquired_at) or 'a while'}, {who(owner)}"
    match view.liveness.get(owner.instance_id):
        case Liveness.PAUSED:
            return f"paused: {what}", True
        case Liveness.DEAD:
            return f"dead: {what}", True
    return what, False


def _foreign_words(claim: Foreign) -> tuple[str, bool]:
    process = f", pid {claim.pid}" if claim.pid is not None else ""
    age = f" for {since(claim.since)}" if since(claim.since) else ""
    what = f"{claim.tool}{age}{process}"
    return (what, False) if claim.fresh else (f"expired lock of {what}", True)


def marks(view: View) -> list[Mark]:
    """Return the lanes for the picture of the session, the asking terminal's own first."""
    found = []
    for lane in sorted(view.lanes, key=lambda lane: lane.name != view.current):
        words, trouble = owner_words(lane, view)
        waiting = f"{', ' if words else ''}{len(lane.state.queue)} waiting" if lane.state.queue else ""
        current = lane.name == view.current and view.identity.instance_id is not None
        found.append(Mark(lane.name, lane.head, lane.epoch, f"{words}{waiting}", trouble, current))
    return found
