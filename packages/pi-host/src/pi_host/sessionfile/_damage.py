"""What is wrong with a line that holds no JSON value, and what in it is still whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pi_host.sessionfile._oddity import Oddity

if TYPE_CHECKING:
    from pi_host.sessionfile._lines import Line
    from pi_host.sessionfile._oddity import Code

__all__ = ["diagnose"]

#: A line of garbage may have as many beginnings of objects as it has bytes. So many are looked at, and fewer in a long
#: line, so that even the worst takes no more than about a second.
_MOST_TRIES: Final = 1000
_MOST_BYTES: Final = 500_000_000

_decoder = json.JSONDecoder()


def diagnose(line: Line, reason: str) -> Oddity:
    """Return what is wrong with ``line``, which is no JSON for ``reason``."""
    pieces = _whole_entries(line)
    code: Code = "garbage"
    message = f"not JSON: {reason}"
    if b"\0" in line.raw:
        code, message = "nul", f"{line.raw.count(0)} NUL bytes, as a power failure leaves them"
    elif pieces:
        code, message = "glued", f"not one entry, but {len(pieces)} whole ones and maybe the rest of another"
    elif not line.ended:
        code, message = "torn", "the last line was not written to its end"
    return Oddity(code, line.number, line.offset, len(line.raw), message, pieces)


def _whole_entries(line: Line) -> tuple[tuple[int, int], ...]:
    # In Latin-1 each byte is one character, so places in the text are places in the file.
    text = line.raw.decode("latin-1")
    found = []
    start = text.find("{")
    for _ in range(min(_MOST_TRIES, _MOST_BYTES // len(text))):
        if start < 0:
            break
        try:
            value, end = _decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            value, end = None, start + 1
        if _is_entry(value):
            found.append((line.offset + start, end - start))
        start = text.find("{", end)
    return tuple(found)


def _is_entry(value: object) -> bool:
    # Parts of a torn message are whole objects too, but only entries have both.
    return isinstance(value, dict) and isinstance(value.get("type"), str) and isinstance(value.get("timestamp"), str)
