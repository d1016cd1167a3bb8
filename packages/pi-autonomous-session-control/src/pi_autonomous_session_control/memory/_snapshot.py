"""The snapshot file, ``schemaVersion`` 1: one JSON file with what two systems both know.

{"schemaVersion": 1, "savedAt": ms, "entries": [{"layer": "longterm", "memory": {...}}, ...]}
"""

from __future__ import annotations

import json
import math
import os
import stat
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["MAX_BYTES", "Entry", "Reading", "encode", "parse", "read"]

#: A larger file is not read.
MAX_BYTES: Final = 16 * 1024 * 1024

_LAYERS: Final = ("longterm", "recent", "session", "ephemeral")
_SOURCES: Final = frozenset({"session", "crystallized", "imported", "inferred"})
_SHARED: Final = frozenset({"pattern", "trap"})
#: Written by later versions of the original system into the same schema: not ours to read, nor to drop.
_LATER: Final = frozenset({"checkpoint", "followup", "ontology_candidate", "continuation_candidate"})

Status = Literal["missing", "loaded", "malformed", "newer", "foreign", "huge", "unreadable"]


class Entry(msgspec.Struct, kw_only=True, frozen=True):
    """One memory in the file; the names are the file's."""

    id: str
    type: Literal["pattern", "trap"]
    content: str
    context: str
    topic: str
    topics: list[str]
    strength: float
    createdAt: int  # noqa: N815  # as published
    lastAccessedAt: int  # noqa: N815  # as published
    accessCount: int  # noqa: N815  # as published
    source: Literal["session", "crystallized", "imported", "inferred"]
    metadata: dict[str, Any]


class Reading(msgspec.Struct, kw_only=True):
    """What was found at a path.

    Attributes:
        status: ``malformed`` and ``newer`` are replaced by the next write, after a backup; what is ``foreign``,
            ``huge`` or ``unreadable`` is left alone.
        entries: valid memories, each id once.
        carried: valid entries of later versions, as they are.
        discarded: number of other entries.
        reason: what is wrong, for the user.
        data: the file as it is.
        identity: changes when somebody writes the file; ``None`` if there is none.
    """

    status: Status
    entries: list[Entry] = []
    carried: list[dict[str, Any]] = []
    discarded: int = 0
    reason: str = ""
    data: bytes = b""
    identity: tuple[int, ...] | None = None


def read(path: Path) -> Reading:
    """Return what is at ``path``; nothing is locked, because a write replaces the file as a whole."""
    try:
        # Without waiting: opening a pipe would take until somebody writes to it.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            status = os.fstat(file.fileno())
            identity = (status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size)
            if not stat.S_ISREG(status.st_mode):
                return Reading(status="unreadable", reason="it is not a file", identity=identity)
            if status.st_size > MAX_BYTES:
                reason = f"it has {status.st_size} bytes, more than {MAX_BYTES}"
                return Reading(status="huge", reason=reason, identity=identity)
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Reading(status="missing")
    except OSError as error:
        return Reading(status="unreadable", reason=error.strerror or str(error), identity=())
    reading = parse(data)
    reading.data, reading.identity = data, identity
    return reading


def encode(entries: Iterable[Entry], carried: Iterable[dict[str, Any]], now: int) -> bytes:
    """Return the contents of a file with these entries."""
    records: list[Any] = [{"layer": "longterm", "memory": entry} for entry in entries]
    # What is carried may hold half a character, which only an escape can say.
    records += [msgspec.Raw(json.dumps(record).encode()) for record in carried]
    snapshot = {"schemaVersion": 1, "savedAt": now, "entries": records}
    return msgspec.json.format(msgspec.json.encode(snapshot), indent=2) + b"\n"


def parse(data: bytes) -> Reading:
    """Return what is in the contents of a file."""
    try:
        value = json.loads(data.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return Reading(status="malformed", reason=f"it is not valid JSON ({error})")
    if value and not (isinstance(value, dict) and value.keys() & {"schemaVersion", "entries"}):
        return Reading(status="foreign", reason="it is JSON of another kind")
    version = value.get("schemaVersion") if value else None
    if isinstance(version, int) and version > 1:
        return Reading(status="newer", reason=f"it has schemaVersion {version}, this program knows 1")
    if version != 1 or isinstance(version, bool):
        return Reading(status="malformed", reason=f"its schemaVersion is {version!r}, not 1")
    if not isinstance(value.get("entries"), list):
        return Reading(status="malformed", reason="its entries are not a list")
    return _sort(value["entries"])


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _sort(items: list[Any]) -> Reading:
    found: dict[str, tuple[int, Entry]] = {}
    reading = Reading(status="loaded")
    for item in items:
        layer = item.get("layer") if isinstance(item, dict) else None
        record = item.get("memory") if isinstance(item, dict) else None
        entry = _entry(record) if layer in _LAYERS and isinstance(record, dict) else None
        if entry is not None:
            rank = _LAYERS.index(str(layer))
            if entry.id not in found or rank < found[entry.id][0]:
                found[entry.id] = (rank, entry)
        elif layer in _LAYERS and isinstance(record, dict) and _is_later(record):
            reading.carried.append(item)
        else:
            reading.discarded += 1
    reading.entries = [entry for _, entry in found.values()]
    return reading


def _is_later(record: dict[str, Any]) -> bool:
    return record.get("type") in _LATER and _are_filled(record) and _is_count(record.get("createdAt"))


def _entry(record: dict[str, Any]) -> Entry | None:
    numbers = (record.get("strength"), record.get("createdAt"), record.get("lastAccessedAt"), record.get("accessCount"))
    if record.get("type") not in _SHARED or record.get("source") not in _SOURCES or not _are_filled(record):
        return None
    if not all(map(_is_count, numbers)):
        return None
    strength, created, accessed, count = (float(number or 0) for number in numbers)
    topics, metadata = record.get("topics"), record.get("metadata")
    return Entry(
        **{name: record[name] for name in ("id", "type", "content", "context", "topic", "source")},
        topics=[topic for topic in topics if _is_filled(topic)] if isinstance(topics, list) else [],
        strength=min(strength, 1.0),
        createdAt=_whole(created),
        lastAccessedAt=_whole(accessed),
        accessCount=_whole(count),
        metadata=metadata if isinstance(metadata, dict) else {},
    )


def _are_filled(record: dict[str, Any]) -> bool:
    return all(_is_filled(record.get(name)) for name in ("id", "content", "context", "topic"))


def _is_filled(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_count(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0


def _whole(number: float) -> int:
    # What JavaScript can't tell from its neighbour, and SQLite has no room for.
    return min(int(number), 2**53)
