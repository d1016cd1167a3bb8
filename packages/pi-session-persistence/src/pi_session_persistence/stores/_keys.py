"""Under which keys the parts of a session are in a store."""

from __future__ import annotations

from pi_session_persistence.mapping import file_name

__all__ = ["DAMAGED", "KEPT", "folder", "head_key", "is_stray", "segment_key"]

#: Begins the names of generations that the head does not go on from.
KEPT = "kept-"

#: Begins the names of heads that could not be read and were replaced.
DAMAGED = "damaged-"

_HEAD = "head.json"


def folder(session: str) -> str:
    """Return the beginning of the keys of a session.

    Raises:
        InvalidIdError: no session can be called so.
    """
    return f"sessions/{file_name(session).removesuffix('.jsonl')}"


def head_key(session: str) -> str:
    """Return the key of the newest generation of a session."""
    return f"{folder(session)}/{_HEAD}"


def segment_key(session: str, digest: str) -> str:
    """Return the key of a part of a session's bytes."""
    return f"{folder(session)}/{digest}.zst"


def is_stray(key: str) -> bool:
    """Tell whether there may be a generation under a key that is nothing of ours, and that some copying left there."""
    name = key.rpartition("/")[2]
    return name != _HEAD and not name.startswith((KEPT, DAMAGED)) and not name.endswith(".zst")
