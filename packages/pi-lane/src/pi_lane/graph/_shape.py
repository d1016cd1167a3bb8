"""Which entry is drawn where: a line of the picture for each, and a column for each branch.

At a branch point the side branches come first, one below the other in the next column, and then the branch that
leads to the most important head goes on in the column of the branch point. So the columns to the left of an entry are
always the branches that it comes from and that are not finished, without a gap, and the picture is only as wide as
branches are nested, however many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_lane.graph._nodes import Node

__all__ = ["DEEPEST", "NO_LANE", "Placed", "Tip", "place", "tips", "walk"]

#: How many columns to the left of an entry are remembered; branches that are nested deeper move to the left.
DEEPEST: Final = 32

#: The rank of an entry from which no head can be reached.
NO_LANE: Final = 1_000_000


@dataclass(slots=True)
class Placed:
    """An entry in its place.

    Attributes:
        node: the entry.
        columns: the ranks of the branches to its left, which go on below it.
        rank: the lane that its branch belongs to, as a place in the list of marks, or ``NO_LANE``.
        begins: whether its branch begins here, so that it hangs off the column to its left.
        ends: whether nothing comes after it.
    """

    node: Node
    columns: tuple[int, ...]
    rank: int
    begins: bool
    ends: bool


@dataclass(slots=True)
class Tip:
    """The end of a branch that no lane points to.

    Attributes:
        node: the last entry.
        state: ``ahead`` of the head of a lane, as during a turn; ``settings`` if it only holds settings, names and
            labels; ``orphan`` if something was said that no lane leads to; ``free`` if there are no lanes at all.
        since: the last entry before it that a lane leads to; None if there is none.
        entries: how many entries come after ``since``.
    """

    node: Node
    state: str
    since: Node | None
    entries: int


def walk(root: Node) -> list[Node]:
    """Return ``root`` and all after it, parents before children."""
    found = [root]
    for node in found:
        found.extend(node.children)
    return found


def place(root: Node, main: Node | None = None) -> list[Placed]:
    """Return all entries from the top of the picture to its bottom.

    Args:
        root: stands before the first entries.
        main: an entry to which the main branch leads although it is no head.
    """
    ranks = _ranks(root, main)
    placed: list[Placed] = []
    stack: list[tuple[Node, tuple[int, ...], bool]] = [(root, (), False)]
    while stack:
        node, columns, begins = stack.pop()
        placed.append(Placed(node, columns, ranks[node][0], begins, not node.children))
        if node.children:
            straight = min(node.children, key=ranks.__getitem__)
            stack.append((straight, columns, False))
            beside = (*columns[1 - DEEPEST :], ranks[straight][0])
            stack.extend((child, beside, True) for child in reversed(node.children) if child is not straight)
    return placed


def tips(root: Node, *, lanes: int) -> list[Tip]:
    """Return the ends of the branches that no lane points to, in the order of the file.

    Args:
        root: the first entry.
        lanes: how many lanes there are.
    """
    ranks = _ranks(root)
    parents = {child: node for node in ranks for child in node.children}
    ends = sorted((node for node in ranks if not node.children and not node.lanes), key=lambda node: node.order)
    return [_tip(node, ranks, parents, lanes) for node in ends if node is not root]


def _tip(end: Node, ranks: dict[Node, tuple[int, int]], parents: dict[Node, Node], lanes: int) -> Tip:
    if not lanes:
        return Tip(end, "free", None, 0)
    tail = []
    node: Node | None = end
    while node is not None and ranks[node][0] == NO_LANE:
        tail.append(node)
        node = parents.get(node)
    said = any(not entry.is_settings for entry in tail)
    state = "ahead" if node is not None and node.lanes else "orphan" if said else "settings"
    return Tip(end, state, node, len(tail))


def _ranks(root: Node, main: Node | None = None) -> dict[Node, tuple[int, int]]:
    # The best lane below each entry, and among those without a lane the branch that was written to last.
    ranks: dict[Node, tuple[int, int]] = {}
    for node in reversed(walk(root)):
        below: Sequence[tuple[int, int]] = [ranks[child] for child in node.children]
        own = (0,) if node is main else node.lanes
        lane = min((*own, *(rank for rank, _ in below)), default=NO_LANE)
        ranks[node] = (lane, min((-node.order, *(order for _, order in below))))
    return ranks
