from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_host.sessionfile import Session
from pi_session_persistence import BusyError, NotAFileError, Registry
from pi_session_persistence.locking import lock
from pi_session_persistence.stores import (
    ChangedError,
    NotStoredError,
    Place,
    StoreError,
    StoreGoneError,
    Vault,
    preview,
)
from pi_session_persistence.stores import _place as place

if TYPE_CHECKING:
    from pathlib import Path

    from memory_store import MemoryStore
    from store_machines import MemoryMachine as Machine

    from pi_session_persistence.stores import Way


def puts(store: MemoryStore) -> list[str]:
    return [operation.rpartition("/")[2] for operation in store.operations if operation.startswith("put")]


def test_what_is_pushed_here_is_pulled_there(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    assert one.do("push").action == "pushed"
    assert two.do("pull").action == "pulled"
    assert two.data == tale.data
    assert two.file.stat().st_mode & 0o777 == 0o600


def test_it_goes_to_and_fro(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    for here, there in ((one, two), (two, one), (one, two)):
        tale.turn("more", "yes")
        here.write(tale.data)
        assert here.do("sync").action == "pushed"
        assert there.do("sync").action == "pulled"
        assert there.data == tale.data


def test_what_is_the_same_is_left_alone(one: Machine, store: MemoryStore, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    store.operations.clear()
    assert one.do("sync").action == "same"
    assert puts(store) == []


def test_each_way_writes_to_one_side_only(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    short = tale.data
    tale.turn("more", "yes")
    one.write(tale.data)
    assert one.do("pull").action == "ahead"
    one.do("push")
    two.write(short)
    assert two.do("push").action == "behind"
    assert two.data == short


def test_of_a_file_that_is_being_written_whole_lines_are_taken(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data + b'{"type":"mess')
    one.do("push")
    two.do("pull")
    assert two.data == tale.data


def test_a_last_line_that_only_lacks_its_end_is_taken(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data[:-1])
    one.do("push")
    two.do("pull")
    assert two.data == tale.data


def test_a_line_that_was_not_written_to_its_end_is_kept_aside(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    two.write(tale.data + b'{"torn')
    tale.turn("more", "yes")
    one.write(tale.data)
    one.do("push")
    assert two.do("pull").action == "pulled"
    assert two.data == tale.data
    (kept,) = two.file.parent.glob("*.bak-*")
    assert kept.read_bytes().endswith(b'{"torn')


def test_a_file_that_was_rewritten_is_pushed_and_the_old_state_stays(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("sync")
    two.do("sync")
    moved = tale.data.replace(b"/work/proj", b"/elsewhere")
    one.write(moved)
    assert one.do("sync").action == "pushed"
    assert two.do("sync").action == "pulled"
    assert two.data == moved
    kept = json.loads(next(data for key, (data, _, _) in one.store.objects.items() if "kept-" in key))
    assert (kept["number"], kept["size"]) == (1, len(tale.data))


def changed_on_both(one: Machine, two: Machine, tale: Tale) -> tuple[bytes, bytes]:
    """Let both machines go on from the same state; the first one is in the store."""
    one.write(tale.data)
    one.do("sync")
    two.do("sync")
    base, leaf, count = tale.data, tale.leaf, tale.count
    tale.turn("on one", "first")
    first = tale.data
    tale.data, tale.leaf, tale.count = base, leaf, count
    tale.turn("on two", "second")
    one.write(first)
    one.do("sync")
    two.write(tale.data)
    return first, tale.data


@pytest.mark.parametrize("way", ["push", "sync"])
def test_a_conflict_keeps_both_as_a_fork_and_says_so(one: Machine, two: Machine, tale: Tale, way: Way) -> None:
    first, second = changed_on_both(one, two, tale)
    outcome = two.do(way)
    assert outcome.action == "forked"
    assert two.data == first
    ((fork, identity),) = outcome.forks
    session = Session.read(fork)
    assert session.header is not None
    assert session.header.parent_session == str(two.file)
    assert session.header.fields["externalId"] == identity
    record = Registry(two.home).get(identity)
    assert record is not None
    assert (record.pi_file, record.parent) == (fork, "TASK")
    assert record.checkpoint is not None
    assert fork.read_bytes().partition(b"\n")[2] == second.partition(b"\n")[2]
    head = Vault(two.store).head(identity)
    assert head is not None
    assert Vault(two.store).content(head.manifest) == fork.read_bytes()
    assert two.do("sync").action == "same"
    assert one.do("sync").action == "same"


def test_a_conflict_while_pulling_writes_nothing_to_the_store(one: Machine, two: Machine, tale: Tale) -> None:
    first, _ = changed_on_both(one, two, tale)
    before = dict(two.store.objects)
    outcome = two.do("pull")
    assert (outcome.action, two.data) == ("forked", first)
    assert outcome.forks[0].file.exists()
    assert two.store.objects == before


def test_a_conflict_that_was_broken_off_makes_one_fork(one: Machine, two: Machine, tale: Tale) -> None:
    changed_on_both(one, two, tale)
    for number in range(1, 30):
        two.store.operations.clear()
        two.store.fails = lambda _: "after" if len(two.store.operations) == number else None  # noqa: B023  # used at once
        try:
            two.do("sync")
        except StoreGoneError:
            continue
        break
    two.store.fails = lambda _: None
    two.do("sync")
    assert len(list(two.file.parent.glob("*.jsonl"))) == 2
    ids = [manifest.id for manifest in Vault(two.store).heads()[0]]
    assert len(ids) == 2


def test_a_store_that_goes_away_in_the_middle_loses_nothing(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    tale.turn("more", "yes")
    for when in ("before", "after"):
        for number in range(1, 20):
            one.write(tale.data)
            one.store.operations.clear()
            one.store.fails = lambda _: when if len(one.store.operations) == number else None  # noqa: B023  # used at once
            try:
                one.do("push")
            except StoreGoneError:
                pass
            else:
                break
            finally:
                one.store.fails = lambda _: None
            assert one.data == tale.data
            head = Vault(one.store).head("TASK")
            assert head is not None
            assert tale.data.startswith(Vault(one.store).content(head.manifest))
            tale.turn("and more", "yes")
        one.do("push")
    assert two.do("pull").action == "pulled"
    assert two.data == tale.data


def test_a_file_that_lost_its_end_gets_it_back(one: Machine, tale: Tale) -> None:
    tale.turn("more", "yes")
    one.write(tale.data)
    one.do("sync")
    for end in (-1, -100, -700):
        one.write(tale.data[:end])
        assert one.do("sync").action == ("same" if end == -1 else "pulled")
        assert one.data == tale.data or end == -1


def test_garbage_is_kept_when_a_fork_is_made(one: Machine, two: Machine, tale: Tale) -> None:
    changed_on_both(one, two, tale)
    two.write(two.data + b"garbage of somebody\n")
    two.do("sync")
    (kept,) = two.file.parent.glob("*.bak-*")
    assert kept.read_bytes().endswith(b"garbage of somebody\n")


def test_another_conversation_under_the_same_id_is_a_conflict(one: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("sync")
    other = Tale("s-other")
    other.turn("something else", "yes")
    one.write(other.data)
    outcome = one.do("sync")
    assert (outcome.action, one.data) == ("forked", tale.data)
    assert b"something else" in outcome.forks[0].file.read_bytes()


def test_an_id_that_went_to_a_fork_of_its_file_takes_the_store_along(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("sync")
    two.do("sync")
    other = Tale("s-other", parentSession=str(one.file))
    other.data += tale.data.partition(b"\n")[2]
    one.file = one.file.with_name("task.2.jsonl")
    one.write(other.data)
    assert one.do("sync").action == "pushed"
    assert two.do("sync").action == "pulled"
    assert two.data == other.data


def test_a_store_that_forgot_what_was_pushed_takes_nothing_away(one: Machine, two: Machine, tale: Tale) -> None:
    """Programs that copy folders may let the last writer win, and set nothing aside."""
    one.write(tale.data)
    one.do("sync")
    two.do("sync")
    before = dict(one.store.objects)
    tale.turn("on one", "yes")
    one.write(tale.data)
    one.do("sync")
    one.store.objects = before
    other = Tale("s-1", prefix="x")
    other.data, other.leaf = two.data, "e2"
    other.turn("on two", "yes")
    two.write(other.data)
    two.do("sync")
    assert one.do("sync").action == "forked"
    assert any(b"on one" in file.read_bytes() for file in one.file.parent.glob("*.jsonl"))


def test_what_would_be_done_is_told_and_not_done(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    assert preview(one.store, Place("TASK", one.file), "push") == "pushed"
    assert one.store.objects == {}
    changed_on_both(one, two, tale)
    before, here = dict(one.store.objects), two.data
    assert preview(two.store, Place("TASK", two.file), "sync") == "forked"
    assert (one.store.objects, two.data) == (before, here)


def test_a_link_in_the_place_of_the_file_is_not_followed(one: Machine, tmp_path: Path, tale: Tale) -> None:
    tale.write(tmp_path / "secret.jsonl")
    one.file.parent.mkdir(parents=True)
    one.file.symlink_to(tmp_path / "secret.jsonl")
    for way in ("push", "pull", "sync"):
        with pytest.raises(NotAFileError):
            one.do(way)


def test_a_session_in_use_is_not_replaced(
    one: Machine, two: Machine, tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_PATIENCE_S", 0.0)
    one.write(tale.data)
    one.do("push")
    two.write(tale.data[:-200].rpartition(b"\n")[0] + b"\n")
    before = two.data
    with lock(two.file, what="somebody"), pytest.raises(BusyError):
        two.do("pull")
    assert two.data == before
    assert two.do("push").action == "behind"
    with lock(two.file, what="us"):
        assert two.do("pull", held=True).action == "pulled"


def test_the_checkpoint_of_the_registry_goes_with_the_file(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    two.do("pull")
    record = Registry(two.home).get("TASK")
    assert record is not None
    assert record.checkpoint is not None
    assert (record.checkpoint.size, record.pi_session_id) == (len(tale.data), "s-1")


def test_what_is_nowhere_is_told(one: Machine, tale: Tale) -> None:
    for way in ("push", "pull", "sync"):
        with pytest.raises(NotStoredError):
            one.do(way)
    one.write(tale.data)
    with pytest.raises(NotStoredError, match="push it first"):
        one.do("pull")
    one.write(b"no session\n")
    with pytest.raises(StoreError, match="no session that pi would open"):
        one.do("push")


@pytest.mark.parametrize(
    "name", ["head.sync-conflict-20260301-100000-ABCDEFG.json", "head (conflicted copy of one).json"]
)
def test_what_a_copying_program_sets_aside_becomes_a_fork(one: Machine, two: Machine, tale: Tale, name: str) -> None:
    one.write(tale.data)
    one.do("sync")
    base = dict(one.store.objects)
    head = next(key for key in base if key.endswith("/head.json"))
    tale.turn("on one", "first")
    one.write(tale.data)
    one.do("sync")
    after_one = dict(one.store.objects)
    # The other machine has not seen that yet.
    two.store.objects = dict(base)
    two.do("pull")
    other = Tale("s-1")
    other.turn("hello", "hi")
    other.turn("on two", "second")
    two.write(other.data)
    two.do("sync")
    # Then the program brings both together: one head stays, the other gets a name that says so.
    merged = {**two.store.objects, **after_one, head.replace("head.json", name): two.store.objects[head]}
    one.store.objects = merged
    outcome = one.do("sync")
    ((fork, _),) = outcome.forks
    assert b"on two" in fork.read_bytes()
    assert b"on one" in one.data
    assert one.do("sync").forks == ()


def test_a_race_is_looked_at_again(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    short = tale.data
    tale.turn("more", "yes")
    two.write(short)
    one.write(tale.data)
    busy = [True]

    def meanwhile(operation: str) -> None:
        if busy and operation.startswith("put") and operation.endswith("head.json"):
            busy.clear()
            one.do("push")

    tale.turn("and more", "yes")
    two.write(tale.data)
    two.store.fails = meanwhile
    assert two.do("push").action == "pushed"
    head = Vault(one.store).head("TASK")
    assert head is not None
    assert Vault(one.store).content(head.manifest) == tale.data


def test_what_is_written_while_it_is_pulled_is_not_lost(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    two.do("pull")
    tale.turn("more", "yes")
    one.write(tale.data)
    one.do("push")
    late = Tale("s-1", prefix="late")
    late.data, late.leaf = two.data, "e2"
    late.user("meanwhile")

    def meanwhile(operation: str) -> None:
        if operation.endswith(".zst"):
            two.write(late.data)

    two.store.fails = meanwhile
    outcome = two.do("pull")
    assert (outcome.action, two.data) == ("forked", tale.data)
    (fork,) = outcome.forks
    assert b"meanwhile" in fork.file.read_bytes()


def test_a_store_that_never_rests_is_told(one: Machine, tale: Tale) -> None:
    one.write(tale.data)

    def never(operation: str) -> None:
        if operation.startswith("put") and operation.endswith("head.json"):
            raise ChangedError("again")

    one.store.fails = never
    with pytest.raises(ChangedError, match="changes all the time"):
        one.do("push")
