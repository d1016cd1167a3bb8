"""The files that a session refers to: where pi keeps the whole of an output that it showed in part."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_session_persistence.repair import with_member

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["output", "referred", "with_outputs"]

_KEY: Final = "fullOutputPath"

#: What pi calls such files. Nothing else is taken along, whatever a session says: it may be a stranger's.
_PIS: Final = re.compile(r"pi-[a-z-]{1,32}-[0-9a-f]{16}(?:\.[A-Za-z0-9]{1,16})?")

_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def referred(data: bytes) -> list[str]:
    """Return the paths to which a session file refers, in their order."""
    found: dict[str, None] = {}
    for line in data.split(b"\n"):
        found |= dict.fromkeys(_paths(line))
    return list(found)


def output(path: str) -> bytes | None:
    """Return what is in a file with an output; ``None`` if it is gone, or none of pi's and ours."""
    if not Path(path).is_absolute() or not _PIS.fullmatch(Path(path).name):
        return None
    try:
        fileno = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return None
    with os.fdopen(fileno, "rb") as file:
        facts = os.fstat(fileno)
        return file.read() if stat.S_ISREG(facts.st_mode) and facts.st_uid == os.geteuid() else None


def with_outputs(data: bytes, moved: Mapping[str, str]) -> bytes:
    """Return a session file that refers to other paths; all other values stay byte for byte.

    Args:
        data: the session file.
        moved: the new paths by the old ones.
    """
    if not moved:
        return data
    known = moved.keys()
    return b"\n".join(_line(line, moved) if known & _paths(line) else line for line in data.split(b"\n"))


def _paths(line: bytes) -> list[str]:
    if _KEY.encode() not in line:
        return []
    try:
        message = json.loads(line)["message"]
        details = message.get("details")
        found = [message.get(_KEY), details.get(_KEY) if isinstance(details, dict) else None]
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return []
    return [path for path in found if isinstance(path, str)]


def _line(line: bytes, moved: Mapping[str, str]) -> bytes:
    try:
        message: Any = _decode(line)["message"]
        changed = _moved(bytes(message), moved)
        members = _decode(message)
        if "details" in members:
            changed = with_member(changed, "details", msgspec.Raw(_moved(bytes(members["details"]), moved)))
        return with_member(line, "message", msgspec.Raw(changed))
    except (msgspec.MsgspecError, UnicodeError):
        return line  # no UTF-8: as it is, rather than with a change in its text


def _moved(raw: bytes, moved: Mapping[str, str]) -> bytes:
    """Return an object whose own reference is changed."""
    try:
        path = json.loads(bytes(_decode(raw)[_KEY]))
    except (msgspec.MsgspecError, KeyError, ValueError):
        return raw
    return with_member(raw, _KEY, moved[path]) if isinstance(path, str) and path in moved else raw
