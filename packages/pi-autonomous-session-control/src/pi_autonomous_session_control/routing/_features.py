"""What the model looks at: concepts, their neighbours, and what the clause does."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.routing._grammar import concepts
from pi_autonomous_session_control.routing._speech import QUESTION, begin

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from pi_autonomous_session_control.routing._clauses import Clause
    from pi_autonomous_session_control.routing._concepts import Item

__all__ = ["features"]

#: Concepts that say how, not what: they count alone, but make no pairs.
_GRAMMAR: Final = concepts(
    "WH I YOU NEG PLEASE WANT ABOUT PRESENT HERE ALREADY THIS WHETHER FILLER COMMON SMALLTALK LEVEL TWO SAME",
    "KNOWN HOLD",
)
_SILENT: Final = frozenset({"COMMON", "FILLER", "PLEASE", "KNOWN"})
#: The longest list of concepts that is paired; what is longer is no request to this tool.
_LONGEST: Final = 16


def features(clauses: Sequence[Clause], context: Collection[str]) -> list[str]:
    """Return the features of what is left of a query.

    Args:
        clauses: those that count.
        context: the keys of the context that came with the query.
    """
    found: dict[str, None] = {}
    items = [item for clause in clauses for item in clause.items[begin(clause.items) :]]
    meant = _meant(items)
    _add(found, (f"c:{concept}" for item in items for concept in item.concepts - _SILENT))
    acts = {clause.act for clause in clauses}
    _add(found, (f"a:{act}" for act in acts))
    flat = [concept for concepts in meant for concept in concepts]
    asked = "?" if QUESTION in acts else "!"
    _add(found, (f"{asked}:{concept}" for concept in flat))
    _add(found, (f"b:{one}>{two}" for first, second in pairwise(meant) for one in first for two in second))
    _add(found, (f"p:{one}&{two}" for one, two in combinations(sorted(set(flat))[:_LONGEST], 2)))
    if meant:
        _add(found, (f"h:{concept}" for concept in meant[0]))
        _add(found, (f"t:{concept}" for concept in meant[-1]))
    if any("NEG" in item.concepts for item in items):
        _add(found, (f"n:{concept}" for concept in flat))
    if any("I" in item.concepts for item in items):
        _add(found, (f"i:{concept}" for concept in flat))
    _add(found, _shape(clauses, items, meant))
    _add(found, (f"ctx:{key}" for key in context))
    return list(found)


def _meant(items: Iterable[Item]) -> list[list[str]]:
    """Return what each item with something to say means."""
    return [sorted(means) for item in items if (means := item.concepts - _GRAMMAR)]


def _shape(clauses: Sequence[Clause], items: Sequence[Item], meant: Sequence[Sequence[str]]) -> Iterable[str]:
    strange = sum(item.sort == "word" and (not item.known or item.concepts == {"KNOWN"}) for item in items)
    yield f"strange:{min(strange, 4)}"
    if strange:
        yield f"strange:{'?' if any(clause.act == QUESTION for clause in clauses) else '!'}"
    yield f"meant:{min(len(meant), 4)}"
    yield f"words:{min(len(items) // 3, 5)}"
    if strange > len(meant):
        yield "strange>meant"
    for sort in {item.sort for item in items} - {"word"}:
        yield f"sort:{sort}"
    if any(clause.rest is not None for clause in clauses):
        yield "text"


def _add(found: dict[str, None], more: Iterable[str]) -> None:
    found.update(dict.fromkeys(more))
