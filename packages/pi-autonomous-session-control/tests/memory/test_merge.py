"""Near-duplicates become one memory, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_autonomous_session_control.memory import Draft, MemoryStore, Origin, Scope
from pi_autonomous_session_control.memory._merge import same_statement

if TYPE_CHECKING:
    from conftest import Clock


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Run the tests before pushing", "run tests before you push."),
        ("The build needs Node 24.", "the build needs node 24"),
        ("caches are stored in /var/tmp", "Caches are store in /var/tmp"),
        ("Always regenerate the lockfile", "always regenrate the lockfile"),
        ("Die Tests laufen mit uv", "die tests laufen mit uv!"),
        ("日本語のメモ", "日本語のメモ"),
    ],
)
def test_wordings_of_one_statement_are_the_same(one: str, other: str) -> None:
    assert same_statement(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("use tabs", "do not use tabs"),
        ("the port is 8080", "the port is 8081"),
        ("version 1.2 works", "version 12 works"),
        ("a valid token is needed", "an invalid token is needed"),
        ("safe to run", "unsafe to run"),
        ("import before use", "export before use"),
        ("push before pull", "pull before push"),
        ("deploy to staging", "deploy to production"),
        ("read a/b", "read b/a"),
        ("the important check", "the import check"),
        ("universe is a repository", "university is a repository"),
        ("set DEBUG=1", "set DEBUG=0"),
        ("branch main is protected", "branch mail is protected"),
        ("!", "?"),
    ],
)
def test_different_statements_stay_apart(one: str, other: str) -> None:
    assert not same_statement(one, other)


def test_a_merge_keeps_what_both_knew(store: MemoryStore, repo: Scope, clock: Clock) -> None:
    first = Draft(
        content="Run the tests before pushing",
        scope=repo,
        topics=("git",),
        confidence=0.5,
        source="inferred",
        expires_at=clock.now + 5,
        origin=Origin(session="s1"),
    )
    second = Draft(
        content="run tests before you push",
        scope=repo,
        topics=("Git", "ci"),
        confidence=0.5,
        origin=Origin(session="s2"),
    )
    old = store.add(first).memory
    clock.turn(ms=1)

    merged = store.add(second)

    assert merged.merged
    memory = merged.memory
    assert (memory.id, memory.content, memory.topics) == (old.id, "Run the tests before pushing", ("git", "ci"))
    assert (memory.confidence, memory.expires_at, memory.source) == (0.75, None, "crystallized")
    assert [(origin.session, origin.text) for origin in memory.origins] == [
        ("s1", ""),
        ("s2", "run tests before you push"),
    ]
    assert store.all() == [memory]


def test_a_typing_error_is_found_among_many(store: MemoryStore, repo: Scope) -> None:
    for number in range(60):
        store.add(Draft(content=f"module{number} always regenerates something else", scope=repo))
    known = store.add(Draft(content="always regenerate the lockfile", scope=repo)).memory

    assert store.add(Draft(content="always regenrate the lockfile", scope=repo)).memory.id == known.id


def test_the_same_in_another_scope_is_another_memory(store: MemoryStore, repo: Scope, user: Scope) -> None:
    store.add(Draft(content="use tabs", scope=repo))

    assert not store.add(Draft(content="use tabs", scope=user)).merged


def test_of_many_origins_the_first_and_the_newest_stay(store: MemoryStore, repo: Scope) -> None:
    for number in range(30):
        store.add(Draft(content="use tabs", scope=repo, origin=Origin(session=f"s{number}")))

    (memory,) = store.all()
    assert [origin.session for origin in memory.origins] == ["s0", *(f"s{number}" for number in range(11, 30))]
