"""Machines write to one session as they like, and exchange it in any order: nothing is lost, and they agree at last."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from memory_store import MemoryStore
from session_stage import Tale
from store_machines import Machine, in_store, said

from pi_session_persistence.stores import DirectoryStore, NotStoredError, StoreGoneError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_session_persistence.stores import Object, Store, Way


class Failing:
    """A store that can't be reached at one of its operations, before it is done or after."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.left = 0
        self.after = False

    def list(self, prefix: str) -> Iterator[Object]:
        self._begin()
        return self.store.list(prefix)

    def stat(self, key: str) -> str | None:
        self._begin()
        return self.store.stat(key)

    def read(self, key: str, start: int = 0, end: int | None = None) -> bytes:
        self._begin()
        return self.store.read(key, start, end)

    def put(self, key: str, data: bytes, generation: str | None) -> str:
        fails = self._begin(writes=True)
        made = self.store.put(key, data, generation)
        self._end(fails=fails)
        return made

    def delete(self, key: str, generation: str | None = None) -> None:
        fails = self._begin(writes=True)
        self.store.delete(key, generation)
        self._end(fails=fails)

    def _begin(self, *, writes: bool = False) -> bool:
        self.left -= 1
        if self.left == 0 and not (writes and self.after):
            raise StoreGoneError("gone before it was done")
        return self.left == 0

    def _end(self, *, fails: bool) -> None:
        if fails:
            raise StoreGoneError("gone before the answer came")


class Machines(RuleBasedStateMachine):
    """Three machines."""

    MACHINES = 3

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.store = Failing(self.make_store(Path(self.place.name) / "store"))
        self.machines = [Machine(Path(self.place.name) / str(number), self.store) for number in range(self.MACHINES)]
        self.count = 0

    def make_store(self, _: Path) -> Store:
        return MemoryStore()

    @initialize(seed=st.integers(0, 1000))
    def begin(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # not for secrets
        tale = Tale("s-1")
        tale.user("turn 0")
        self.machines[0].write(tale.data)

    @rule(number=st.integers(0, MACHINES - 1))
    def write(self, number: int) -> None:
        machine = self.machines[number]
        if machine.file.exists():
            self.count += 1
            machine.say(f"turn {self.count}", f"m{number}x{self.count}y")

    @rule(number=st.integers(0, MACHINES - 1))
    def write_in_a_fork(self, number: int) -> None:
        machine = self.machines[number]
        forks = sorted(set(machine.sessions) - {machine.file.name})
        if forks:
            self.count += 1
            main, machine.file = machine.file, machine.file.with_name(self.random.choice(forks))
            machine.say(f"turn {self.count}", f"m{number}x{self.count}y")
            machine.file = main

    @rule(number=st.integers(0, MACHINES - 1))
    def move_to_another_folder(self, number: int) -> None:
        machine = self.machines[number]
        if machine.file.exists():
            first, end, rest = machine.data.partition(b"\n")
            machine.write(first.replace(b'"cwd": "', b'"cwd": "/x') + end + rest)

    @rule(
        number=st.integers(0, MACHINES - 1),
        way=st.sampled_from(["push", "pull", "sync", "sync"]),
        fail=st.integers(0, 25),
    )
    def exchange(self, number: int, way: Way, fail: int) -> None:
        self.store.left, self.store.after = fail, self.random.random() < 0.5
        try:
            self.machines[number].do(way)
        except (StoreGoneError, NotStoredError):
            pass
        finally:
            self.store.left = 0

    @rule(number=st.integers(0, MACHINES - 1))
    def sync_all(self, number: int) -> None:
        self.machines[number].sync_all()

    @rule()
    def nothing_is_lost(self) -> None:
        here = [data for machine in self.machines for data in machine.sessions.values()]
        assert {f"turn {number}" for number in range(self.count + 1)} <= said(*here, *in_store(self.store))

    @rule()
    @precondition(lambda self: self.machines[0].file.exists())
    def all_agree_at_last(self) -> None:
        for machine in [*self.machines, *self.machines]:
            machine.sync_all()
        assert all(machine.sessions == self.machines[0].sessions for machine in self.machines)
        assert {f"turn {number}" for number in range(self.count + 1)} <= said(*self.machines[0].sessions.values())

    def teardown(self) -> None:
        if self.machines[0].file.exists():
            self.nothing_is_lost()
            self.all_agree_at_last()
        self.place.cleanup()


class MachinesWithADirectory(Machines):
    """Three machines and a directory."""

    def make_store(self, place: Path) -> Store:
        return DirectoryStore.create(place)


EXAMPLES = int(os.environ.get("PI_SESSION_EXAMPLES", "8"))

TestMachines = Machines.TestCase
TestMachines.settings = settings(max_examples=EXAMPLES, stateful_step_count=25, deadline=None)
TestMachinesWithADirectory = MachinesWithADirectory.TestCase
TestMachinesWithADirectory.settings = settings(max_examples=EXAMPLES // 2, stateful_step_count=25, deadline=None)
