"""Memories as entries of a snapshot, and back."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from pi_autonomous_session_control.memory import _drafts
from pi_autonomous_session_control.memory._records import Draft, Memory, Origin
from pi_autonomous_session_control.memory._snapshot import Entry

if TYPE_CHECKING:
    from pi_autonomous_session_control.memory._records import Scope

__all__ = ["digest", "to_draft", "to_entry"]

#: Where what the original system has no field for is kept, in a pattern's metadata. It drops it when it writes.
_OURS = "self"


def to_entry(memory: Memory) -> Entry:
    """Return ``memory`` as the other system writes it."""
    triggers = _triggers(memory)
    trap = memory.kind == "trap"
    return Entry(
        id=memory.id,
        type=memory.kind,
        content=memory.content,
        context=memory.context or "kept by pi-self",  # the other system drops entries without one
        topic=memory.topics[0] if memory.topics else (*triggers, "trap")[0] if trap else memory.topic,
        topics=triggers if trap else list(memory.topics or (memory.topic,)),
        strength=memory.strength,
        createdAt=memory.created_at,
        lastAccessedAt=memory.accessed_at,
        accessCount=memory.access_count,
        source=memory.source,
        metadata=_trap_metadata(memory, triggers) if trap else _metadata(memory),
    )


def _triggers(memory: Memory) -> list[str]:
    matchers = [item for item in memory.metadata.get("matchers", []) if isinstance(item, dict)]
    # It looks for triggers within a text: that fits a text and the beginning of a command.
    found = [item.get("value") for item in matchers if item.get("kind") in {"text", "command"}]
    return list(_drafts.distinct(value for value in found if isinstance(value, str)))


def _trap_metadata(memory: Memory, triggers: list[str]) -> dict[str, Any]:
    counted = {"triggers": triggers, "encounterCount": memory.access_count, "markedAt": memory.created_at}
    return {**memory.metadata, **counted}


def _metadata(memory: Memory) -> dict[str, Any]:
    own: dict[str, Any] = {}
    if memory.confidence != 1:
        own["confidence"] = memory.confidence
    if memory.expires_at is not None:
        own["expiresAt"] = memory.expires_at
    return {**memory.metadata, **({_OURS: own} if own else {})}


def to_draft(entry: Entry, scope: Scope, now: int) -> Draft:
    """Return ``entry`` as a draft for ``scope``."""
    metadata = dict(entry.metadata)
    own = metadata.pop(_OURS, None) if entry.type == "pattern" else None
    own = own if isinstance(own, dict) else {}
    confidence, expires_at = own.get("confidence", 1.0), own.get("expiresAt")
    if entry.type == "trap":
        metadata, topics = _trap(entry, metadata)
    else:
        topics = _drafts.distinct(topic for topic in (entry.topic, *entry.topics) if topic != "general")
    return Draft(
        content=entry.content,
        scope=scope,
        kind=entry.type,
        topics=topics,
        context=entry.context,
        source=entry.source,
        confidence=confidence if isinstance(confidence, int | float) and 0 <= confidence <= 1 else 1.0,
        expires_at=expires_at if isinstance(expires_at, int) and 0 < expires_at < 2**53 else None,
        origin=Origin(event="snapshot", entry=entry.id, at=now),
        metadata=metadata,
    )


def _trap(entry: Entry, metadata: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    listed = metadata.pop("triggers", None)
    triggers = [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else entry.topics
    for counted in ("encounterCount", "markedAt"):
        metadata.pop(counted, None)
    if not isinstance(metadata.get("matchers"), list):
        metadata["matchers"] = [{"kind": "text", "value": trigger} for trigger in triggers if trigger.strip()]
    return metadata, () if entry.topic in {"trap", *triggers} else (entry.topic,)


def digest(entry: Entry) -> str:
    """Return what tells two wordings of an entry apart; counters and what only one system knows do not count."""
    said = json.dumps([entry.content, entry.context, entry.topic, entry.topics])
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()
