"""Figures in few characters."""

from __future__ import annotations

from datetime import datetime
from typing import Final

__all__ = ["amount", "clock", "dollars", "seconds"]

_NS_PER_S: Final = 1e9
_MINUTE: Final = 60
_HOUR: Final = 3600
_KILO: Final = 1000
_PRECISE: Final = 10
_UNITS: Final = (("k", 10**3), ("M", 10**6), ("G", 10**9))


def seconds(nanoseconds: int) -> str:
    """Return a duration: ``85 ms``, ``1.25 s``, ``12.5 s``, ``3 m 05 s``, ``2 h 10 m``."""
    value = nanoseconds / _NS_PER_S
    if value < 1:
        return f"{value * _KILO:.0f} ms"
    if value < _MINUTE:
        return f"{value:.2f} s" if value < _PRECISE else f"{value:.1f} s"
    if value < _HOUR:
        return f"{value // _MINUTE:.0f} m {value % _MINUTE:02.0f} s"
    return f"{value // _HOUR:.0f} h {value % _HOUR // _MINUTE:02.0f} m"


def amount(count: int) -> str:
    """Return a number of tokens: ``999``, ``1.2k``, ``34k``, ``1.2M``."""
    if count < _KILO:
        return str(count)
    unit, value = next((unit, count / size) for unit, size in _UNITS if count < size * _KILO or unit == _UNITS[-1][0])
    return f"{value:.1f}{unit}" if value < _PRECISE else f"{value:.0f}{unit}"


def dollars(cost: float) -> str:
    """Return a price: ``$0.0012``, ``$1.23``."""
    return f"${cost:.4f}" if cost < 1 else f"${cost:,.2f}"


def clock(nanoseconds: int) -> str:
    """Return a moment in the local time of this machine: ``2026-11-20 23:30:05``."""
    return datetime.fromtimestamp(nanoseconds / _NS_PER_S).astimezone().strftime("%Y-%m-%d %H:%M:%S")
