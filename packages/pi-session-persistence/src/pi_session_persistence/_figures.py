"""Figures and times for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

__all__ = ["dollars", "iso", "local", "many", "share", "short"]

_CENT: Final = 0.01


def dollars(value: float) -> str:
    """Return an amount in US dollars; less than a cent is told exactly."""
    return f"${value:,.2f}" if value >= _CENT or not value else f"${value:.4f}"


def short(value: float) -> str:
    """Return a number with three digits and a unit: ``12.3 k``."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f}"


def many(number: int, what: str) -> str:
    """Return a number of things: ``1 session``, ``2,000 sessions``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def share(part: float, whole: float) -> str:
    """Return which part of the whole something is, in per cent."""
    return f"{100 * part / whole:.0f} %" if whole else "-"


def iso(at: int | None) -> str | None:
    """Return a time in ms since 1970 as programs exchange it (ISO 8601, UTC)."""
    moment = _moment(at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment is not None else None


def local(at: int | None) -> str:
    """Return a time in ms since 1970 for a person, where they are: of today the time, else the day."""
    moment = _moment(at)
    if moment is None:
        return "-"
    here = moment.astimezone()
    return f"{here:%H:%M}" if here.date() == datetime.now().astimezone().date() else f"{here:%Y-%m-%d}"


def _moment(at: int | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(at / 1000, UTC) if at is not None else None
    except (ValueError, OverflowError, OSError):  # no calendar has this day
        return None
