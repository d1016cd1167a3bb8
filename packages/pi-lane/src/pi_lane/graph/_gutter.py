"""The lines and dots to the left of a row, as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_lane.graph._shape import NO_LANE

if TYPE_CHECKING:
    from pi_lane.graph._fold import Row
    from pi_lane.graph._nodes import Kind

__all__ = ["COLOURS", "COLUMN", "HEIGHT", "colour", "gutter", "gutter_width"]

#: Height of a row and width of a column, in pixels.
HEIGHT: Final = 28
COLUMN: Final = 18

#: How many lanes have a colour of their own.
COLOURS: Final = 8

_MIDDLE: Final = HEIGHT // 2
_BIG: Final[frozenset[Kind]] = frozenset({"user", "session"})
_SQUARE: Final[frozenset[Kind]] = frozenset({"compaction", "summary"})


def colour(rank: int) -> str:
    """Return the class that gives a lane its colour."""
    return "cx" if rank == NO_LANE else f"c{rank % COLOURS}"


def gutter_width(row: Row) -> int:
    """Return how wide the gutter of a row is, in pixels."""
    return COLUMN * (len(row.shown.columns) + 1)


def gutter(row: Row) -> str:
    """Return the SVG elements of a row, its left upper corner being the origin."""
    entry = row.shown
    here = _x(len(entry.columns))
    own = colour(entry.rank)
    parts = [f'<path class="{colour(rank)}" d="M{_x(at)} 0V{HEIGHT}"/>' for at, rank in enumerate(entry.columns)]
    if entry.begins:
        parts.append(f'<path class="{own}" d="M{here - COLUMN} 0Q{here - COLUMN} {_MIDDLE} {here} {_MIDDLE}"/>')
    elif entry.node.kind != "session":
        parts.append(f'<path class="{own}" d="M{here} 0V{_MIDDLE}"/>')
    if not entry.ends or row.folded:
        parts.append(f'<path class="{own}" d="M{here} {_MIDDLE}V{HEIGHT}"/>')
    return "".join((*parts, _dot(row, here, own)))


def _dot(row: Row, x: int, own: str) -> str:
    node = row.shown.node
    if row.folded:
        return f'<path class="fold {own}" d="M{x} {_MIDDLE - 7}V{_MIDDLE + 7}"/>'
    if node.kind in _SQUARE:
        return f'<path class="dot {own}" d="M{x} {_MIDDLE - 6}l6 6l-6 6l-6-6z"/>'
    if node.lanes:
        return f'<circle class="head {own}" cx="{x}" cy="{_MIDDLE}" r="6"/>'
    return f'<circle class="dot {own}" cx="{x}" cy="{_MIDDLE}" r="{5.5 if node.kind in _BIG else 4}"/>'


def _x(column: int) -> int:
    return COLUMN * column + COLUMN // 2
