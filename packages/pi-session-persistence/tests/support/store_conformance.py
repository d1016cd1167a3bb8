"""What every store must do. A class of tests for a store inherits from this one and says how to open it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pi_session_persistence.stores import ChangedError, NotStoredError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pi_session_persistence.stores import Store

#: Of a page of results of the usual object store.
MANY = 1100


class StoreConformance(ABC):
    """The tests of a store."""

    @abstractmethod
    def open(self, place: Path) -> Store:
        """Open the store that belongs to `place`; a second call gives another door to the same one."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return self.open(tmp_path / "store")

    def test_what_was_put_is_there(self, store: Store) -> None:
        generation = store.put("a/b.zst", b"\0\xff\n", None)
        assert store.read("a/b.zst") == b"\0\xff\n"
        assert store.stat("a/b.zst") == generation

    def test_what_was_put_is_there_behind_another_door(self, store: Store, tmp_path: Path) -> None:
        generation = store.put("a", b"x", None)
        other = self.open(tmp_path / "store")
        assert (other.read("a"), other.stat("a")) == (b"x", generation)

    def test_nothing_is_under_a_key_that_was_never_put(self, store: Store) -> None:
        assert store.stat("a") is None
        with pytest.raises(NotStoredError):
            store.read("a")

    def test_what_is_new_must_be_new(self, store: Store) -> None:
        store.put("a", b"x", None)
        with pytest.raises(ChangedError):
            store.put("a", b"y", None)
        assert store.read("a") == b"x"

    def test_what_is_replaced_must_be_what_it_was(self, store: Store) -> None:
        first = store.put("a", b"x", None)
        second = store.put("a", b"y", first)
        assert second != first
        for stale in (first, "no generation at all"):
            with pytest.raises(ChangedError):
                store.put("a", b"z", stale)
        assert store.read("a") == b"y"

    def test_what_is_gone_is_not_replaced(self, store: Store) -> None:
        first = store.put("a", b"x", None)
        store.delete("a")
        with pytest.raises(ChangedError):
            store.put("a", b"y", first)
        store.put("a", b"z", None)
        assert store.read("a") == b"z"

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [(0, 3, b"012"), (8, None, b"89"), (4, 6, b"45"), (8, 99, b"89"), (10, None, b""), (3, 3, b"")],
    )
    def test_parts_can_be_read(self, store: Store, start: int, end: int | None, expected: bytes) -> None:
        store.put("a", b"0123456789", None)
        assert store.read("a", start, end) == expected

    def test_nothing_is_something_too(self, store: Store) -> None:
        store.put("a", b"", None)
        assert store.read("a") == b""
        assert store.stat("a") is not None
        assert [found.size for found in store.list("")] == [0]

    def test_large_things_are_kept(self, store: Store) -> None:
        data = bytes(range(256)) * 40_000
        store.put("large", data, None)
        assert store.read("large") == data
        assert store.read("large", 5_000_000, 5_000_010) == data[5_000_000:5_000_010]

    def test_lists_are_in_the_order_of_keys_and_by_prefix(self, store: Store) -> None:
        for key in ("b/2.json", "b/1.json", "a/1", "b-c/1", "b/1/x"):
            store.put(key, key.encode(), None)
        assert [found.key for found in store.list("")] == ["a/1", "b-c/1", "b/1.json", "b/1/x", "b/2.json"]
        assert [found.key for found in store.list("b/")] == ["b/1.json", "b/1/x", "b/2.json"]
        assert [found.key for found in store.list("b/1")] == ["b/1.json", "b/1/x"]
        assert list(store.list("nothing/")) == []

    def test_lists_tell_size_and_time(self, store: Store) -> None:
        store.put("a", b"12345", None)
        (found,) = store.list("a")
        assert found.size == 5
        assert abs(found.modified - datetime.now(UTC)) < timedelta(minutes=5)

    def test_long_lists_are_whole(self, store: Store) -> None:
        for number in range(MANY):
            store.put(f"k/{number:05}", b"", None)
        assert len(list(store.list("k/"))) == MANY

    def test_what_is_deleted_is_gone(self, store: Store) -> None:
        store.put("a", b"x", None)
        store.delete("a")
        store.delete("a")
        assert store.stat("a") is None
        assert list(store.list("")) == []

    def test_what_is_deleted_must_be_what_it_was(self, store: Store) -> None:
        first = store.put("a", b"x", None)
        second = store.put("a", b"y", first)
        with pytest.raises(ChangedError):
            store.delete("a", first)
        assert store.read("a") == b"y"
        store.delete("a", second)
        store.delete("a", second)
        assert store.stat("a") is None

    def test_of_those_who_want_to_be_first_one_is(self, tmp_path: Path) -> None:
        assert self._race(tmp_path, lambda store, number: store.put("a", b"%d" % number, None)) == 1

    def test_of_those_who_replace_the_same_one_does(self, store: Store, tmp_path: Path) -> None:
        first = store.put("a", b"x", None)
        assert self._race(tmp_path, lambda door, number: door.put("a", b"%d" % number, first)) == 1

    def test_counting_together_loses_nothing(self, store: Store, tmp_path: Path) -> None:
        store.put("a", b"0", None)

        def count(door: Store, _number: int) -> None:
            while True:
                generation = door.stat("a")
                value = int(door.read("a"))
                try:
                    door.put("a", b"%d" % (value + 1), generation)
                except ChangedError:
                    continue
                return

        assert self._race(tmp_path, count) == 8
        assert store.read("a") == b"8"

    def _race(self, tmp_path: Path, act: Callable[[Store, int], object]) -> int:
        """Let eight of them act at once; return how many succeeded."""
        ready, done = threading.Barrier(8, timeout=20), []

        def run(number: int) -> None:
            door = self.open(tmp_path / "store")
            ready.wait()
            try:
                act(door, number)
            except ChangedError:
                return
            done.append(number)

        threads = [threading.Thread(target=run, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(done)


class StoreMachine(RuleBasedStateMachine):
    """A store beside a dictionary."""

    KEYS = st.sampled_from(["a", "b/b", "b/c", "b/d/e", "z-1.json"])
    DATA = st.binary(max_size=20)

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.expected: dict[str, tuple[bytes, str]] = {}
        self.stale: list[str] = []

    @rule(key=KEYS, data=DATA)
    def put_new(self, key: str, data: bytes) -> None:
        if key in self.expected:
            with pytest.raises(ChangedError):
                self.store.put(key, data, None)
        else:
            self.expected[key] = (data, self.store.put(key, data, None))

    @rule(key=KEYS, data=DATA)
    def replace(self, key: str, data: bytes) -> None:
        if key in self.expected:
            old = self.expected[key][1]
            self.expected[key] = (data, self.store.put(key, data, old))

    @rule(key=KEYS, data=DATA)
    def replace_stale(self, key: str, data: bytes) -> None:
        with pytest.raises(ChangedError):
            self.store.put(key, data, "nothing has ever had this generation")

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        self.store.delete(key)
        self.expected.pop(key, None)

    @invariant()
    def agrees(self) -> None:
        assert {found.key: found.size for found in self.store.list("")} == {
            key: len(data) for key, (data, _) in self.expected.items()
        }
        for key, (data, generation) in self.expected.items():
            assert self.store.read(key) == data
            assert self.store.stat(key) == generation
