"""The picture as data, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pi_lane.graph._safe import one_line

if TYPE_CHECKING:
    from pi_lane.graph._nodes import Node
    from pi_lane.graph._picture import Picture

__all__ = ["as_data"]

_TEXT = 200


def as_data(picture: Picture) -> dict[str, Any]:
    """Return the tree as JSON data: all entries in the order in which they are drawn, and the ends without a lane."""
    return {
        "title": picture.title,
        "leafId": picture.leaf.id if picture.leaf else None,
        "entries": [_entry(placed.node, len(placed.columns), picture) for placed in picture.placed[1:]],
        "tips": [
            {
                "id": tip.node.id,
                "state": tip.state,
                "sinceId": (tip.since and tip.since.id) or None,
                "entries": tip.entries,
            }
            for tip in picture.tips
        ],
        "lostLanes": [mark.name for mark in picture.lost],
    }


def _entry(node: Node, column: int, picture: Picture) -> dict[str, Any]:
    entry = node.entry
    data: dict[str, Any] = {
        "id": node.id,
        "parentId": node.parent,
        "type": entry.type if entry else "",
        "role": entry.role if entry else None,
        "timestamp": node.at,
        "column": column,
        "children": len(node.children),
        "lanes": [picture.marks[rank].name for rank in node.lanes],
        "text": one_line(node.text, _TEXT),
    }
    return data | ({"label": node.label} if node.label else {})
