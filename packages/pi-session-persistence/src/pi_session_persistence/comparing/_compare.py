"""Two branches, entry by entry: sessions only grow, so two of them have a common beginning, or nothing in common."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_host.sessionfile import Entry, Session

__all__ = ["Changed", "Comparison", "Relation", "Side", "compare"]

#: How the first of two branches is related to the second.
Relation: TypeAlias = Literal["same", "changed", "behind", "ahead", "separate", "unrelated"]

#: Members that name other entries. A copy may have given all of them new ids.
_REFERENCES: Final = ("targetId", "firstKeptEntryId", "fromId")

#: Entries that are about a session, and don't make it go on.
_MARKS: Final = frozenset({"label", "session_info"})

_OWN: Final = frozenset({"id", "parentId", *_REFERENCES})


class Side(NamedTuple):
    """One of two sessions.

    Attributes:
        path: its branch, from the root.
        alone: those entries of the branch that come after the common history.
        elsewhere: how many entries of its other branches are nowhere in the other session.
    """

    path: list[Entry]
    alone: list[Entry]
    elsewhere: int


class Changed(NamedTuple):
    """An entry of the common history that says something else in the second session."""

    first: Entry
    second: Entry


class Comparison(NamedTuple):
    """What came of it.

    Attributes:
        relation: ``same``: the same entries, on other branches too. ``changed``: the same history, but something is not
            the same: a label or a name, what an entry says, or other branches. ``behind``: the second goes on from
            where the first ends; ``ahead``: the other way round. ``separate``: both went on after a common history.
            ``unrelated``: there is none.
        common: how many entries the common history has.
        last: the last of them, as the first session has it; ``None`` if there is none.
        changed: those of them that are not the same in both, such as after secrets were taken out of a copy.
        first, second: the two sessions.
    """

    relation: Relation
    common: int
    last: Entry | None
    changed: list[Changed]
    first: Side
    second: Side


def compare(
    first: Session, second: Session, *, first_entry: str | None = None, second_entry: str | None = None
) -> Comparison:
    """Compare two branches.

    Entries are the same if they say the same: a copy may have given them other ids.

    Args:
        first: a session that was read with bodies.
        second: another one, or the same.
        first_entry: id of the entry with which the first branch ends, by default the leaf.
        second_entry: id of the entry with which the second branch ends, by default the leaf. What is on other branches
            counts only if neither is given.

    Raises:
        SessionFileError: there is no entry with one of these ids.
    """
    paths = first.path(first_entry), second.path(second_entry)
    common, changed = _common(*paths)
    ones, others = paths[0][common:], paths[1][common:]
    off = (0, 0) if first_entry is not None or second_entry is not None else _elsewhere((first, second), paths)
    sides = Side(paths[0], ones, off[0]), Side(paths[1], others, off[1])
    last = paths[0][common - 1] if common else None
    return Comparison(_relation(common, changed, *sides), common, last, changed, *sides)


def _relation(common: int, changed: list[Changed], first: Side, second: Side) -> Relation:
    one, other = (any(entry.type not in _MARKS for entry in side.alone) for side in (first, second))
    if one and other:
        return "separate" if common else "unrelated"
    if one or other:
        return "ahead" if one else "behind"
    differs = changed or any(side.alone or side.elsewhere for side in (first, second))
    return "changed" if differs else "same"


def _common(ones: list[Entry], others: list[Entry]) -> tuple[int, list[Changed]]:
    """Return how many entries the common history has, and which of them are not the same."""
    names: dict[Any, str | None] = {}
    changed: list[Changed] = []
    number = 0
    for one, other in zip(ones, others, strict=False):
        names[one.id] = other.id
        if not _is_same(one, other, names):
            if one.id is None or _origin(one) != _origin(other):
                break
            changed.append(Changed(one, other))
        number += 1
    return number, changed


def _origin(entry: Entry) -> tuple[str | None, ...]:
    return entry.id, entry.type, entry.role, entry.timestamp


def _is_same(one: Entry, other: Entry, names: dict[Any, str | None]) -> bool:
    """Tell whether two entries say the same; ``names`` has the ids in the second session by those in the first."""
    if one.raw == other.raw:
        return True
    these, those = one.fields, other.fields
    about = [target if not isinstance(target, str) else names.get(target, target) for target in _targets(these)]
    return about == _targets(those) and _said(these) == _said(those)


def _targets(fields: dict[str, Any]) -> list[Any]:
    return [fields.get(key) for key in _REFERENCES]


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in _OWN}


def _elsewhere(sessions: tuple[Session, Session], paths: tuple[list[Entry], list[Entry]]) -> tuple[int, int]:
    """Return how many entries off the path each session has alone."""
    (one, on_one), (other, on_other) = (
        _marks(session.entries, path) for session, path in zip(sessions, paths, strict=True)
    )
    return (one - other - on_other).total(), (other - one - on_one).total()


def _marks(entries: Iterable[Entry], path: list[Entry]) -> tuple[Counter[str], Counter[str]]:
    """Return what the entries off a path say and how often, and those on it."""
    places = {entry.offset for entry in path}
    off, on = Counter[str](), Counter[str]()
    for entry in entries:
        (on if entry.offset in places else off)[repr(sorted(_said(entry.fields).items()))] += 1
    return off, on
