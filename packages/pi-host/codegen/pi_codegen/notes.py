"""The hand-written notes: what pi's declarations do not say about its events."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["OLDEST", "EventNote", "FieldNote", "Notes", "load_notes"]

#: The oldest pi that is supported; what it has needs no version.
OLDEST = "0.74.2"


class FieldNote(msgspec.Struct, forbid_unknown_fields=True):
    """What a field means, and what differs from the rule."""

    doc: str
    since: str | None = None
    name: str | None = None
    type: str | None = None


class EventNote(msgspec.Struct, forbid_unknown_fields=True):
    """What is known about one event beside its types."""

    group: str
    summary: str
    when: str
    example: str
    policy: str = "observe"
    since: str = OLDEST
    closed: bool = False
    awaited: bool = True
    detached: bool = False
    inplace: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    fields: dict[str, FieldNote | str] = {}
    answers: dict[str, FieldNote | str] = {}


class Notes(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    integers: tuple[str, ...]
    omitted: tuple[str, ...]
    optional: tuple[str, ...]
    groups: dict[str, str]
    policies: dict[str, str]
    events: dict[str, EventNote]


def load_notes(path: Path) -> Notes:
    """Read the notes and check that they agree with themselves.

    Raises:
        ValueError: an event names a group or a policy that is not described.
    """
    notes = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Notes)
    for name, event in notes.events.items():
        if event.group not in notes.groups or event.policy not in notes.policies:
            raise ValueError(
                f"event {name!r}: describe group {event.group!r} and policy {event.policy!r} in {path.name}"
            )
    return notes
