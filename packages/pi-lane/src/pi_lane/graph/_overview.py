"""The whole tree at a glance: time runs to the right, each branch is a line, a dot leads to its row."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Final

from pi_lane.graph._gutter import colour
from pi_lane.graph._safe import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pi_lane.graph._fold import Row
    from pi_lane.graph._nodes import Node
    from pi_lane.graph._picture import Picture

__all__ = ["draw_overview"]

#: Distance of two lines, and the least and greatest distance of two dots, in pixels.
_LINE: Final = 22
_CLOSEST: Final = 5
_WIDEST: Final = 22
_WIDTH: Final = 1200
_MARGIN: Final = 14
_GAP: Final = 10
_CHARACTER: Final = 8

#: A tree with more rows than this is no glance any more.
_MOST_ROWS: Final = 4000


@dataclass(slots=True, eq=False)
class _Branch:
    """A line: where it begins and ends, the line it comes from and how many before that, how far down it is drawn."""

    source: _Branch | None
    first: int
    last: int
    rank: int
    depth: int
    level: int = 0
    stations: list[tuple[int, Row]] = field(default_factory=list)


def draw_overview(picture: Picture, rows: Sequence[Row]) -> str:
    """Return the overview as an SVG element; empty if there is nothing that a list does not show as well.

    Args:
        picture: the tree.
        rows: the rows of the list that it leads to.
    """
    if len(rows) > _MOST_ROWS or not any(row.shown.begins for row in rows):
        return ""
    branches = _branches(rows)
    steps = max(branch.last for branch in branches)
    step = max(_CLOSEST, min(_WIDEST, _WIDTH // (steps + 1)))
    levels = _stack(branches, step, picture)
    width = 2 * _MARGIN + max(step * branch.last + _room(branch, picture) for branch in branches)
    height = _LINE * levels + _MARGIN
    parts = [f'<svg width="{width}" height="{height}" role="img" aria-label="overview of the tree">']
    for branch in sorted(branches, key=lambda branch: -branch.rank):  # the lanes over what has none
        parts += _line(branch, step)
    for branch in branches:
        parts += _stations(branch, step, picture)
    return "\n".join((*parts, "</svg>"))


def _branches(rows: Sequence[Row]) -> list[_Branch]:
    branches: list[_Branch] = []
    on: dict[Node, tuple[_Branch, int]] = {}
    after: dict[Node, tuple[_Branch, int]] = {}
    for row in rows:
        node = row.shown.node
        source, place = after.get(node, (None, -1))
        if source is None or row.shown.begins:
            depth = source.depth + 1 if source else 0
            branches.append(_Branch(source, place + 1, place + 1, row.shown.rank, depth))
        branch = branches[-1] if source is None or row.shown.begins else source
        branch.stations.append((place + 1, row))
        branch.last = place + 1
        for entry in (row.shown, *row.hidden):
            on[entry.node] = (branch, place + 1)
            after.update(dict.fromkeys(entry.node.children, on[entry.node]))
    return branches


def _stack(branches: list[_Branch], step: int, picture: Picture) -> int:
    # Each line as high as there is room to the right of where it leaves its source, names of heads included.
    ends: list[list[tuple[int, int]]] = []
    # Of those from one line the last one nearest to it, so that no branch has to cross another one.
    for branch in sorted(branches, key=lambda branch: (branch.depth, -branch.first)):
        first, last = branch.first - 1, branch.last + 1 + _room(branch, picture) // step
        level = branch.source.level + 1 if branch.source else 0
        while level < len(ends) and any(first <= end and begin <= last for begin, end in ends[level]):
            level += 1
        ends.extend([] for _ in range(level + 1 - len(ends)))
        ends[level].append((first, last))
        branch.level = level
    return len(ends)


def _room(branch: _Branch, picture: Picture) -> int:
    # What the names of heads take at most, in pixels.
    names = (_names(row.shown.node, picture) for _, row in branch.stations)
    return max((_GAP + _CHARACTER * len(name) for name in names if name), default=0)


def _names(node: Node, picture: Picture) -> str:
    return ", ".join(one_line(picture.marks[rank].name, 64) for rank in node.lanes)


def _line(branch: _Branch, step: int) -> Iterator[str]:
    first, last, level = _x(branch.first, step), _x(branch.last, step), _y(branch.level)
    if branch.source:
        above, start = _y(branch.source.level), _x(branch.first - 1, step)
        bend = f"M{start} {above}V{level - 8}Q{start} {level} {min(start + 8, first)} {level}H{first}"
        yield f'<path class="{colour(branch.rank)}" d="{bend}"/>'
    yield f'<path class="{colour(branch.rank)}" d="M{first} {level}H{last}"/>'


def _stations(branch: _Branch, step: int, picture: Picture) -> Iterator[str]:
    for place, row in branch.stations:
        node = row.shown.node
        x, y, own = _x(place, step), _y(branch.level), colour(row.shown.rank)
        if row.folded:
            yield f'<path class="fold {own}" d="M{x - 4} {y}H{x + 4}"/>'
            continue
        radius, kind = (6, "head") if node.lanes else (3.5, "dot")
        title = escape(one_line(picture.title if node.kind == "session" else node.text, 120))
        dot = f'<circle class="{kind} {own}" cx="{x}" cy="{y}" r="{radius}"><title>{title}</title></circle>'
        yield f'<a href="#e{node.order}">{dot}</a>'
        if node.lanes:
            above = y - 5 if place < branch.last else y + 4
            yield f'<text class="{own}" x="{x + _GAP}" y="{above}">{escape(_names(node, picture))}</text>'


def _x(place: int, step: int) -> int:
    return _MARGIN + step * place


def _y(level: int) -> int:
    return _MARGIN + _LINE * level
