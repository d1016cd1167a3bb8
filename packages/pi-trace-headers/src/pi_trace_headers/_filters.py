"""What a template may do to a value: ``{session.id|uuid5}``."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import quote

from pi_trace_headers._errors import TraceError
from pi_trace_headers._identity import sha256, uuid5

if TYPE_CHECKING:
    from collections.abc import Callable

    Filter: TypeAlias = Callable[[str], str]

__all__ = ["FILTERS", "Filter", "filter_of"]

_DIGEST: Final = 64  # hex digits of SHA-256


def filter_of(text: str) -> Filter:
    """Return the filter that ``text`` (``name`` or ``name:N``) names.

    Raises:
        TraceError: there is no such filter, or its number is missing, too much or out of range.
    """
    name, colon, argument = text.partition(":")
    if name in _PLAIN:
        if colon:
            raise TraceError(f"filter {name!r} takes no number; write {name!r} instead of {text!r}")
        return _PLAIN[name]
    if name not in _NUMBERED:
        raise TraceError(f"there is no filter {name!r}; choose from {', '.join(FILTERS)}")
    make, default, most = _NUMBERED[name]
    number = argument or default
    if not re.fullmatch(r"[0-9]{1,4}", number) or not 0 < int(number) <= most:
        raise TraceError(f"filter {text!r} needs a number from 1 to {most}, as in '{name}:{min(16, most)}'")
    return make(int(number))


def _sha256(digits: int) -> Filter:
    return lambda value: sha256(value)[:digits]


def _trunc(length: int) -> Filter:
    return lambda value: value[:length]


def _hex(digits: int) -> Filter:
    wanted = re.compile(rf"[0-9a-f]{{{digits}}}")

    def convert(value: str) -> str:
        plain = value.replace("-", "").lower()
        return plain if wanted.fullmatch(plain) else sha256(value)[:digits]

    return convert


def _slug(value: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", _ascii(value).lower()).strip("-")


def _ascii(value: str) -> str:
    decomposed = unicodedata.normalize("NFKD", value)
    return "".join(character for character in decomposed if " " <= character <= "~")


def _urlencode(value: str) -> str:
    return quote(value.encode("utf-8", "replace"), safe="")


_PLAIN: Final[dict[str, Filter]] = {
    "ascii": _ascii,
    "hex16": _hex(16),
    "hex32": _hex(32),
    "json": json.dumps,
    "slug": _slug,
    "urlencode": _urlencode,
    "uuid5": uuid5,
}

#: What makes the filter, the number when none is given, and the largest one.
_NUMBERED: Final[dict[str, tuple[Callable[[int], Filter], str, int]]] = {
    "sha256": (_sha256, str(_DIGEST), _DIGEST),
    "trunc": (_trunc, "", 1024),
}

FILTERS: Final = tuple(sorted([*_PLAIN, *(f"{name}:N" for name in _NUMBERED)]))
