"""Text as SQLite can hold it."""

from __future__ import annotations

from typing import overload

__all__ = ["storable"]


@overload
def storable(text: str) -> str: ...
@overload
def storable(text: None) -> None: ...
def storable(text: str | None) -> str | None:
    """Return ``text`` without halves of characters and NUL, so that SQLite can hold it."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
