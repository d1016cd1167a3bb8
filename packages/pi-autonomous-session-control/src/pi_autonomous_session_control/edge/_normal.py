"""Values of unknown make, as the tools want them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["choice", "number", "record", "text", "texts"]

_Name = TypeVar("_Name", bound=str)


def record(value: object) -> dict[str, Any]:
    """Return the members of an object that have a text as their name; nothing for what is no object."""
    return {key: member for key, member in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}


def text(value: object, *, allow_empty: bool = False, most: int | None = None) -> str | None:
    """Return a text without blanks around it.

    Args:
        value: what was given.
        allow_empty: a blank text is one, too.
        most: characters; what is longer is cut.

    Returns:
        ``None`` for what is no text, and for a blank one.
    """
    if not isinstance(value, str):
        return None
    trimmed = value.strip()[:most]
    return trimmed if trimmed or allow_empty else None


def texts(value: object) -> list[str] | None:
    """Return the texts in a list, blank ones and other things left out; ``None`` for what is no list."""
    if not isinstance(value, list):
        return None
    return [trimmed for item in value if (trimmed := text(item)) is not None]


def number(
    value: object, *, least: float | None = None, most: float | None = None, integer: bool = False
) -> float | None:
    """Return a finite number within bounds.

    Args:
        value: what was given; a text with digits is no number, nor is true.
        least: the smallest that is allowed.
        most: the greatest that is allowed.
        integer: it must be whole.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    fits = (least is None or value >= least) and (most is None or value <= most)
    return value if fits and (not integer or value == math.floor(value)) else None


def choice(value: object, allowed: Iterable[_Name]) -> _Name | None:
    """Return which of ``allowed`` a text is, in any case and with blanks around it."""
    wanted = text(value)
    return next((name for name in allowed if wanted is not None and name.casefold() == wanted.casefold()), None)
