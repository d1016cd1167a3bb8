"""Traps that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_autonomous_session_control.memory import InvalidError, MemoryStore, Scope, Snapshot
from pi_autonomous_session_control.traps import Matcher, NewTrap, ToolCall, TrapStore, match

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HERE = Scope("repository", "/repo")
CALL = ToolCall(tool="bash", input={"command": "git push --force"}, cwd="/repo")


class Clock:
    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def memory(tmp_path: Path, clock: Clock) -> Iterator[MemoryStore]:
    store = MemoryStore(tmp_path / "m.sqlite3", clock=clock)
    yield store
    store.close()


def force_push(scope: Scope = HERE) -> NewTrap:
    return NewTrap(
        description="force-pushing lost work once",
        scope=scope,
        matchers=(Matcher("command", "git push --force"), Matcher("regex", r"push\s+-f")),
        level="block",
        topics=("git",),
    )


def test_s19_a_marked_trap_fires_and_is_listed(memory: MemoryStore) -> None:
    traps = TrapStore(memory)
    marked = traps.mark(force_push()).memory

    (known,) = traps.all([HERE])
    (hit,) = match([known], CALL)

    assert (known.id, known.level, known.description) == (marked.id, "block", "force-pushing lost work once")
    assert hit.matcher.kind == "command"


def test_s19_a_trap_survives_a_restart_and_holds_only_in_its_scope(tmp_path: Path, memory: MemoryStore) -> None:
    TrapStore(memory).mark(force_push())
    again = MemoryStore(tmp_path / "m.sqlite3")

    assert len(TrapStore(again).all([HERE])) == 1
    assert TrapStore(again).all([Scope("repository", "/other")]) == []
    again.close()


def test_hits_are_counted_with_what_came_of_them(memory: MemoryStore, clock: Clock) -> None:
    traps = TrapStore(memory)
    name = traps.mark(force_push()).memory.id
    hits = match(traps.all([HERE]), CALL)
    clock.now += 5

    assert traps.stats(name).last_at is None
    traps.fired(hits, "blocked", tool="bash", session="s")
    traps.fired(hits, "blocked")
    traps.fired(hits, "allowed")

    stats = traps.stats(name)
    assert (stats.total, stats.by_outcome, stats.last_at) == (3, {"allowed": 1, "blocked": 2}, clock.now)


def test_a_trap_that_another_process_marks_is_seen(tmp_path: Path, memory: MemoryStore) -> None:
    traps = TrapStore(memory)
    assert traps.all([HERE]) == []
    other = MemoryStore(tmp_path / "m.sqlite3")
    TrapStore(other).mark(force_push())

    assert len(traps.all([HERE])) == 1
    memory.forget([traps.all([HERE])[0].id])
    assert traps.all([HERE]) == []
    assert TrapStore(other).all([HERE]) == []
    other.close()


def test_an_expired_trap_fires_no_more(memory: MemoryStore, clock: Clock) -> None:
    traps = TrapStore(memory)
    new = force_push()
    new.expires_at = clock.now + 60_000
    traps.mark(new)
    assert len(traps.all([HERE])) == 1

    clock.now += 120_000
    assert traps.all([HERE]) == []


def test_a_trap_gets_another_level(memory: MemoryStore) -> None:
    traps = TrapStore(memory)
    name = traps.mark(force_push()).memory.id
    traps.change_level(name, "note")

    (known,) = traps.all([HERE])
    assert (known.level, len(known.matchers)) == ("note", 2)
    with pytest.raises(InvalidError, match="there is no trap 'pattern-0'"):
        traps.change_level("pattern-0", "note")


@pytest.mark.parametrize(
    ("matcher", "words"),
    [
        (Matcher("text", " "), "would fire always"),
        (Matcher("regex", "(a+)+"), "can take for ever"),
        (Matcher("regex", "["), "not a regular expression"),
        (Matcher("command", "# nothing"), "not the beginning of a command"),
    ],
)
def test_a_matcher_that_can_not_work_is_refused_with_the_reason(
    matcher: Matcher, words: str, memory: MemoryStore
) -> None:
    with pytest.raises(InvalidError, match=words):
        TrapStore(memory).mark(NewTrap(description="x", scope=HERE, matchers=(matcher,)))


def test_a_trap_of_the_original_system_notes_its_triggers(tmp_path: Path, memory: MemoryStore) -> None:
    (tmp_path / "s.json").write_text(
        '{"schemaVersion": 1, "savedAt": 1, "entries": [{"layer": "longterm",'
        '"memory": {"id": "trap-1", "type": "trap",'
        '"content": "careful", "context": "turn 1", "topic": "PUSH --force", "topics": ["PUSH --force"], "strength": 1,'
        '"createdAt": 1, "lastAccessedAt": 1, "accessCount": 4, "source": "crystallized",'
        '"metadata": {"triggers": ["PUSH --force"], "level": "odd", "encounterCount": 4, "markedAt": 1}}}]}'
    )
    Snapshot(memory, tmp_path / "s.json", HERE).load()
    traps = TrapStore(memory)

    (hit,) = match(traps.all([HERE]), CALL)

    assert (hit.trap.level, hit.matcher.kind) == ("note", "text")
    assert traps.stats("trap-1").total == 4
