"""What the registry knows about one external id."""

from __future__ import annotations

from pathlib import Path

import msgspec

__all__ = ["Checkpoint", "Record"]


class Checkpoint(msgspec.Struct, frozen=True):
    """What was in a session file when a run had settled. pi only appends, so this must stay its beginning.

    Attributes:
        size: so many bytes were in it.
        sha256: of those bytes, in hexadecimal.
        at: when (ISO 8601).
    """

    size: int
    sha256: str
    at: str


class Record(msgspec.Struct, frozen=True):
    """What is known about one external id.

    Attributes:
        external_id: as it was first given, character by character.
        created: when it was first used (ISO 8601).
        updated: when something of this last changed (ISO 8601).
        pi_file: the session file that the id stands for now.
        parent: external id of the session that this one was forked from.
        name: what pi shows as the session's name.
        checkpoint: the end of the last settled run; ``None`` before it, and while the file is being rewritten.
        pi_session_id: pi's own id of the session.
        pi_version: the pi that ran last.
    """

    external_id: str
    created: str
    updated: str
    pi_file: Path
    parent: str | None = None
    name: str | None = None
    checkpoint: Checkpoint | None = None
    pi_session_id: str | None = None
    pi_version: str | None = None
