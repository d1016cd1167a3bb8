from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from memory_store import MemoryStore
from session_stage import Tale

from pi_host.sessionfile import Session
from pi_session_persistence import BusyError, Registry
from pi_session_persistence.locking import lock
from pi_session_persistence.stores import (
    ChangedError,
    NotStoredError,
    Place,
    StoreDamagedError,
    StoreError,
    StoreGoneError,
    Vault,
    reconcile,
)
from pi_session_persistence.stores import _vault as vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_session_persistence.stores import Outcome, Way


class Machine:
    """A machine with the session of the id TASK, or with none yet."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, store: MemoryStore) -> None:
        self.home = folder / "pi-session"
        self.file = folder / "sessions" / "task.jsonl"
        self.monkeypatch = monkeypatch
        self.store = store

    def do(self, way: Way, **more: Any) -> Outcome:
        self.monkeypatch.setenv("PI_SESSION_HOME", str(self.home))
        return reconcile(self.store, Place("TASK", self.file, Registry(self.home), **more), way)

    def write(self, data: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(data)

    @property
    def data(self) -> bytes:
        return self.file.read_bytes()


@pytest.fixture
def one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: MemoryStore) -> Machine:
    return Machine(tmp_path / "one", monkeypatch, store)


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: MemoryStore) -> Machine:
    return Machine(tmp_path / "two", monkeypatch, store)


@pytest.fixture
def tale() -> Tale:
    tale = Tale("s-1")
    tale.turn("hello", "hi")
    return tale


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


def test_only_what_is_new_is_written(one: Machine, store: MemoryStore, tale: Tale) -> None:
    tale.tool("x" * 100_000)
    one.write(tale.data)
    one.do("push")
    before = set(store.objects)
    size = len(tale.data)
    tale.turn("more", "yes")
    one.write(tale.data)
    one.do("push")
    (key,) = set(store.objects) - before
    head = Vault(store).head("TASK")
    assert head is not None
    assert [segment.size for segment in head.manifest.segments] == [size, len(tale.data) - size]
    assert key.endswith(f"{head.manifest.segments[1].sha256}.zst")


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
    assert (session.header.id, session.header.parent_session) == (identity, str(two.file))
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
    assert len(list(two.file.parent.glob("*-fork-*"))) == 1
    ids = [manifest.id for manifest in Vault(two.store).heads()]
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


def test_a_damaged_store_is_told_and_the_file_stays(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    key = next(key for key in one.store.objects if key.endswith(".zst"))
    two.write(tale.data[:-200].rpartition(b"\n")[0] + b"\n")
    before = two.data
    data, generation, at = one.store.objects[key]
    for damage in (b"", b"garbage", data[:-3], bytes(len(data))):
        one.store.objects[key] = (damage, generation, at)
        with pytest.raises(StoreDamagedError):
            two.do("pull")
        assert two.data == before
    del one.store.objects[key]
    with pytest.raises(NotStoredError, match="lacks a part"):
        two.do("pull")
    one.store.objects[key] = (b"garbage", generation, at)
    tale.data = tale.data.replace(b"/work/proj", b"/elsewhere")
    one.write(tale.data)
    one.do("push")
    assert two.do("sync").action == "forked"


def test_a_manifest_that_asks_for_the_moon_is_refused(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    for key, (data, generation, at) in list(one.store.objects.items()):
        if key.endswith("head.json"):
            head = json.loads(data)
            head["segments"][0]["size"] = 10**15
            one.store.objects[key] = (json.dumps(head).encode(), generation, at)
    with pytest.raises(StoreDamagedError):
        two.do("pull")


def test_a_newer_format_is_left_alone(one: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    key = next(key for key in one.store.objects if key.endswith("head.json"))
    data, generation, at = one.store.objects[key]
    one.store.objects[key] = (data.replace(b'"format": 1', b'"format": 2'), generation, at)
    with pytest.raises(StoreDamagedError, match="newer"):
        one.do("sync")


def test_a_session_in_use_is_not_replaced(one: Machine, two: Machine, tale: Tale) -> None:
    one.write(tale.data)
    one.do("push")
    two.write(tale.data[:-200].rpartition(b"\n")[0] + b"\n")
    before = two.data
    with lock(two.file, what="somebody"), pytest.raises(BusyError):
        two.do("pull")
    assert two.data == before
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


def test_many_small_steps_are_put_together_anew(
    one: Machine, two: Machine, tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "_MOST_SEGMENTS", 4)
    for _ in range(20):
        tale.turn("more", "yes")
        one.write(tale.data)
        one.do("push")
        head = Vault(one.store).head("TASK")
        assert head is not None
        assert len(head.manifest.segments) <= 4
    two.do("pull")
    assert two.data == tale.data


def test_what_nothing_refers_to_is_swept_when_it_is_old(
    one: Machine, tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault, "_MOST_SEGMENTS", 2)
    for _ in range(6):
        tale.turn("more", "yes")
        one.write(tale.data)
        one.do("push")
    before = len(one.store.objects)
    for key, (data, generation, at) in list(one.store.objects.items()):
        one.store.objects[key] = (data, generation, at.replace(year=2020))
    for _ in range(3):
        tale.turn("more", "yes")
        one.write(tale.data)
        one.do("push")
    assert len(one.store.objects) < before
    head = Vault(one.store).head("TASK")
    assert head is not None
    assert Vault(one.store).content(head.manifest) == tale.data


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
    assert two.do("pull").action == "forked"
    assert two.data == tale.data
    (fork,) = two.file.parent.glob("*-fork-*")
    assert b"meanwhile" in fork.read_bytes()


def test_a_store_that_never_rests_is_told(one: Machine, tale: Tale) -> None:
    one.write(tale.data)

    def never(operation: str) -> None:
        if operation.startswith("put") and operation.endswith("head.json"):
            raise ChangedError("again")

    one.store.fails = never
    with pytest.raises(ChangedError, match="changes in the store all the time"):
        one.do("push")


class Machines(RuleBasedStateMachine):
    """Three machines write to one session as they like; the store fails now and then. No turn is ever lost."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()

    @initialize(target=None, seed=st.integers(0, 1000))
    def begin(self, seed: int) -> None:
        import tempfile  # noqa: PLC0415

        self.place = tempfile.TemporaryDirectory()
        self.random = random.Random(seed)  # noqa: S311  # not for secrets
        self.store = MemoryStore()
        self.machines = [Machine(Path(self.place.name) / str(n), self.patch, self.store) for n in range(3)]
        self.turns: set[str] = set()
        tale = Tale("s-1")
        tale.user("turn 0")
        self.turns.add("turn 0")
        self.machines[0].write(tale.data)

    @rule(number=st.integers(0, 2))
    def write(self, number: int) -> None:
        machine = self.machines[number]
        if machine.file.exists():
            session = Session.read(machine.file)
            tale = Tale("s-1", prefix=f"m{number}x{len(self.turns)}y")
            tale.data, tale.leaf = machine.data, session.leaf.id if session.leaf else None
            tale.user(f"turn {len(self.turns)} ")
            self.turns.add(f"turn {len(self.turns)} ")
            machine.write(tale.data)

    @rule(number=st.integers(0, 2), way=st.sampled_from(["push", "pull", "sync", "sync"]), fail=st.integers(0, 25))
    def exchange(self, number: int, way: Way, fail: int) -> None:
        self.store.operations.clear()
        when = self.random.choice(["before", "after"])
        self.store.fails = lambda _: when if fail and len(self.store.operations) == fail else None
        try:
            self.machines[number].do(way)
        except (StoreGoneError, NotStoredError):
            pass
        finally:
            self.store.fails = lambda _: None

    @rule()
    def nothing_is_lost(self) -> None:
        everything = "".join(self._everything())
        assert not [turn for turn in self.turns if turn not in everything]

    @rule()
    @precondition(lambda self: hasattr(self, "machines"))
    def all_agree_at_last(self) -> None:
        for _ in range(2):
            for machine in self.machines:
                if machine.file.exists() or self.store.objects:
                    try:
                        machine.do("sync")
                    except NotStoredError:
                        continue
        data = {machine.data for machine in self.machines if machine.file.exists()}
        assert len(data) <= 1

    def _everything(self) -> Iterator[str]:
        for machine in self.machines:
            for path in machine.file.parent.glob("*.jsonl"):
                yield path.read_text()

    def teardown(self) -> None:
        self.nothing_is_lost()
        self.patch.undo()
        self.place.cleanup()


TestMachines = Machines.TestCase
TestMachines.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
