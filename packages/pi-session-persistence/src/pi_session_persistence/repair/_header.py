"""The header: brought to the front, or made anew from what is left of it."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_session_persistence.repair._draft import Row
from pi_session_persistence.repair._json import members, told, with_member

if TYPE_CHECKING:
    from pi_session_persistence.repair._draft import Draft

__all__ = ["put_header_first"]

#: What pi writes. Other programs keep their own records as JSON lines with types and times, too.
_TYPES: Final = frozenset(
    {
        "branch_summary",
        "compaction",
        "context_edit",
        "custom",
        "custom_message",
        "label",
        "message",
        "model_change",
        "session_info",
        "thinking_level_change",
        "usage",
    }
)


def put_header_first(draft: Draft, lost: list[bytes], cwd: str | None) -> bool:
    """See to it that the file begins with a header; tell whether there is anything for it to head.

    Args:
        draft: the file.
        lost: the lines that could not be read, the old header perhaps among them.
        cwd: working directory for a header that has to be made anew and finds none in ``lost``.
    """
    session = draft.session()
    if session.header is not None:
        return True
    heads = [row for row in draft.rows if members(row.raw).get("type") == "session"]
    good = next((row for row in heads if isinstance(members(row.raw).get("id"), str)), None)
    if good is not None:
        _to_front(draft, good)
        draft.note("late-header", good, "moved the header to the front")
        return True
    if heads:
        row = heads[0]
        draft.change(row, with_member(row.raw, "id", _identity(draft)))
        _to_front(draft, row)
        draft.note("bad-header", row, "gave the header a new id")
        return True
    if not any(entry.type in _TYPES and entry.timestamp for entry in session.entries) and not any(
        map(_is_header, lost)
    ):
        return False  # a file of somebody else's
    tree = not session.entries or any(entry.id is not None for entry in session.entries)
    time = next((entry.timestamp for entry in session.entries if entry.timestamp), "1970-01-01T00:00:00.000Z")
    made = _header(draft, lost, cwd, time, tree=tree)
    draft.rows.insert(0, Row(msgspec.json.encode(made)))
    draft.note("no-header", draft.rows[0], f"made a new header, with the id {made['id']!r}")
    return True


def _to_front(draft: Draft, row: Row) -> None:
    draft.rows = [row, *(other for other in draft.rows if other is not row)]


def _header(draft: Draft, lost: list[bytes], cwd: str | None, time: str, *, tree: bool) -> dict[str, Any]:
    old = next((raw for raw in lost if _is_header(raw)), b"")
    header: dict[str, Any] = {"type": "session"}
    if tree:
        header["version"] = 3
    header |= {"id": told(old, "id") or _identity(draft), "timestamp": told(old, "timestamp") or time}
    # A pi that finds none takes the one that it runs in.
    if folder := told(old, "cwd") or cwd:
        header["cwd"] = folder
    return header


def _is_header(raw: bytes) -> bool:
    return told(raw, "type") == "session"


def _identity(draft: Draft) -> str:
    # From the content, so that the same file is always repaired in the same way.
    return str(uuid.UUID(bytes=hashlib.sha256(draft.data).digest()[:16], version=4))
