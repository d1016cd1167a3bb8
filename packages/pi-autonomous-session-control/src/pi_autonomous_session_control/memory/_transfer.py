"""All of a memory as one JSON file, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_autonomous_session_control.memory import _drafts, _exchange, _merging, _rows, _snapshot
from pi_autonomous_session_control.memory._errors import InvalidError
from pi_autonomous_session_control.memory._records import Draft, Memory, Origin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_autonomous_session_control.memory._records import Scope
    from pi_autonomous_session_control.memory._store import MemoryStore

__all__ = ["Imported", "dump", "load"]

_FORMAT: Final = "pi-self-memory"


class Imported(msgspec.Struct, kw_only=True, frozen=True):
    """What an import did.

    Attributes:
        added: ids that are new.
        known: ids that were there already, and stayed as they were.
        refused: what could not be taken, and why.
    """

    added: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def dump(memories: Iterable[Memory]) -> bytes:
    """Return memories as a JSON file that `load` understands."""
    value = {"format": _FORMAT, "version": 1, "memories": [msgspec.to_builtins(memory) for memory in memories]}
    return f"{json.dumps(value, indent=2, ensure_ascii=False)}\n".encode()


def load(store: MemoryStore, data: bytes, scope: Scope) -> Imported:
    """Take in a file of `dump`, or a snapshot, whose memories get ``scope``.

    What had been forgotten comes back: that is why it is imported.

    Raises:
        InvalidError: it is neither.
    """
    reading = _snapshot.parse(data)
    if reading.status == "loaded":
        taken, refused = _from_snapshot(reading, scope, store.now())
    elif reading.status == "foreign":
        taken, refused = _from_dump(data)
    else:
        raise InvalidError(
            f"this can't be imported: {reading.reason}; give a file of `pi-self memory export`, or a snapshot"
        )
    added, known = [], []
    with store.database.writing() as connection:
        for memory in taken:
            if _rows.number_of(connection, memory.id) is not None:
                known.append(memory.id)
                continue
            connection.execute("DELETE FROM forgotten WHERE id = ?", (memory.id,))
            _rows.insert(connection, memory)
            added.append(memory.id)
    return Imported(added=tuple(added), known=tuple(known), refused=tuple(refused))


def _from_snapshot(reading: _snapshot.Reading, scope: Scope, now: int) -> tuple[list[Memory], list[str]]:
    taken, refused = [], []
    for entry in reading.entries:
        try:
            draft, _ = _drafts.checked(_exchange.to_draft(entry, scope, now))
        except InvalidError as error:
            refused.append(f"{entry.id}: {error}")
            continue
        taken.append(_merging.as_memory(entry, draft, entry.id))
    refused += ["an entry that is not valid"] * reading.discarded
    return taken, refused


def _from_dump(data: bytes) -> tuple[list[Memory], list[str]]:
    value = json.loads(data)
    if not isinstance(value, dict) or value.get("format") != _FORMAT or not isinstance(value.get("memories"), list):
        raise InvalidError("this can't be imported: it is neither an export of `pi-self memory export` nor a snapshot")
    if value.get("version") != 1:
        raise InvalidError(
            f"this can't be imported: it has version {value.get('version')!r}, this program knows 1: update it"
        )
    taken, refused = [], []
    for item in value["memories"]:
        try:
            taken.append(_valid(item))
        except (msgspec.ValidationError, InvalidError) as error:
            name = item.get("id") if isinstance(item, dict) else None
            refused.append(f"{name or 'an entry without id'}: {error}")
    return taken, refused


def _valid(item: Any) -> Memory:
    memory = msgspec.convert(item, Memory)
    if not memory.id.strip() or not 0 <= memory.strength <= 1 or min(memory.created_at, memory.access_count) < 0:
        raise InvalidError("it has no id, or a number out of range")
    fields = {name: getattr(memory, name) for name in Draft.__struct_fields__ if name != "origin"}
    draft, _ = _drafts.checked(Draft(**fields, origin=Origin()))
    return msgspec.structs.replace(memory, **{name: getattr(draft, name) for name in fields})
