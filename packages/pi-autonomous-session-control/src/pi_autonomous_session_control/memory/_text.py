"""Text that came from somebody else: made storable, and made safe to print."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["clean", "preview", "printable"]

# Everything a terminal may act on, and the marks that turn the direction of what follows. Newline and tab stay.
_ACTIVE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Return ``text`` without blanks around it, and with U+FFFD for what UTF-8 or SQLite can't hold."""
    return _UNSTORABLE.sub("\ufffd", text).strip()


def printable(text: str) -> str:
    r"""Return ``text`` with control and direction characters written as ``\x1b`` or ``\u202e``."""
    return _ACTIVE.sub(_escape, text)


def preview(text: str, width: int) -> str:
    """Return the first ``width`` characters of ``text`` as one printable line."""
    line = " ".join(printable(text).split())
    return line if len(line) <= width else f"{line[: max(width - 1, 0)]}…"


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"  # noqa: PLR2004  # what two digits hold
