"""Times and sizes as people type them."""

from __future__ import annotations

import re
from typing import Final

import typer

__all__ = ["duration", "size"]

_SECONDS: Final = {"h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_BYTES: Final = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}


def duration(text: str) -> float:
    """Return the seconds in a text such as ``90d``.

    Raises:
        typer.BadParameter: it is no duration.
    """
    found = re.fullmatch(r"(\d{1,6})([hdw])", text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no time; give hours, days or weeks (12h, 90d, 4w)")
    return int(found[1]) * _SECONDS[found[2]]


def size(text: str) -> int:
    """Return the bytes in a text such as ``2GB``.

    Raises:
        typer.BadParameter: it is no size.
    """
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?) ?([kmgt]?b)", text.lower())
    if found is None:
        raise typer.BadParameter(f"{text!r} is no size; give bytes with their unit (800kB, 500MB, 2GB)")
    return round(float(found[1]) * _BYTES[found[2]])
