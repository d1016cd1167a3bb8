"""The steps of changing the memory, each within a transaction of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pi_autonomous_session_control.memory import _decay, _drafts, _rows
from pi_autonomous_session_control.memory._records import MAX_TOPICS, Draft, Memory

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from pi_autonomous_session_control.memory._records import Origin

__all__ = ["create", "join", "new_id", "touch"]

#: Of more origins, the first and the newest are kept.
_MOST_ORIGINS: Final = 20


def create(connection: sqlite3.Connection, draft: Draft, now: int) -> Memory:
    """Store ``draft`` as a new memory."""
    fields = {name: getattr(draft, name) for name in Draft.__struct_fields__ if name != "origin"}
    memory = Memory(
        id=new_id(connection, draft.kind, now),
        strength=1.0,
        created_at=now,
        updated_at=now,
        accessed_at=now,
        access_count=0,
        origins=(draft.origin,),
        **fields,
    )
    _rows.insert(connection, memory)
    return memory


def new_id(connection: sqlite3.Connection, prefix: str, now: int) -> str:
    """Return an id that no memory has or had: ``prefix-<ms>``, with ``-1``, ``-2`` ... within a millisecond."""
    stem = name = f"{prefix}-{now}"
    taken = "SELECT 1 FROM memory WHERE id = :id UNION ALL SELECT 1 FROM forgotten WHERE id = :id"
    number = 0
    while connection.execute(taken, {"id": name}).fetchone() is not None:
        number += 1
        name = f"{stem}-{number}"
    return name


def join(connection: sqlite3.Connection, number: int, draft: Draft, now: int) -> Memory:
    """Strengthen the memory in row ``number`` with ``draft``, which says the same; what either knew is kept."""
    (old,) = _rows.fetch_numbers(connection, [number])
    ends = [end for end in (old.expires_at, draft.expires_at) if end is not None]
    merged = msgspec.structs.replace(
        old,
        topics=_drafts.distinct((*old.topics, *draft.topics))[:MAX_TOPICS],
        context=old.context or draft.context,
        # Two who are half sure are surer together.
        confidence=1 - (1 - old.confidence) * (1 - draft.confidence),
        strength=1.0,
        source=draft.source if old.source in {"session", "inferred"} else old.source,
        updated_at=now,
        accessed_at=max(now, old.accessed_at),
        access_count=old.access_count + 1,
        expires_at=max(ends) if len(ends) == 2 else None,  # noqa: PLR2004  # both of them
        metadata={**draft.metadata, **old.metadata},
    )
    _rows.update(connection, number, merged)
    origin = draft.origin if draft.content == old.content else msgspec.structs.replace(draft.origin, text=draft.content)
    if _without_time(origin) not in map(_without_time, old.origins):
        _rows.add_origin(connection, number, origin, _MOST_ORIGINS)
    return _rows.fetch_numbers(connection, [number])[0]


def touch(connection: sqlite3.Connection, names: Iterable[str], now: int) -> None:
    """Note that memories were of use."""
    for name in names:
        row = connection.execute(
            "SELECT strength, accessed_at, access_count FROM memory WHERE id = ?", (name,)
        ).fetchone()
        if row is not None:
            strength = _decay.recalled(row["strength"], row["accessed_at"], row["access_count"], now)
            connection.execute(
                "UPDATE memory SET strength = ?, accessed_at = max(accessed_at, ?), access_count = access_count + 1 "
                "WHERE id = ?",
                (strength, now, name),
            )


def _without_time(origin: Origin) -> tuple[str, ...]:
    return origin.session, origin.entry, origin.event, origin.text
