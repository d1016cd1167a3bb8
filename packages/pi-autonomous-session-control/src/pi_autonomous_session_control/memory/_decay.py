"""How a memory fades, and which ones go.

A memory halves its strength in `HALF_LIFE` after it was last recalled, later the more often it was. What somebody asked
to keep never goes for being faint: it ranks lower, and goes first when the store is full. What was only inferred goes
when it is faint.
"""

from __future__ import annotations

from typing import Final

__all__ = ["DAY", "FAINT", "HALF_LIFE", "MAX_HALF_LIFE", "recalled", "strength_now"]

#: One day in ms.
DAY: Final = 86_400_000
#: Half-life in ms of a memory that was never recalled; each recall adds as much again, up to the maximum.
HALF_LIFE: Final = 30 * DAY
MAX_HALF_LIFE: Final = 365 * DAY
#: Below this strength an inferred memory is removed.
FAINT: Final = 0.05

_GAIN: Final = 0.1


def strength_now(strength: float, accessed_at: int, access_count: int, now: int) -> float:
    """Return the strength that is left at ``now``; a clock that was set back makes nothing stronger."""
    age = max(0, now - accessed_at)
    half_life = min(HALF_LIFE * (1 + access_count), MAX_HALF_LIFE)
    return float(strength * 0.5 ** (age / half_life))


def recalled(strength: float, accessed_at: int, access_count: int, now: int) -> float:
    """Return the strength after being recalled at ``now``."""
    return min(1.0, strength_now(strength, accessed_at, access_count, now) + _GAIN)
