"""Single members of the JSON objects in a session file: changed in whole ones, guessed in torn ones."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec

__all__ = ["members", "told", "with_member"]

_decode: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def members(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in ``raw``, an empty one if there is another value in it or none."""
    try:
        value = json.loads(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def with_member(raw: bytes, key: str, value: object) -> bytes:
    """Return the JSON object in ``raw`` with another value for ``key``, and all other values byte for byte."""
    try:
        return msgspec.json.encode({**_decode(raw), key: value})
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        # Bytes that are no UTF-8 become U+FFFD, as they do in pi; halves of characters stay what they are.
        return json.dumps({**members(raw), key: value}, separators=(",", ":")).encode()


def told(raw: bytes, key: str) -> str | None:
    """Return the string that the first member ``key`` in a line that can't be read seems to have."""
    found = re.search(rb'"%b":\s*"((?:[^"\\\x00-\x1f]|\\.)*)"' % key.encode(), raw)
    if found is None:
        return None
    try:
        return str(json.loads(b'"%b"' % found[1]))
    except ValueError:
        return None
