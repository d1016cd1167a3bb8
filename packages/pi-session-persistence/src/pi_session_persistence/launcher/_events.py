"""The records that pi writes in the modes ``json`` and ``rpc``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["record_of", "told"]


def record_of(line: bytes) -> dict[str, Any] | None:
    """Return the record in a line; ``None`` for a line that is none."""
    try:
        record = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return record if isinstance(record, dict) else None


def told(record: dict[str, Any], external_id: str, on_event: Callable[[dict[str, Any]], None] | None) -> None:
    """Tell the caller of a record. The header of the session says the caller's id there, and not pi's."""
    if on_event is None:
        return
    on_event({**record, "id": external_id} if record.get("type") == "session" else record)
