"""What is written to session files, so that a crash leaves the old file or the new one, and pi can read both."""

from __future__ import annotations

import os
import re
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pi_host.files import private_folder, sync_folder
from pi_host.sessionfile._errors import SessionFileError
from pi_host.sessionfile._session import Session
from pi_host.sessionfile._upgrade import CURRENT
from pi_host.sessionfile._values import encode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import EllipsisType

__all__ = ["append", "create"]

#: What pi takes for a session id where it makes a session.
_SESSION_ID: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def create(
    path: Path,
    cwd: str,
    *,
    session_id: str | None = None,
    parent_session: str | None = None,
    extra: Mapping[str, Any] | None = None,
) -> str:
    """Make a session file of a header and nothing else. pi goes on with it as with its own since 0.87.1.

    Args:
        path: the new file; it gets mode 0600, and folders that are missing get 0700.
        cwd: the working directory in which pi will run the tools.
        session_id: by default a new UUID.
        parent_session: path of the file that this session comes from.
        extra: further members of the header; pi keeps them.

    Returns:
        The session's id.

    Raises:
        FileExistsError: the file is there already.
        SessionFileError: pi would not take the id, or ``extra`` has a member of pi's own.
        OSError: the file can't be written.
    """
    identity = session_id if session_id is not None else _uuid7()
    if not _SESSION_ID.fullmatch(identity):
        raise SessionFileError(
            f"pi takes no session id like {identity!r}; "
            "use letters, digits, '-', '_' and '.', and begin and end with a letter or digit"
        )
    header: dict[str, Any] = {"type": "session", "version": CURRENT, "id": identity, "timestamp": _now(), "cwd": cwd}
    if parent_session is not None:
        header["parentSession"] = parent_session
    line = encode(_joined(header, extra or {})) + b"\n"
    private_folder(path.parent)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _write(descriptor, line)
    except BaseException:
        path.unlink()
        raise
    sync_folder(path.parent)
    return identity


def append(path: Path, fields: Mapping[str, Any], *, parent_id: str | EllipsisType | None = ...) -> str:
    """Add an entry to a session file with a single write, after ending a last line that has no LF, as pi does.

    Whoever calls this holds the lock that keeps other writers away.

    Args:
        path: the file.
        fields: the entry's ``type`` and what that type needs, under pi's own keys.
        parent_id: the entry to hang it from, ``None`` for a new root; by default the leaf.

    Returns:
        The entry's id.

    Raises:
        SessionFileError: the file or the entry is none that pi can go on with; nothing has been written.
        OSError: the file can't be read or written.
    """
    session = Session.read(path, bodies=False)
    header = session.header
    if header is None:
        raise SessionFileError(f"{path}: no session that pi would open, so nothing can be added to it")
    if header.version < CURRENT:
        raise SessionFileError(f"{path}: version {header.version} of the format; migrate the file before adding to it")
    if not isinstance(fields.get("type"), str) or fields["type"] in ("", "session"):
        raise SessionFileError(f"not a type of entry: {fields.get('type')!r}")
    parent = _leaf_id(path, session) if parent_id is ... else parent_id
    if parent is not None and session.get(parent) is None:
        raise SessionFileError(f"{path}: no entry has the id {parent!r} to hang another from")
    identity = _new_id(session)
    made = {"type": fields["type"], "id": identity, "parentId": parent, "timestamp": _now()}
    line = encode(_joined(made, {key: value for key, value in fields.items() if key != "type"})) + b"\n"
    unended = any(oddity.code == "no-final-lf" for oddity in session.oddities)
    _write(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC), b"\n" + line if unended else line)
    return identity


def _leaf_id(path: Path, session: Session) -> str | None:
    if not session.entries:
        return None
    last = session.entries[-1]
    if last.id is None:
        raise SessionFileError(
            f"{path}:{last.line}: the last entry has no id to hang another from; repair the file or name a parent"
        )
    return last.id


def _joined(made: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    clash = made.keys() & given.keys()
    if clash:
        raise SessionFileError(f"{', '.join(sorted(clash))}: made here, so leave it out")
    return {**made, **given}


def _new_id(session: Session) -> str:
    while True:
        identity = os.urandom(4).hex()
        if session.get(identity) is None:
            return identity


def _uuid7() -> str:
    # As pi makes them: they sort by time. Python has a function for it since 3.14.
    made = time.time_ns() // 1_000_000 << 80 | int.from_bytes(os.urandom(10), "big")
    made = made & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=made & ~(0b11 << 62) | 0b10 << 62))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _write(descriptor: int, data: bytes) -> None:
    try:
        written = os.write(descriptor, data)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if written != len(data):
        raise OSError(f"only {written} of {len(data)} bytes were written; is the disk full?")
