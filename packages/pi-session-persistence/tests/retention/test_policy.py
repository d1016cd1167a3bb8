"""What goes and what stays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from pi_session_persistence.retention import Candidate, Policy, Selection, select

if TYPE_CHECKING:
    from collections.abc import Sequence

DAY_MS = 86_400_000
NOW_MS = 1000 * DAY_MS
DAY_S = 86_400.0


def session(name: str, age_days: float = 0, *, size: int = 100, parent: str | None = None, **more: str) -> Candidate:
    where = str(path(parent)) if parent is not None else None
    return Candidate(file=path(name), modified=NOW_MS - round(age_days * DAY_MS), size=size, parent=where, **more)  # type: ignore[arg-type]  # texts are for fields that are texts


def path(name: str) -> Path:
    return Path("/s") / name


def choose(
    sessions: Sequence[Candidate], policy: Policy, protected: dict[str, str] | None = None
) -> tuple[list[str], dict[str, str]]:
    found = select(
        sessions, policy, now_ms=NOW_MS, protected={path(name): why for name, why in (protected or {}).items()}
    )
    return [one.file.name for one in found.goes], {one.file.name: why for one, why in found.stays}


def test_what_is_too_old_goes_the_oldest_first() -> None:
    sessions = [session("new", 1), session("old", 40), session("older", 50)]
    assert choose(sessions, Policy(older_than_s=30 * DAY_S)) == (["older", "old"], {})


def test_the_oldest_go_until_the_rest_fits() -> None:
    sessions = [session("a", 1), session("b", 2), session("c", 3), session("d", 4)]
    assert choose(sessions, Policy(max_bytes=250))[0] == ["d", "c"]
    assert choose(sessions, Policy(max_bytes=400))[0] == []


def test_what_is_too_old_makes_room_for_the_rest() -> None:
    sessions = [session("a", 1), session("b", 2), session("c", 40)]
    assert choose(sessions, Policy(max_bytes=200, older_than_s=30 * DAY_S))[0] == ["c"]


def test_the_newest_stay_although_they_are_old() -> None:
    sessions = [session("a", 40), session("b", 50), session("c", 60)]
    goes, stays = choose(sessions, Policy(older_than_s=30 * DAY_S, keep_newest=2))
    assert goes == ["c"]
    assert stays == dict.fromkeys("ab", "one of the newest")


def test_without_a_limit_all_but_the_newest_go() -> None:
    sessions = [session("a", 1), session("b", 2), session("c", 3)]
    assert choose(sessions, Policy(keep_newest=1))[0] == ["c", "b"]


def test_the_newest_of_each_folder_stay() -> None:
    sessions = [session("a", 1, cwd="/x"), session("b", 2, cwd="/x"), session("c", 3, cwd="/y")]
    assert choose(sessions, Policy(keep_newest=1, per_folder=True))[0] == ["b"]


def test_what_cost_much_stays() -> None:
    dear = Candidate(file=path("dear"), modified=0, size=1, cost=5.0)
    cheap = Candidate(file=path("cheap"), modified=0, size=1, cost=4.99)
    assert choose([dear, cheap], Policy(older_than_s=DAY_S, keep_cost=5))[0] == ["cheap"]


def test_what_is_protected_stays_with_its_reason() -> None:
    sessions = [session("a", 40), session("b", 50)]
    assert choose(sessions, Policy(older_than_s=DAY_S), {"a": "pinned"}) == (["b"], {"a": "pinned"})


def test_a_session_stays_as_long_as_a_fork_of_it() -> None:
    sessions = [session("root", 60), session("child", 50, parent="root"), session("leaf", 1, parent="child")]
    goes, stays = choose(sessions, Policy(older_than_s=30 * DAY_S))
    assert goes == []
    assert set(stays) == {"root", "child"}
    assert choose(sessions[:2], Policy(older_than_s=30 * DAY_S))[0] == ["child", "root"]


NAMES = [f"s{number}" for number in range(8)]
SESSIONS = st.lists(
    st.builds(
        session,
        st.sampled_from(NAMES),
        st.floats(0, 100),
        size=st.integers(0, 1000),
        parent=st.none() | st.sampled_from(NAMES),
    ),
    max_size=8,
    unique_by=lambda one: one.file,
)
POLICIES = st.builds(
    Policy,
    older_than_s=st.none() | st.floats(0, 100 * DAY_S),
    max_bytes=st.none() | st.integers(0, 5000),
    keep_newest=st.none() | st.integers(0, 8),
)


def chosen(sessions: list[Candidate], policy: Policy, protected: set[str]) -> Selection:
    return select(sessions, policy, now_ms=NOW_MS, protected={path(name): "protected" for name in protected})


@given(sessions=SESSIONS, policy=POLICIES, protected=st.sets(st.sampled_from(NAMES)))
def test_nothing_goes_that_is_kept_and_no_parent_of_it(
    sessions: list[Candidate], policy: Policy, protected: set[str]
) -> None:
    found = chosen(sessions, policy, protected)
    goes = {one.file for one in found.goes}
    left = [one for one in sessions if one.file not in goes]
    assert not goes & {path(name) for name in protected}
    assert not goes & {Path(one.parent) for one in left if one.parent is not None}
    assert not goes & {one.file for one, _ in found.stays}
    newest = sorted(sessions, key=lambda one: (one.modified, one.file), reverse=True)[: policy.keep_newest or 0]
    assert not goes & {one.file for one in newest}


@given(sessions=SESSIONS, policy=POLICIES, protected=st.sets(st.sampled_from(NAMES)))
def test_what_stays_against_a_limit_is_kept_by_something(
    sessions: list[Candidate], policy: Policy, protected: set[str]
) -> None:
    found = chosen(sessions, policy, protected)
    goes, told = {one.file for one in found.goes}, {one.file for one, _ in found.stays}
    left = [one for one in sessions if one.file not in goes]
    if policy.older_than_s is not None:
        old = [one for one in left if one.modified < NOW_MS - policy.older_than_s * 1000]
        assert {one.file for one in old} <= told
    if policy.max_bytes is not None and sum(one.size for one in left) > policy.max_bytes:
        parents = {Path(one.parent) for one in left if one.parent is not None}
        safe = {path(name) for name in protected} | parents
        newest = sorted(sessions, key=lambda one: (one.modified, one.file), reverse=True)[: policy.keep_newest or 0]
        assert {one.file for one in left} <= safe | {one.file for one in newest}


@given(sessions=SESSIONS, policy=POLICIES)
def test_a_second_time_nothing_goes(sessions: list[Candidate], policy: Policy) -> None:
    goes = {one.file for one in chosen(sessions, policy, set()).goes}
    left = [one for one in sessions if one.file not in goes]
    assert chosen(left, policy, set()).goes == []
