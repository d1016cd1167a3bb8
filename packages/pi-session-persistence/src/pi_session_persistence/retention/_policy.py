"""Which sessions are to go: limits say what, and rules and facts say what stays all the same."""

from __future__ import annotations

from collections import Counter
from heapq import heappop, heappush
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Candidate", "Policy", "Selection", "select"]


_FORKED: Final = "a session that stays was forked from it"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What is to go, and what stays.

    A session goes if a limit takes it: it is too old, or all of them are too big and it is the oldest. Without a limit
    all go that nothing keeps.

    Attributes:
        older_than_s: limit: said nothing for so many seconds.
        max_bytes: limit: all sessions that are left, with their side files, have so many bytes at most.
        keep_newest: so many sessions stay, those that said something last.
        per_folder: ``keep_newest`` counts for each working directory.
        keep_cost: sessions that cost so many US dollars or more stay.
    """

    older_than_s: float | None = None
    max_bytes: int | None = None
    keep_newest: int | None = None
    per_folder: bool = False
    keep_cost: float | None = None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A session that may have to go.

    Attributes:
        file: the session file.
        modified: when it last said something, in ms since 1970.
        size: bytes of the file and its side files.
        cost: in US dollars.
        cwd: its working directory.
        parent: the session file that it was forked from.
        session_id: pi's id of it.
        title: its name or first prompt.
    """

    file: Path
    modified: int
    size: int
    cost: float = 0.0
    cwd: str | None = None
    parent: str | None = None
    session_id: str | None = None
    title: str = ""


class Selection(NamedTuple):
    """What is to be done.

    Attributes:
        goes: what goes, the oldest first, but forks before what they were forked from.
        stays: what a limit takes and something keeps, with the reason.
    """

    goes: list[Candidate]
    stays: list[tuple[Candidate, str]]


def select(candidates: Iterable[Candidate], policy: Policy, *, now_ms: int, protected: Mapping[Path, str]) -> Selection:
    """Choose the sessions that go.

    A session from which one that stays was forked stays, too.

    Args:
        candidates: all sessions.
        policy: what is wanted.
        now_ms: in ms since 1970.
        protected: session files that stay in any case, and why.
    """
    order = sorted(candidates, key=lambda one: (one.modified, one.file))
    kept = {**_ruled(order, policy), **protected}
    goes, left = _taken(order, policy, now_ms, kept)
    gone = {one.file for one in goes}
    told = [one for one in order if one.file not in gone and _is_told(one, policy, now_ms, left, protected, kept)]
    return Selection(goes, [(one, kept.get(one.file, _FORKED)) for one in told])


def _ruled(order: Sequence[Candidate], policy: Policy) -> dict[Path, str]:
    """Return what the rules of the policy keep."""
    kept = {}
    if policy.keep_newest is not None:
        seen: dict[str | None, int] = {}
        for one in reversed(order):
            folder = one.cwd if policy.per_folder else None
            seen[folder] = seen.get(folder, 0) + 1
            if seen[folder] <= policy.keep_newest:
                kept[one.file] = "one of the newest"
    if policy.keep_cost is not None:
        kept |= {one.file: "it cost too much to go" for one in order if one.cost >= policy.keep_cost}
    return kept


def _taken(
    order: Sequence[Candidate], policy: Policy, now_ms: int, kept: Mapping[Path, str]
) -> tuple[list[Candidate], int]:
    """Return what the limits take of what is not kept, the oldest first, and the bytes that are left then."""
    forks = Counter(parent for one in order if (parent := _parent(one)) is not None)
    places = {one.file: place for place, one in enumerate(order)}
    ready = [place for place, one in enumerate(order) if one.file not in kept and not forks[one.file]]
    left, goes = sum(one.size for one in order), []
    while ready:
        one = order[heappop(ready)]
        if not _is_over(one, policy, now_ms, left):
            break  # the others said something later
        goes.append(one)
        left -= one.size
        parent = _parent(one)
        if parent is not None:
            forks[parent] -= 1
            if not forks[parent] and parent in places and parent not in kept:
                heappush(ready, places[parent])
    return goes, left


def _is_over(one: Candidate, policy: Policy, now_ms: int, left: int) -> bool:
    """Tell whether a limit takes a session when so many bytes are left."""
    if policy.older_than_s is None and policy.max_bytes is None:
        return True
    too_old = policy.older_than_s is not None and one.modified < now_ms - policy.older_than_s * 1000
    return too_old or (policy.max_bytes is not None and left > policy.max_bytes)


def _is_told(  # noqa: PLR0913, PLR0917  # what it depends on
    one: Candidate,
    policy: Policy,
    now_ms: int,
    left: int,
    protected: Mapping[Path, str],
    kept: Mapping[Path, str],
) -> bool:
    """Tell whether it is worth telling that a session stays."""
    if policy.older_than_s is None and policy.max_bytes is None:
        # What the policy itself keeps is just what was asked for.
        return one.file in protected or one.file not in kept
    return _is_over(one, policy, now_ms, left)


def _parent(one: Candidate) -> Path | None:
    parent = Path(one.parent) if one.parent is not None else None
    return parent if parent != one.file else None
