"""The JSON files that other tools read too: lane cursors, lease owners, instances, the debug log.

Reading never fails: a file that is missing, unreadable, broken or of another form counts as absent. Writing replaces a
file in one step, so that a reader sees the old or the new contents. Fields that are not known are dropped.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = [
    "DebugLine",
    "InstanceFile",
    "LaneFile",
    "LeaseOwner",
    "SyncHostFile",
    "age_s",
    "append_debug",
    "dump",
    "encode",
    "now_iso",
    "parse",
    "read",
    "read_debug",
    "write",
]

#: Longest debug log in bytes; then it becomes the one with ``.1`` at its end.
DEBUG_BYTES: Final = 1_000_000

_T = TypeVar("_T")


class LaneFile(msgspec.Struct, kw_only=True, rename="camel", omit_defaults=True):
    """``lanes/{lane}.json``: where a lane's next turn attaches.

    Attributes:
        name: sanitised name of the lane.
        session_key: key of its session.
        base_leaf_id: entry that the lane was created from; ``None`` for "before the first entry".
        head_entry_id: entry that the next turn continues; ``None`` for "before the first entry".
        head_epoch: grows with each move of the head.
        created_at: ISO 8601, for people.
        updated_at: ISO 8601, for people.
        updated_by: instance that moved the head last.
        schema_version: 1.
        title: the name as it was typed, if it differs from ``name`` (ours only).
        id: the lane's id (pi-sync only).
        display_id: its short label (pi-sync only).
        alias_path: its alias file (pi-sync only).
    """

    schema_version: int
    name: str
    session_key: str
    base_leaf_id: str | None
    head_entry_id: str | None
    head_epoch: int
    created_at: str
    updated_at: str
    updated_by: str | None = None
    title: str | None = None
    id: str | None = None
    display_id: str | None = None
    alias_path: str | None = None


class LeaseOwner(msgspec.Struct, kw_only=True, rename="camel"):
    """``lanes/{lane}.lock/owner.json``: who runs a turn on the lane.

    Attributes:
        schema_version: 1.
        lane: name of the lane.
        owner_instance_id: instance that owns it.
        pid: its process, for people.
        lease_epoch: number of the lease.
        status: always ``"active"``.
        acquired_at: ISO 8601.
        last_heartbeat_at: ISO 8601.
        expires_at: ISO 8601; 600 s after the last heartbeat.
        expected_head_entry_id: head of the lane when the lease was taken.
    """

    schema_version: int
    lane: str
    owner_instance_id: str
    pid: int
    lease_epoch: int
    status: str
    acquired_at: str
    last_heartbeat_at: str
    expires_at: str | None = None
    expected_head_entry_id: str | None = None


class InstanceFile(msgspec.Struct, kw_only=True, rename="camel"):
    """``instances/{id}.json``: an instance was seen; says nothing about what it owns.

    Attributes:
        instance_id: its id.
        pid: its process, for people.
        lane: the lane it is on.
        status: ``"idle"``, ``"waiting"``, ``"active"`` or ``"disconnected"``.
        session_id: pi's id of its session.
        session_key: key of its session.
        session_file: file of its session.
        leaf_id: its current entry.
        started_at: ISO 8601.
        last_seen_at: ISO 8601.
    """

    instance_id: str
    pid: int
    lane: str
    status: str
    session_id: str | None
    session_key: str
    session_file: str
    leaf_id: str | None
    started_at: str
    last_seen_at: str


class SyncHostFile(msgspec.Struct, kw_only=True, rename="camel"):
    """``lanes/{segment}/sync/host.json``: the host that pi-sync runs for a lane; we only read it.

    Attributes:
        state: ``"running"`` or ``"stopped"``.
        pid: its process.
        heartbeat_at: ISO 8601.
    """

    state: str
    pid: int
    heartbeat_at: str


class DebugLine(msgspec.Struct, kw_only=True):
    """One line of ``debug.jsonl``.

    Attributes:
        at: ISO 8601.
        event: what happened, such as ``"lock_acquired"``.
        data: the line's other members.
    """

    at: str
    event: str
    data: dict[str, Any]


def now_iso() -> str:
    """Return this moment as the files write it: UTC with milliseconds. For people: it decides nothing between us."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def age_s(moment: str) -> float | None:
    """Return how many seconds ago ``moment`` was by this machine's clock, or ``None`` if it is no ISO 8601 moment."""
    try:
        then = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (datetime.now(UTC) - (then if then.tzinfo else then.replace(tzinfo=UTC))).total_seconds()


def dump(value: msgspec.Struct) -> bytes:
    """Return ``value`` as the files hold it: two spaces of indentation, one LF at the end."""
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    except UnicodeEncodeError:
        return _escaped(value, indent=2) + b"\n"


def encode(value: msgspec.Struct) -> bytes:
    """Return ``value`` as JSON on one line."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return _escaped(value, indent=None)


def _escaped(value: msgspec.Struct, indent: int | None) -> bytes:
    # A path may hold a lone surrogate; as an escape it is still JSON.
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=indent)
    return text.encode("utf-8", "backslashreplace")


def parse(data: bytes, kind: type[_T]) -> _T | None:
    """Return what ``data`` holds, or ``None`` if it is not JSON of this kind."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (ValueError, RecursionError):
        pass
    try:
        # Only this one reads an escaped lone surrogate.
        return msgspec.convert(json.loads(data), kind)
    except (ValueError, RecursionError):
        return None


def read(path: Path, kind: type[_T]) -> _T | None:
    """Return what the file holds, or ``None`` if it is missing, unreadable or not of this kind."""
    try:
        return parse(path.read_bytes(), kind)
    except OSError:
        return None


def write(path: Path, value: msgspec.Struct) -> None:
    """Replace the file in one step, with mode 0600; its folder must exist.

    Raises:
        OSError: it can't be written; the old contents are still there.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(dump(value))
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def append_debug(path: Path, event: str, **data: object) -> None:
    """Add a line to the debug log; a log over 1 MB is put aside first. A log that can't be written is let be."""
    line = json.dumps({"at": now_iso(), "event": event, **data}, ensure_ascii=False)
    with suppress(OSError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, line.encode("utf-8", "backslashreplace") + b"\n")
            full = os.fstat(handle).st_size >= DEBUG_BYTES
        finally:
            os.close(handle)
        if full:
            path.replace(path.with_name(f"{path.name}.1"))


def read_debug(path: Path) -> Iterator[DebugLine]:
    """Yield the lines of a debug log; lines of another form are skipped."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return
    for line in lines:
        data = parse(line, dict)
        if data and isinstance(data.get("at"), str) and isinstance(data.get("event"), str):
            yield DebugLine(at=data.pop("at"), event=data.pop("event"), data=data)
