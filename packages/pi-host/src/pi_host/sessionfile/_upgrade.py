"""Entries of format version 1 and 2 as entries of version 3.

Version 1 has no tree: each entry hangs from the one before it, and a compaction names the first entry it keeps by its
place in the file. pi gives those entries random ids; here an id follows from the entry's place and bytes, so that
everybody who upgrades the same file gets the same ids. Version 2 has another name for one role.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pi_host.sessionfile._values import encode, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CURRENT", "Upgrade", "with_version"]

#: The version that pi writes since 0.35.0.
CURRENT: Final = 3

#: An object whose values are left as they are, byte for byte.
_Object: TypeAlias = dict[str, msgspec.Raw]

_TREE_SINCE = 2
_decode = msgspec.json.Decoder(_Object).decode


class Upgrade:
    """Upgrades the entries of one file, which it must be shown in file order, everything included that pi counts."""

    def __init__(self, version: float) -> None:
        self._flat = version < _TREE_SINCE
        self._ids: list[str | None] = [None]
        self._taken: set[str] = set()
        self._parent: str | None = None

    def skip(self) -> None:
        """Count something that has a place in the file but is no entry."""
        self._ids.append(None)

    def entry(self, raw: bytes) -> bytes:
        """Return the entry in ``raw`` in version 3; bytes that are no object come back as they are, and don't count."""
        try:
            fields = _members(raw)
        except ValueError:
            return raw
        if fields is None or _value(fields, "type") == "session":
            return raw
        renamed = _rename_role(fields)
        if self._flat:
            self._grow(fields, raw)
        return encode(fields) if renamed or self._flat else raw

    def _grow(self, fields: _Object, raw: bytes) -> None:
        identity = self._identity(raw)
        self._ids.append(identity)
        fields["id"] = msgspec.Raw(encode(identity))
        fields["parentId"] = msgspec.Raw(encode(self._parent))
        self._parent = identity
        if _value(fields, "type") == "compaction":
            self._name_first_kept(fields)

    def _identity(self, raw: bytes) -> str:
        from hashlib import sha256  # noqa: PLC0415  # loads OpenSSL, which only files of version 1 need

        place = len(self._ids)
        digest = sha256(b"%d:%b" % (place, raw)).hexdigest()
        size = 8
        while digest[:size] in self._taken:
            size += 1
        self._taken.add(digest[:size])
        return digest[:size]

    def _name_first_kept(self, fields: _Object) -> None:
        place = _value(fields, "firstKeptEntryIndex")
        if not isinstance(place, (int, float)) or isinstance(place, bool):
            return
        del fields["firstKeptEntryIndex"]
        known = float(place).is_integer() and 0 <= place < len(self._ids)
        identity = self._ids[int(place)] if known else None
        if identity is not None:
            fields["firstKeptEntryId"] = msgspec.Raw(encode(identity))


def with_version(raw: bytes) -> bytes:
    """Return the header in ``raw`` with the current version, everything else as it is."""
    fields = _members(raw) or {}
    fields["version"] = msgspec.Raw(b"%d" % CURRENT)
    return encode(fields)


def _rename_role(fields: _Object) -> bool:
    if _value(fields, "type") != "message" or "message" not in fields:
        return False
    message = _members(bytes(fields["message"]))
    if message is None or _value(message, "role") != "hookMessage":
        return False
    message["role"] = msgspec.Raw(b'"custom"')
    fields["message"] = msgspec.Raw(encode(message))
    return True


def _members(raw: bytes) -> _Object | None:
    try:
        return _decode(raw)
    except msgspec.ValidationError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = parse(raw)
        return {key: msgspec.Raw(encode(part)) for key, part in value.items()} if isinstance(value, dict) else None


def _value(fields: Mapping[str, msgspec.Raw], key: str) -> object:
    return parse(bytes(fields[key])) if key in fields else None
