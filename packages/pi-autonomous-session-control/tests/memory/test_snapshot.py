"""The snapshot that is shared with the original system."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pi_autonomous_session_control.memory import Change, Draft, MemoryStore, Scope, Snapshot, _sync, snapshot_path
from pi_autonomous_session_control.memory._snapshot import MAX_BYTES

if TYPE_CHECKING:
    from conftest import Clock


def record(name: str, content: str = "theirs", **changes: Any) -> dict[str, Any]:
    """Return an entry as the original system writes it."""
    memory = {
        "id": name,
        "type": "pattern",
        "content": content,
        "context": "turn 4",
        "topic": "general",
        "topics": ["general"],
        "strength": 1,
        "createdAt": 1_700_000_000_000,
        "lastAccessedAt": 1_700_000_000_001,
        "accessCount": 2,
        "source": "crystallized",
        "metadata": {},
    }
    return {"layer": changes.pop("layer", "longterm"), "memory": {**memory, **changes}}


TRAP = record(
    "trap-1",
    "force-pushing loses work",
    type="trap",
    topic="push --force",
    topics=["push --force"],
    metadata={"triggers": ["push --force"], "encounterCount": 3, "markedAt": 1_700_000_000_000},
    accessCount=3,
)


def write(path: Path, *entries: Any, version: object = 1) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"schemaVersion": version, "savedAt": 1, "entries": entries}))


def entries(path: Path) -> dict[str, dict[str, Any]]:
    value = json.loads(path.read_text())
    assert value["schemaVersion"] == 1
    assert isinstance(value["savedAt"], int)
    return {item["memory"]["id"]: item for item in value["entries"]}


def contents(store: MemoryStore) -> list[str]:
    return sorted(memory.content for memory in store.all())


def test_m01_patterns_and_traps_survive_a_restart_through_the_snapshot_alone(
    tmp_path: Path, snapshot: Snapshot, store: MemoryStore, repo: Scope, clock: Clock
) -> None:
    pattern = store.add(Draft(content="use tabs", scope=repo, topics=("style", "go"), confidence=0.5)).memory
    matchers = [{"kind": "command", "value": "rm -rf"}, {"kind": "path", "value": "*.env"}]
    trap = store.add(
        Draft(content="careful", scope=repo, kind="trap", metadata={"level": "block", "matchers": matchers})
    ).memory
    snapshot.save()

    other = MemoryStore(tmp_path / "elsewhere" / "m.sqlite3", clock=clock)
    loaded = Snapshot(other, snapshot.path, repo).load()

    assert (loaded.status, set(loaded.added)) == ("loaded", {pattern.id, trap.id})
    again = {memory.id: memory for memory in other.all()}
    for memory in (pattern, trap):
        copy = again[memory.id]
        assert (copy.content, copy.topics, copy.confidence) == (memory.content, memory.topics, memory.confidence)
        assert (copy.metadata, copy.created_at, copy.kind) == (memory.metadata, memory.created_at, memory.kind)
    other.close()


def test_m01_the_entries_are_as_the_original_system_reads_them(
    snapshot: Snapshot, store: MemoryStore, repo: Scope, clock: Clock
) -> None:
    pattern = store.add(Draft(content="use tabs", scope=repo, context="turn 2")).memory
    matchers = [{"kind": "text", "value": "rm -rf"}, {"kind": "regex", "value": "x+"}]
    trap = store.add(Draft(content="careful", scope=repo, kind="trap", metadata={"matchers": matchers})).memory
    snapshot.save()

    now = clock.now
    shared = {"strength": 1, "createdAt": now, "lastAccessedAt": now, "accessCount": 0, "source": "crystallized"}
    written = entries(snapshot.path)
    assert written[pattern.id] == {
        "layer": "longterm",
        "memory": {
            "id": pattern.id,
            "type": "pattern",
            "content": "use tabs",
            "context": "turn 2",
            "topic": "general",
            "topics": ["general"],
            "metadata": {},
            **shared,
        },
    }
    assert written[trap.id]["memory"]["topic"] == "rm -rf"
    assert written[trap.id]["memory"]["topics"] == ["rm -rf"]
    assert written[trap.id]["memory"]["metadata"] == {
        "triggers": ["rm -rf"],
        "encounterCount": 0,
        "markedAt": now,
        "matchers": matchers,
    }
    assert all(item["memory"]["context"].strip() for item in written.values())


def test_m01_a_trap_of_the_original_system_gets_its_triggers(snapshot: Snapshot, store: MemoryStore) -> None:
    write(snapshot.path, TRAP)
    snapshot.load()

    (trap,) = store.all()
    assert trap.metadata == {"matchers": [{"kind": "text", "value": "push --force"}]}
    assert (trap.access_count, trap.created_at, trap.topics) == (3, 1_700_000_000_000, ())


@pytest.mark.parametrize(
    "broken", ["{broken", "not json", "", "\x00\x01", '{"schemaVersion": 1}', "[" * 100_000, "NaN"]
)
def test_m02_a_malformed_file_is_safe_and_mended_by_the_next_write_after_a_copy(
    broken: str, snapshot: Snapshot, store: MemoryStore, repo: Scope
) -> None:
    snapshot.path.parent.mkdir()
    snapshot.path.write_text(broken)

    loaded = snapshot.load()
    assert loaded.status == "malformed"
    assert "the next write replaces it and keeps a copy" in str(loaded.message)
    assert snapshot.path.read_text() == broken

    known = store.add(Draft(content="use tabs", scope=repo)).memory
    saved = snapshot.save()

    assert list(entries(snapshot.path)) == [known.id]
    if broken:
        assert saved.backup is not None
        assert saved.backup.read_text() == broken
        assert str(saved.backup) in str(saved.message)


def test_m03_a_newer_file_is_not_read_and_not_carried_over_but_kept_in_a_copy(
    snapshot: Snapshot, store: MemoryStore, repo: Scope
) -> None:
    write(snapshot.path, record("pattern-9"), version=999)
    before = snapshot.path.read_bytes()

    loaded = snapshot.load()
    assert (loaded.status, contents(store)) == ("newer", [])
    assert "schemaVersion 999" in str(loaded.message)

    known = store.add(Draft(content="use tabs", scope=repo)).memory
    saved = snapshot.save()
    assert list(entries(snapshot.path)) == [known.id]
    assert saved.backup is not None
    assert saved.backup.read_bytes() == before


def test_m04_valid_entries_are_kept_and_the_others_are_gone_after_the_next_write(
    snapshot: Snapshot, store: MemoryStore
) -> None:
    bad = [
        record("pattern-2", layer="eternal"),
        record("pattern-3", type="learning"),
        record("pattern-4", content=" "),
        record("pattern-5", source="hearsay"),
        record("pattern-6", strength="1"),
        record("pattern-7", createdAt=-1),
        record("pattern-8", accessCount=None),
        record("pattern-9", strength=True),
        {"layer": "longterm"},
        {"layer": "longterm", "memory": []},
        None,
        7,
    ]
    write(snapshot.path, record("pattern-1", layer="recent"), TRAP, *bad)

    loaded = snapshot.load()
    assert (set(loaded.added), loaded.discarded) == ({"pattern-1", "trap-1"}, len(bad))
    saved = snapshot.save()

    assert {name: item["layer"] for name, item in entries(snapshot.path).items()} == {
        "pattern-1": "longterm",
        "trap-1": "longterm",
    }
    assert saved.backup is not None
    assert contents(store) == ["force-pushing loses work", "theirs"]


def test_m04_values_out_of_range_are_brought_into_it(snapshot: Snapshot, store: MemoryStore) -> None:
    odd: dict[str, Any] = {
        "strength": 7,
        "accessCount": 2.9,
        "topics": ["a", "", 3, "b"],
        "metadata": [1],
        "createdAt": 1e30,
    }
    write(snapshot.path, record("pattern-1", **odd))
    snapshot.load()

    (memory,) = store.all()
    assert (memory.strength, memory.access_count, memory.topics) == (1.0, 2, ("a", "b"))
    assert (memory.metadata, memory.created_at) == ({}, 2**53)


def test_m04_of_one_id_in_two_layers_the_longer_lived_wins(snapshot: Snapshot, store: MemoryStore) -> None:
    write(
        snapshot.path,
        record("pattern-1", "fleeting", layer="ephemeral"),
        record("pattern-1", "lasting"),
        record("pattern-1", "late", layer="session"),
    )
    snapshot.load()

    assert contents(store) == ["lasting"]


def test_m05_the_folder_is_made(tmp_path: Path, store: MemoryStore, repo: Scope) -> None:
    store.add(Draft(content="use tabs", scope=repo))
    path = tmp_path / "a" / "b" / "memory.json"

    assert Snapshot(store, path, repo).save().written
    assert path.stat().st_mode & 0o777 == 0o600


def test_m06_entries_that_a_writer_did_not_know_are_put_back(
    snapshot: Snapshot, store: MemoryStore, repo: Scope
) -> None:
    write(snapshot.path, record("pattern-1", "theirs"))
    snapshot.load()
    mine = store.add(Draft(content="ours", scope=repo)).memory
    snapshot.save()

    # The other system started before and writes what it knows.
    write(snapshot.path, record("pattern-1", "theirs"), record("pattern-2", "theirs too"))
    saved = snapshot.save()

    assert saved.added == ("pattern-2",)
    assert saved.forgotten == ()
    assert set(entries(snapshot.path)) == {"pattern-1", "pattern-2", mine.id}
    assert contents(store) == ["ours", "theirs", "theirs too"]


def test_m06_what_the_other_system_forgets_is_forgotten(
    snapshot: Snapshot, store: MemoryStore, repo: Scope, clock: Clock
) -> None:
    write(snapshot.path, record("pattern-1", "theirs"))
    snapshot.load()
    clock.turn(ms=1)
    mine = store.add(Draft(content="ours", scope=repo)).memory
    snapshot.save()

    # It has read the file with ours in it, and writes that, but not pattern-1.
    write(snapshot.path, entries(snapshot.path)[mine.id])

    assert snapshot.save().forgotten == ("pattern-1",)
    assert contents(store) == ["ours"]


def test_m06_what_is_forgotten_here_does_not_come_back(snapshot: Snapshot, store: MemoryStore) -> None:
    write(snapshot.path, record("pattern-1"))
    snapshot.load()
    store.forget(["pattern-1"])
    snapshot.save()
    assert entries(snapshot.path) == {}

    write(snapshot.path, record("pattern-1"))  # by a process that still has it
    snapshot.save()

    assert entries(snapshot.path) == {}
    assert contents(store) == []


def test_m06_the_side_that_changed_a_text_wins_and_of_two_both_stay(snapshot: Snapshot, store: MemoryStore) -> None:
    write(snapshot.path, record("pattern-1", "one"), record("pattern-2", "two"), record("pattern-3", "three"))
    snapshot.save()

    store.edit("pattern-2", Change(content="two, ours"))
    store.edit("pattern-3", Change(content="three, ours"))
    write(
        snapshot.path,
        record("pattern-1", "one, theirs"),
        record("pattern-2", "two"),
        record("pattern-3", "three, theirs"),
    )
    saved = snapshot.save()

    assert saved.changed == ("pattern-1",)
    assert contents(store) == ["one, theirs", "three, ours", "three, theirs", "two, ours"]
    assert snapshot.save().written is False


def test_counters_become_the_higher_ones(snapshot: Snapshot, store: MemoryStore, clock: Clock) -> None:
    write(snapshot.path, record("pattern-1"))
    snapshot.load()
    write(snapshot.path, record("pattern-1", accessCount=9, lastAccessedAt=clock.now))
    snapshot.load()
    write(snapshot.path, record("pattern-1"))
    snapshot.load()

    (memory,) = store.all()
    assert (memory.access_count, memory.accessed_at) == (9, clock.now)


def test_entries_of_later_versions_are_carried_along(snapshot: Snapshot, store: MemoryStore, repo: Scope) -> None:
    later = record("followup-1", type="followup", metadata={"due": 1}, extra=True)
    write(snapshot.path, later)
    store.add(Draft(content="ours", scope=repo))

    assert snapshot.save().written
    assert entries(snapshot.path)["followup-1"] == later
    assert contents(store) == ["ours"]


def test_what_is_too_long_for_us_stays_theirs(snapshot: Snapshot, store: MemoryStore, repo: Scope) -> None:
    long = record("pattern-1", "x" * 70_000)
    write(snapshot.path, long)
    store.add(Draft(content="ours", scope=repo))
    snapshot.save()

    assert entries(snapshot.path)["pattern-1"] == long
    assert contents(store) == ["ours"]
    assert snapshot.save().written is False


def test_secrets_of_the_other_system_are_masked(snapshot: Snapshot, store: MemoryStore) -> None:
    write(snapshot.path, record("pattern-1", "the key is ghp_" + "a1B2" * 9))
    snapshot.save()

    assert contents(store) == ["the key is [secret: GitHub token]"]
    assert "a1B2" not in snapshot.path.read_text()
    assert snapshot.save().written is False


def test_only_memories_of_the_repository_are_shared(snapshot: Snapshot, store: MemoryStore, user: Scope) -> None:
    store.add(Draft(content="private", scope=user))
    store.add(Draft(content="elsewhere", scope=Scope("repository", "/other")))

    assert snapshot.save().written is False
    assert not snapshot.path.exists()


def test_an_expired_memory_leaves_the_file(snapshot: Snapshot, store: MemoryStore, repo: Scope, clock: Clock) -> None:
    store.add(Draft(content="only today", scope=repo, expires_at=clock.now + 10))
    snapshot.save()
    clock.turn(ms=10)
    snapshot.save()

    assert entries(snapshot.path) == {}


def test_an_unpaired_surrogate_does_no_harm(snapshot: Snapshot, store: MemoryStore) -> None:
    snapshot.path.parent.mkdir()
    snapshot.path.write_text(json.dumps({"schemaVersion": 1, "entries": [record("pattern-1", "cut \ud83d")]}))

    assert snapshot.save().added == ("pattern-1",)
    assert contents(store) == ["cut \ufffd"]


@pytest.mark.parametrize("foreign", ['{"name": "package", "version": "1"}', "[1, 2]", '"text"', "42"])
def test_a_foreign_file_is_left_alone(foreign: str, snapshot: Snapshot, store: MemoryStore, repo: Scope) -> None:
    snapshot.path.parent.mkdir()
    snapshot.path.write_text(foreign)
    store.add(Draft(content="ours", scope=repo))

    for synced in (snapshot.load(), snapshot.save()):
        assert synced.status == "foreign"
        assert "left alone" in str(synced.message)
        assert "PI_SELF_MEMORY_PATH" in str(synced.message)
    assert snapshot.path.read_text() == foreign


def test_a_huge_file_is_left_alone(snapshot: Snapshot, store: MemoryStore, repo: Scope) -> None:
    snapshot.path.parent.mkdir()
    with snapshot.path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    store.add(Draft(content="ours", scope=repo))

    assert snapshot.save().status == "huge"
    assert snapshot.path.stat().st_size == MAX_BYTES + 1


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_is_left_alone_at_once(kind: str, snapshot: Snapshot, store: MemoryStore, repo: Scope) -> None:
    snapshot.path.parent.mkdir()
    snapshot.path.mkdir() if kind == "folder" else os.mkfifo(snapshot.path)
    store.add(Draft(content="ours", scope=repo))

    assert snapshot.save().status == "unreadable"
    assert contents(store) == ["ours"]


def test_a_file_marked_read_only_is_respected(snapshot: Snapshot, store: MemoryStore, repo: Scope) -> None:
    write(snapshot.path, record("pattern-1"))
    snapshot.path.chmod(0o444)
    before = snapshot.path.read_bytes()
    store.add(Draft(content="ours", scope=repo))

    saved = snapshot.save()

    assert (saved.written, saved.added) == (False, ("pattern-1",))
    assert "can't be written: Permission denied" in str(saved.message)
    assert snapshot.path.read_bytes() == before
    assert contents(store) == ["ours", "theirs"]


def test_a_link_stays_one(snapshot: Snapshot, store: MemoryStore, repo: Scope, tmp_path: Path) -> None:
    snapshot.path.parent.mkdir()
    snapshot.path.symlink_to(tmp_path / "real.json")
    store.add(Draft(content="ours", scope=repo))
    snapshot.save()

    assert snapshot.path.is_symlink()
    assert len(entries(tmp_path / "real.json")) == 1


def test_copies_of_broken_files_do_not_pile_up(snapshot: Snapshot, store: MemoryStore, repo: Scope) -> None:
    store.add(Draft(content="ours", scope=repo))
    snapshot.path.parent.mkdir()
    for number in range(24):
        snapshot.path.write_text(f"broken {number}")
        snapshot.save()
    snapshot.path.write_text("broken 24")
    saved = snapshot.save()

    assert len(list(snapshot.path.parent.glob("*.bak"))) == 20
    assert snapshot.path.read_text() == "broken 24"
    assert "look at them" in str(saved.message)


def test_of_more_than_fits_into_the_file_the_traps_and_the_strongest_are_shared(
    snapshot: Snapshot, store: MemoryStore, repo: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_sync, "_MAX_BYTES", 20_000)
    trap = store.add(Draft(content="beware of all of this", scope=repo, kind="trap")).memory
    for number in range(60):
        store.add(Draft(content=f"{number} " + "é" * 300, scope=repo))
    snapshot.save()

    written = entries(snapshot.path)
    assert trap.id in written
    assert 10 < len(written) < 60
    assert snapshot.path.stat().st_size < 20_000
    assert snapshot.save().forgotten == ()
    assert len(store.all()) == 61


@pytest.mark.parametrize(
    ("env", "path"),
    [
        ({}, "/w/.pi-subagent-sessions.self-memory.json"),
        ({"PI_SELF_MEMORY_PATH": " /x/m.json "}, "/x/m.json"),
        ({"PI_SELF_MEMORY_PATH": "  "}, "/w/.pi-subagent-sessions.self-memory.json"),
        ({"PI_SELF_MEMORY_PATH": "m.json"}, "/w/m.json"),
        ({"PI_SUBAGENT_SESSIONS_DIR": "/y/runs/"}, "/y/runs.self-memory.json"),
        ({"PI_SUBAGENT_SESSIONS_DIR": "/"}, "/pi-subagent-sessions.self-memory.json"),
    ],
)
def test_the_published_path(env: dict[str, str], path: str) -> None:
    assert snapshot_path(Path("/w"), env) == Path(path)
