"""Bars over days as SVG: what was spent, by model."""

from __future__ import annotations

import math
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["Bar", "draw_bars"]

_WIDTH, _HEIGHT = 960, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 8, 12, 26

#: More days than that are put together by week, then by month.
_MOST_BARS: Final = 100

#: Lines across the picture.
_STEPS: Final = 4


class Bar(NamedTuple):
    """A part of a day's bar.

    Attributes:
        day: as ISO 8601.
        series: number of the model; the parts of a day stand on each other in this order.
        name: of the model.
        value: how high the part is.
    """

    day: str
    series: int
    name: str
    value: float


def draw_bars(bars: Sequence[Bar], title: str, shown: Callable[[float], str]) -> str:
    """Return an SVG picture of bars over days; days without a bar have their place, too.

    Args:
        bars: the parts of the bars.
        title: what it is a picture of.
        shown: how a value is written.
    """
    slots, slot_of = _slots([bar.day for bar in bars])
    stacks: dict[str, dict[tuple[int, str], float]] = {slot: {} for slot in slots}
    for bar in bars:
        stack = stacks[slot_of(bar.day)]
        stack[bar.series, bar.name] = stack.get((bar.series, bar.name), 0) + bar.value
    top = _round_up(max((sum(stack.values()) for stack in stacks.values()), default=0))
    parts = [*_grid(top, shown), *_columns(stacks, top, shown), *_dates(slots)]
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'


def _slots(days: Sequence[str]) -> tuple[list[str], Callable[[str], str]]:
    """Return the days, weeks or months that have a bar each, and which one a day belongs to."""
    first, last = date.fromisoformat(min(days)), date.fromisoformat(max(days))
    span = (last - first).days + 1
    every = [(first + timedelta(days=number)).isoformat() for number in range(min(span, 366 * 100))]

    def week(day: str) -> str:
        found = date.fromisoformat(day)
        return (found - timedelta(days=found.weekday())).isoformat()

    def month(day: str) -> str:
        return f"{day[:7]}-01"

    choices: list[Callable[[str], str]] = [str, week, month]
    choice = next((choice for choice in choices if len(set(map(choice, every))) <= _MOST_BARS), month)
    return list(dict.fromkeys(map(choice, every))), choice


def _grid(top: float, shown: Callable[[float], str]) -> Iterator[str]:
    for step in range(_STEPS + 1):
        value = top * step / _STEPS
        y = _y(value, top)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
        yield f'<text class="axis" x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(shown(value))}</text>'


def _columns(
    stacks: dict[str, dict[tuple[int, str], float]], top: float, shown: Callable[[float], str]
) -> Iterator[str]:
    width = (_WIDTH - _LEFT - _RIGHT) / max(1, len(stacks))
    for place, (slot, stack) in enumerate(stacks.items()):
        below = 0.0
        for (series, name), value in sorted(stack.items()):
            y, height = _y(below + value, top), _y(below, top) - _y(below + value, top)
            below += value
            wide = min(width * 0.76, 64)
            x = _LEFT + (place + 0.5) * width - wide / 2
            yield (
                f'<rect class="s{series}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{height:.2f}">'
                f"<title>{escape(f'{slot} · {name}: {shown(value)}')}</title></rect>"
            )


def _dates(slots: Sequence[str]) -> Iterator[str]:
    width = (_WIDTH - _LEFT - _RIGHT) / max(1, len(slots))
    every = max(1, math.ceil(len(slots) / 10))
    for place in range(0, len(slots), every):
        x = _LEFT + (place + 0.5) * width
        yield f'<text class="axis" x="{x:.1f}" y="{_HEIGHT - 8}" text-anchor="middle">{slots[place]}</text>'


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)


def _round_up(value: float) -> float:
    """Return the next number that four steps lead to without odd fractions."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10, 20) if step * unit >= value)
