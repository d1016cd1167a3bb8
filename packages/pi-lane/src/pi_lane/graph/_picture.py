"""The session tree with everything that is drawn into it, before anybody decides how."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pi_lane.graph._fold import Row, fold
from pi_lane.graph._nodes import Node
from pi_lane.graph._shape import Placed, Tip, place, tips, walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pi_host.sessionfile import Session

__all__ = ["Mark", "Picture"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A lane in the picture.

    Attributes:
        name: its name.
        head: the id of the entry after which it goes on; None for the beginning of the session.
        epoch: how often its head was moved.
        state: who owns it, in a few words; empty if it is free.
        trouble: whether ``state`` is something to look after.
        current: whether it is the lane of the terminal that asks.
    """

    name: str
    head: str | None
    epoch: int = 0
    state: str = ""
    trouble: bool = False
    current: bool = False


@dataclass(eq=False)
class Picture:
    """A session tree with the heads of its lanes.

    Attributes:
        title: the name of the session, or its id.
        file: where it is.
        root: stands for the beginning; the first entries are its children.
        marks: the lanes, the most important one first.
        leaf: the last entry of the file, after which pi goes on without lanes; None if there is no entry.
    """

    title: str
    file: str
    root: Node
    marks: Sequence[Mark]
    leaf: Node | None

    @classmethod
    def of(cls, session: Session, marks: Sequence[Mark], *, file: str) -> Picture:
        """Return the picture of a session.

        Entries that hang in a circle, or from one that is not there, are drawn nevertheless; those without an id are
        not.
        """
        # As in pi, the last entry with an id is the one that counts.
        nodes = {entry.id: Node(entry, entry.line) for entry in session.entries if entry.id is not None}
        root = Node(None, 0)
        _connect(root, nodes)
        for target, label in session.labels.items():
            if target in nodes:
                nodes[target].label = label
        for index, mark in enumerate(marks):
            head = root if mark.head is None else nodes.get(mark.head)
            if head:
                head.lanes.append(index)
        leaf = session.leaf
        title = session.name or (session.header.id if session.header else "a session without a header")
        return cls(title, file, root, marks, nodes.get(leaf.id) if leaf and leaf.id else None)

    @cached_property
    def placed(self) -> list[Placed]:
        """All entries, from the top of the picture to its bottom."""
        return place(self.root, None if self.marks else self.leaf)

    @cached_property
    def tips(self) -> list[Tip]:
        """The ends of branches that no lane points to."""
        return tips(self.root, lanes=len(self.marks))

    @property
    def lost(self) -> list[Mark]:
        """The lanes whose head is not in the file."""
        known = {index for entry in self.placed for index in entry.node.lanes}
        return [mark for index, mark in enumerate(self.marks) if index not in known]

    def rows(self, *, everything: bool = False) -> list[Row]:
        """Return what is drawn, from top to bottom.

        Args:
            everything: leave nothing out; otherwise long stretches are folded.
        """
        if everything:
            return [Row(entry) for entry in self.placed]
        return fold(self.placed, keep=frozenset({self.leaf.id} if self.leaf else ()))


def _connect(root: Node, nodes: Mapping[str, Node]) -> None:
    for node in nodes.values():
        (nodes.get(node.parent or "") or root).children.append(node)
    reached = set(walk(root))
    for node in nodes.values():
        if node not in reached:  # it comes after itself: cut the circle here
            nodes[node.parent or ""].children.remove(node)
            root.children.append(node)
            reached.update(walk(node))
    for node in reached:
        node.children.sort(key=lambda child: child.order)
