"""Adding, finding, changing, forgetting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_autonomous_session_control.memory import (
    Change,
    Draft,
    InvalidError,
    MemoryStore,
    Origin,
    Quota,
    Scope,
    Search,
    SecretError,
)

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Clock


def contents(store: MemoryStore, query: str, *scopes: Scope, topic: str | None = None) -> list[str]:
    return [hit.memory.content for hit in store.search(Search(query, scopes, topic=topic))]


def test_a_memory_keeps_everything_over_a_restart(tmp_path: Path, clock: Clock, repo: Scope) -> None:
    path = tmp_path / "m.sqlite3"
    draft = Draft(
        content="the build needs Node 24",
        scope=repo,
        topics=("build", "node"),
        context="turn 3",
        source="inferred",
        confidence=0.5,
        expires_at=clock.now + 1000,
        origin=Origin(session="s1", entry="e1", event="tool_result"),
        metadata={"a": [1, None, {"b": "ü"}]},
    )
    first = MemoryStore(path, clock=clock)
    stored = first.add(draft).memory
    first.close()

    again = MemoryStore(path, clock=clock)

    assert again.get(stored.id) == stored
    assert stored.origins == (Origin("s1", "e1", "tool_result", clock.now),)
    again.close()


def test_ids_do_not_collide_within_a_millisecond_or_after_forgetting(store: MemoryStore, repo: Scope) -> None:
    one = store.add(Draft(content="one thing", scope=repo)).memory.id
    two = store.add(Draft(content="another matter", scope=repo)).memory.id
    store.forget([two])
    three = store.add(Draft(content="a third", scope=repo)).memory.id

    assert len({one, two, three}) == 3
    assert two == f"{one}-1"


@pytest.mark.parametrize("query", ["pushing", "PUSHED tests", "what do I know about tests?", "test", "resume"])
def test_words_are_found_in_another_form(query: str, store: MemoryStore, repo: Scope) -> None:
    store.add(Draft(content="Run the tests before you push a résumé", scope=repo))

    assert contents(store, query, repo)


def test_memories_with_all_words_come_before_those_with_some(store: MemoryStore, repo: Scope) -> None:
    store.add(Draft(content="deploy with care", scope=repo))
    store.add(Draft(content="staging is slow, deploy there first", scope=repo))

    assert contents(store, "deploy staging", repo) == ["staging is slow, deploy there first", "deploy with care"]


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "a OR",
        "NEAR(",
        "content:x",
        "* *",
        "AND NOT",
        "x^2",
        "'; DROP TABLE memory; --",
        "\x00",
        "\ud800",
        "(" * 500,
    ],
)
def test_search_syntax_is_only_words(query: str, store: MemoryStore, repo: Scope) -> None:
    store.add(Draft(content="harmless", scope=repo))

    store.search(Search(query, [repo]))
    store.matching(Search(query, [repo]))
    assert contents(store, "harmless", repo)


def test_an_operator_is_found_as_a_word(store: MemoryStore, repo: Scope) -> None:
    store.add(Draft(content="NEAR is an operator", scope=repo))

    assert contents(store, "near", repo)


def test_other_scopes_are_not_seen(store: MemoryStore, repo: Scope, user: Scope) -> None:
    store.add(Draft(content="about here", scope=repo))
    store.add(Draft(content="about elsewhere", scope=Scope("repository", "/other")))
    store.add(Draft(content="about everything", scope=user))

    assert sorted(contents(store, "about", repo, user)) == ["about everything", "about here"]
    assert contents(store, "", Scope("session", "s")) == []
    assert contents(store, "about") == []


def test_the_nearer_scope_comes_first(store: MemoryStore, repo: Scope, user: Scope) -> None:
    for scope in (user, repo, Scope("session", "s")):
        store.add(Draft(content="tabs are fine", scope=scope))

    hits = store.search(Search("tabs", [user, repo, Scope("session", "s")]))

    assert [hit.memory.scope.kind for hit in hits] == ["session", "repository", "user"]


def test_an_unknown_topic_finds_nothing(store: MemoryStore, repo: Scope) -> None:
    store.add(Draft(content="x is y", scope=repo, topics=("Build",)))

    assert contents(store, "", repo, topic="build") == ["x is y"]
    assert contents(store, "", repo, topic="deploy") == []
    assert contents(store, "y", repo, topic="deploy") == []


def test_recall_strengthens_and_search_does_not(store: MemoryStore, repo: Scope, clock: Clock) -> None:
    known = store.add(Draft(content="ports are odd", scope=repo)).memory
    clock.turn(days=30)

    store.search(Search("ports", [repo]))
    assert store.get(known.id) == known
    store.recall(Search("ports", [repo]))

    after = store.get(known.id)
    assert after is not None
    assert (after.access_count, after.accessed_at) == (1, clock.now)
    assert after.strength == pytest.approx(0.6)  # half of it is gone after a month, and recalling adds a tenth


def test_a_faded_memory_ranks_below_a_fresh_one(store: MemoryStore, repo: Scope, clock: Clock) -> None:
    store.add(Draft(content="cache lives in alpha", scope=repo))
    clock.turn(days=200)
    store.add(Draft(content="cache lives in beta", scope=repo))

    assert contents(store, "cache", repo) == ["cache lives in beta", "cache lives in alpha"]


def test_edit_changes_what_is_given_and_what_is_found(store: MemoryStore, repo: Scope, user: Scope) -> None:
    old = store.add(Draft(content="use yarn", scope=repo, topics=("tools",))).memory

    new = store.edit(old.id, Change(content="use pnpm", scope=user)).memory

    assert (new.content, new.scope, new.topics) == ("use pnpm", user, ("tools",))
    assert contents(store, "yarn", repo, user) == []
    assert contents(store, "pnpm", user) == ["use pnpm"]


def test_editing_what_is_not_there_says_so(store: MemoryStore) -> None:
    with pytest.raises(InvalidError, match="there is no memory 'pattern-0'"):
        store.edit("pattern-0", Change(content="x"))


def test_forgetting_by_query_takes_only_what_has_every_word(store: MemoryStore, repo: Scope) -> None:
    for text in ("deploy to staging", "deploy to production", "deployment is slow"):
        store.add(Draft(content=text, scope=repo))

    preview = store.matching(Search("deploy staging", [repo]))
    gone = store.forget([memory.id for memory in preview])

    assert [memory.content for memory in preview] == ["deploy to staging"]
    assert gone == (preview[0].id,)
    assert contents(store, "staging", repo) == []
    assert len(store.all()) == 2


def test_a_query_of_nothing_takes_nothing(store: MemoryStore, repo: Scope) -> None:
    store.add(Draft(content="keep me", scope=repo))

    assert store.matching(Search("", [repo])) == []
    assert store.matching(Search("...", [repo])) == []


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft(content=" \n", scope=Scope("user")), "empty"),
        (Draft(content="x" * 65_537, scope=Scope("user")), "at most 65536"),
        (Draft(content="x", scope=Scope("user"), confidence=1.1), "between 0 and 1, not 1.1"),
        (Draft(content="x", scope=Scope("user"), confidence=float("nan")), "between 0 and 1"),
        (Draft(content="x", scope=Scope("user"), topics=tuple(map(str, range(17)))), "17 topics"),
        (Draft(content="x", scope=Scope("user"), metadata={"x": object()}), "not JSON"),
        (Draft(content="x", scope=Scope("user"), metadata={"x": "y" * 20_000}), "at most 16384"),
    ],
)
def test_what_can_not_be_kept_is_refused_with_the_reason(draft: Draft, words: str, store: MemoryStore) -> None:
    with pytest.raises(InvalidError, match=words):
        store.add(draft)
    assert store.all() == []


def test_secrets_are_masked_before_they_reach_the_disk(store: MemoryStore, repo: Scope) -> None:
    secret = "ghp_" + "a1B2" * 9
    draft = Draft(content=f"CI uses {secret}", scope=repo, topics=(secret,), metadata={"k": [secret]})

    stored = store.add(draft)

    assert stored.masked == ("GitHub token",)
    folder = store.database.path.parent
    assert not any(secret.encode() in file.read_bytes() for file in folder.iterdir())


def test_nothing_but_a_secret_is_refused_without_repeating_it(store: MemoryStore, repo: Scope) -> None:
    with pytest.raises(SecretError) as caught:
        store.add(Draft(content="ghp_" + "a1B2" * 9, scope=repo))
    assert "a1B2" not in str(caught.value)


def test_expired_memories_are_gone_at_once_and_removed_later(store: MemoryStore, repo: Scope, clock: Clock) -> None:
    short = store.add(Draft(content="only today", scope=repo, expires_at=clock.now + 1000)).memory
    clock.turn(ms=1000)

    assert store.get(short.id) is None
    assert contents(store, "today", repo) == []
    assert store.all() == []
    clock.turn(days=0.1)
    assert store.maintain() == (short.id,)
    assert store.stats().memories == 0


def test_inferred_memories_fade_away_and_asked_ones_stay(store: MemoryStore, repo: Scope, clock: Clock) -> None:
    guess = store.add(Draft(content="perhaps the port is odd", scope=repo, source="inferred")).memory
    store.add(Draft(content="the port is even", scope=repo))
    gone: list[str] = []
    for _ in range(5):
        clock.turn(days=30)
        gone += store.maintain()

    assert gone == [guess.id]
    assert [memory.content for memory in store.all()] == ["the port is even"]


@pytest.mark.parametrize("leap", [400, -400])
def test_a_clock_that_leaps_removes_nothing_at_once(leap: int, store: MemoryStore, repo: Scope, clock: Clock) -> None:
    store.add(Draft(content="until next month", scope=repo, expires_at=clock.now + 30 * 86_400_000))
    store.maintain()

    clock.turn(days=leap)
    assert store.maintain() == ()
    clock.turn(days=-leap)
    store.maintain()

    assert [memory.content for memory in store.all()] == ["until next month"]


def test_the_least_go_first_when_the_memory_is_full(tmp_path: Path, repo: Scope, clock: Clock) -> None:
    store = MemoryStore(tmp_path / "m.sqlite3", clock=clock, quota=Quota(memories=4))
    trap = store.add(Draft(content="beware", scope=repo, kind="trap", confidence=0.1)).memory
    faint = store.add(Draft(content="alpha is first", scope=repo)).memory
    clock.turn(days=10)
    unsure = store.add(Draft(content="beta is second", scope=repo, confidence=0.2)).memory
    store.add(Draft(content="gamma is third", scope=repo))

    first = store.add(Draft(content="delta is fourth", scope=repo, confidence=0.01))
    second = store.add(Draft(content="epsilon is fifth", scope=repo))
    third = store.add(Draft(content="zeta is sixth", scope=repo))

    assert first.evicted == (unsure.id,)
    assert second.evicted == (first.memory.id,)  # it was spared only while it was the new one
    assert third.evicted == (faint.id,)
    assert trap.id in {memory.id for memory in store.all()}
    store.close()


def test_the_quota_counts_bytes_too(tmp_path: Path, repo: Scope, clock: Clock) -> None:
    store = MemoryStore(tmp_path / "m.sqlite3", clock=clock, quota=Quota(bytes=10_000))
    for number in range(20):
        store.add(Draft(content=f"number {number} " + "x" * 1_000, scope=repo))

    assert store.stats().bytes <= 10_000
    assert store.stats().bytes == sum(len(m.content.encode()) + 4 for m in store.all())  # "[]" and "{}"
    store.close()


def test_files_belong_to_the_user_alone(store: MemoryStore, repo: Scope) -> None:
    store.add(Draft(content="x y", scope=repo))

    modes = {file.name: file.stat().st_mode & 0o777 for file in store.database.path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes
    assert store.database.path.parent.stat().st_mode & 0o777 == 0o700
