"""One line's JSON object as an entry or a header: quickly where it is as pi writes it, with patience where it isn't."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_host.sessionfile._entry import Entry, Header
from pi_host.sessionfile._oddity import shown
from pi_host.sessionfile._upgrade import CURRENT
from pi_host.sessionfile._values import is_utf8

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_host.sessionfile._lines import Line
    from pi_host.sessionfile._oddity import Code

__all__ = ["entry_of", "header_of", "plain_entry", "shortcomings"]

_CR: Final = 13

#: Types that may have more wrong with them than `_Plain` sees.
_CLOSELY: Final = frozenset({"session", "context_edit", ""})


class _Role(msgspec.Struct, gc=False):
    role: str


class _Plain(msgspec.Struct, rename="camel", gc=False):
    """What nearly every line is. msgspec checks all of the JSON, but makes Python objects of this much only."""

    type: str
    id: str
    timestamp: str
    parent_id: str | None
    message: _Role | None = None
    target_id: str | None = None
    first_kept_entry_id: str | None = None


_decode = msgspec.json.Decoder(_Plain).decode


def plain_entry(line: Line, raw: bytes, *, bodies: bool) -> Entry | None:
    """Return the entry in ``raw``, ``None`` if it is something that deserves a closer look."""
    try:
        plain = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    kind, message, role, target = plain.type, plain.message, None, plain.target_id
    if kind == "message":
        if message is None:
            return None
        role = message.role
    elif kind == "compaction":
        target = plain.first_kept_entry_id
    if kind in _CLOSELY or not plain.id or not (raw.isascii() or is_utf8(raw)):
        return None
    body = (raw[:-1] if raw[-1] == _CR else raw) if bodies else b""
    return Entry(
        kind, plain.id, plain.parent_id, plain.timestamp, role, target, line.number, line.offset, len(line.raw), body
    )


def entry_of(line: Line, raw: bytes, fields: dict[str, Any]) -> Entry:
    """Return the entry with these fields, whatever is missing."""
    message = fields.get("message")
    kind = _str(fields.get("type"))
    return Entry(
        kind,
        _str(fields.get("id")) or None,
        _str(fields.get("parentId")) or None,
        _str(fields.get("timestamp")),
        _str(message.get("role")) if kind == "message" and isinstance(message, dict) else None,
        _str(fields.get("firstKeptEntryId" if kind == "compaction" else "targetId")) or None,
        line.number,
        line.offset,
        len(line.raw),
        raw.removesuffix(b"\r"),
    )


def shortcomings(fields: dict[str, Any]) -> Iterator[tuple[Code, str]]:
    """Yield what is wrong with an entry of these fields, taken by itself."""
    for key, code in _NEEDED:
        if not isinstance(fields.get(key), str) or not fields[key]:
            yield code, f"an entry whose {key} is {shown(fields.get(key))}"
    if fields.get("type") == "message" and not isinstance(fields.get("message"), dict):
        yield "malformed", f"a message entry whose message is {shown(fields.get('message'))}"
    parent = fields.get("parentId", "")
    if not (parent is None or (isinstance(parent, str) and parent)):
        yield "malformed", f"an entry whose parentId is {shown(parent)}"
    replacement = fields.get("replacement", "")
    if fields.get("type") == "context_edit" and not (replacement is None or isinstance(replacement, dict)):
        yield "malformed", f"a context_edit whose replacement is {shown(replacement)}"


_NEEDED: Final[tuple[tuple[str, Code], ...]] = (("type", "no-type"), ("id", "no-id"), ("timestamp", "no-timestamp"))


def header_of(line: Line, fields: dict[str, Any]) -> Header | None:
    """Return the header with these fields, ``None`` if it has no id."""
    if not isinstance(fields.get("id"), str):
        return None
    version = fields.get("version")
    if version is None:
        version = 1
    elif not isinstance(version, (int, float)):
        version = CURRENT
    return Header(
        fields["id"],
        version,
        _str(fields.get("timestamp")),
        fields["cwd"] if isinstance(fields.get("cwd"), str) else None,
        fields["parentSession"] if isinstance(fields.get("parentSession"), str) else None,
        line.number,
        line.offset,
        len(line.raw),
        line.raw.removesuffix(b"\r"),
    )


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""
