r"""JSON values as pi reads them: by JavaScript's ``JSON.parse``, after replacing invalid UTF-8.

msgspec is quick but stricter in three points: it refuses lone surrogates (``\ud83d``), invalid UTF-8 in what it decodes
and numbers out of range. The standard library reads those, and reads more than JSON unless it is told not to.
"""

from __future__ import annotations

import json
from typing import Any, Final, NoReturn

import msgspec

__all__ = ["TooDeepError", "encode", "is_blank", "is_json", "is_utf8", "parse", "parse_object", "trimmed"]

_WIDE_SPACE: Final = (0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF)

#: What JavaScript's `trim` takes away; `str.strip` takes some more.
_JS_SPACE: Final = "".join(map(chr, (*range(9, 14), 32, 160, 0x1680, *range(0x2000, 0x200B), *_WIDE_SPACE)))

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class TooDeepError(ValueError):
    """Something that may be JSON, but is nested more deeply than Python reads."""


def parse(raw: bytes) -> Any:
    """Return the JSON value in ``raw``.

    Raises:
        TooDeepError: what is in it is nested too deeply.
        ValueError: there is no JSON value in it.
    """
    try:
        return _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return json.loads(raw.decode("utf-8", "replace"), parse_constant=_refuse)
    except RecursionError as error:
        raise TooDeepError("nested too deeply to be read") from error


def parse_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object in ``raw``, an empty one if there is another value in it.

    Raises:
        ValueError: as ``parse``.
    """
    value = parse(raw)
    return value if isinstance(value, dict) else {}


def encode(value: object) -> bytes:
    """Return ``value`` as one line of JSON without its end.

    Raises:
        TypeError: it is not JSON data.
        ValueError: it holds numbers that JSON doesn't know, or itself.
    """
    try:
        return _encode(value)
    except UnicodeEncodeError:
        # Lone surrogates: JavaScript has them in strings, UTF-8 can't hold them.
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def is_blank(raw: bytes) -> bool:
    """Tell whether pi takes the line for an empty one."""
    return not trimmed(raw.decode("utf-8", "replace"))


def trimmed(text: str) -> str:
    """Return ``text`` without what JavaScript takes for space at both ends."""
    return text.strip(_JS_SPACE)


def is_json(raw: bytes) -> bool:
    """Tell whether there is a JSON value in ``raw``."""
    try:
        parse(raw)
    except ValueError:
        return False
    return True


def is_utf8(raw: bytes) -> bool:
    """Tell whether the bytes are valid UTF-8."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
