"""What may go out as a header, and what is in the way."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["MOST_PER_REQUEST", "MOST_PER_VALUE", "name_problem", "value_problem"]

#: Characters that one value may have. Gateways cut or refuse longer ones.
MOST_PER_VALUE: Final = 1024

#: Bytes that all headers of one request may have together, with what HTTP adds to each.
MOST_PER_REQUEST: Final = 8192

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_|~-]+")
_VALUE = re.compile(r"[\x20-\x7e]*")

#: Headers that authenticate, or that HTTP itself lives on.
_RESERVED: Final = frozenset(
    {
        *("__proto__", "connection", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"),
        *("api-key", "authorization", "cookie", "cookie2", "set-cookie", "user-agent", "x-api-key", "x-goog-api-key"),
    }
)
_RESERVED_PREFIXES: Final = ("content-", "proxy-")
_LONGEST_NAME: Final = 128


def name_problem(name: str) -> str | None:
    """Return why ``name`` can't be the name of a header of ours, or ``None``."""
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        return "it is no name of a header; use letters, digits and dashes"
    if name.lower() in _RESERVED or name.lower().startswith(_RESERVED_PREFIXES):
        return "it is reserved: HTTP and authentication need it; choose another name"
    return None


def value_problem(value: str) -> str | None:
    """Return why ``value`` can't be sent, without quoting it, or ``None``."""
    if len(value) > MOST_PER_VALUE:
        return f"its value is longer than {MOST_PER_VALUE} characters; add a filter such as 'trunc:{MOST_PER_VALUE}'"
    if not _VALUE.fullmatch(value):
        return "its value holds characters that no header may have; add the filter 'ascii' or 'urlencode'"
    return None
