"""Long stretches without anything special become one row that says how much is in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pi_lane.graph._nodes import Kind
    from pi_lane.graph._shape import Placed

__all__ = ["Row", "contents", "fold"]

#: How many prompts stay visible before and after what is special.
_CONTEXT: Final = 2

#: A stretch with fewer prompts than this is not worth a row of its own.
_WORTH: Final = 3

_SPECIAL: Final[frozenset[Kind]] = frozenset({"session", "compaction", "summary", "name"})

_WORDS: Final[dict[Kind, tuple[str, str]]] = {
    "user": ("prompt", "prompts"),
    "assistant": ("answer", "answers"),
    "tool": ("tool result", "tool results"),
    "bash": ("! command", "! commands"),
}


@dataclass(slots=True)
class Row:
    """A row of the picture: an entry, or a stretch of entries.

    Attributes:
        shown: the entry; for a stretch, the first entry of it.
        folded: whether ``shown`` is not shown itself.
        hidden: what is folded into this row, without ``shown``.
    """

    shown: Placed
    folded: bool = False
    hidden: list[Placed] = field(default_factory=list)


def fold(placed: Sequence[Placed], *, keep: frozenset[str]) -> list[Row]:
    """Return the rows of the picture.

    Ends and beginnings of branches, branch points, heads, labels, names, compactions and two prompts around each of
    them stay; what follows a prompt is folded into its row.

    Args:
        placed: the entries from top to bottom.
        keep: ids of further entries that stay.
    """
    rows: list[Row] = []
    for stretch in _stretches(placed):
        shown = _visible(stretch, keep)
        for index, entry in enumerate(stretch):
            if index in shown:
                rows.append(Row(entry))
            elif entry.node.kind != "user" or rows[-1].folded:
                rows[-1].hidden.append(entry)
            else:
                rows.append(Row(entry, folded=True))
    return rows


def contents(entries: Sequence[Placed]) -> str:
    """Return what is in a stretch: ``12 entries: 2 prompts, 4 answers, 5 tool results, 1 other``."""
    counts = Counter(entry.node.kind for entry in entries)
    parts = [f"{counts[kind]} {words[counts[kind] > 1]}" for kind, words in _WORDS.items() if counts[kind]]
    other = len(entries) - sum(counts[kind] for kind in _WORDS)
    if other:
        parts.append(f"{other} other")
    return f"{len(entries)} {'entries' if len(entries) > 1 else 'entry'}: {', '.join(parts)}"


def _stretches(placed: Sequence[Placed]) -> Iterator[list[Placed]]:
    # From one branching to the next: within, each entry is the only one after the one above it.
    stretch: list[Placed] = []
    for entry in placed:
        if stretch and (stretch[-1].node.children != [entry.node]):
            yield stretch
            stretch = []
        stretch.append(entry)
    if stretch:
        yield stretch


def _visible(stretch: Sequence[Placed], keep: frozenset[str]) -> set[int]:
    special = [index for index, entry in enumerate(stretch) if _is_special(entry, keep)]
    shown = {0, len(stretch) - 1, *special}
    prompts = [index for index, entry in enumerate(stretch) if entry.node.kind == "user"]
    near: set[int] = set()
    for index in sorted(shown):
        before, after = bisect_left(prompts, index), bisect_right(prompts, index)
        near.update(prompts[max(0, before - _CONTEXT) : after + _CONTEXT])
    return shown | near | _short_gaps(stretch, prompts, shown | near)


def _short_gaps(stretch: Sequence[Placed], prompts: Sequence[int], shown: set[int]) -> set[int]:
    found: set[int] = set()
    gap: list[int] = []
    for index in (*prompts, len(stretch) - 1):
        if index not in shown:
            gap.append(index)
            continue
        if len(gap) < _WORTH:
            found.update(gap)
        gap = []
    return found


def _is_special(entry: Placed, keep: frozenset[str]) -> bool:
    node = entry.node
    return (
        entry.begins
        or len(node.children) != 1
        or bool(node.lanes or node.label)
        or node.kind in _SPECIAL
        or node.id in keep
    )
