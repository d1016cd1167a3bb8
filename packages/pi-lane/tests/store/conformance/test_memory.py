"""The store that carries entries keeps the contract too, and with it two machines keep one history."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from lane_conformance import PAUSED_AFTER_S, StoreConformance, instance
from lane_memory import MemoryHub, MemoryStore, TurnedClock

from pi_lane.lease import Lane, LeaseLostError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pi_lane.lease import Lease
    from pi_lane.store import Batch, Store


class Memory:
    carries_entries = True

    def __init__(self) -> None:
        self._hub: MemoryHub | None = None

    def store(self, instance_id: str, clock: TurnedClock) -> Store:
        self._hub = self._hub or MemoryHub(clock)
        return MemoryStore(self._hub, instance_id, paused_after_s=PAUSED_AFTER_S)

    def kill(self, store: Store) -> None:
        assert isinstance(store, MemoryStore)
        store.die()


class TestMemoryStore(StoreConformance):
    @pytest.fixture
    def backend(self) -> Memory:
        return Memory()


class Machine:
    """A machine with a session file of its own, and a terminal on the lane."""

    def __init__(self, hub: MemoryHub, name: str, folder: Path) -> None:
        self.file = folder / f"{name}.jsonl"
        self.file.touch()
        self.store = MemoryStore(hub, name, paused_after_s=PAUSED_AFTER_S)
        self.lane = Lane(self.store, "main", instance(name), on_entries=self._append)
        self.name = name

    def _append(self, batches: Sequence[Batch]) -> None:
        with self.file.open("a") as file:
            file.writelines(f"{line}\n" for batch in batches for line in batch.lines)

    def write(self, lease: Lease, number: int) -> tuple[str, list[str]]:
        """Append a turn of two entries under the lane's head, as pi does; return its last id and its lines."""
        ids = [f"{self.name}{number}.{part}" for part in range(2)]
        parents = [lease.head, ids[0]]
        lines = [json.dumps({"id": id_, "parentId": parent}) for id_, parent in zip(ids, parents, strict=True)]
        with self.file.open("a") as file:
            file.writelines(f"{line}\n" for line in lines)
        return ids[-1], lines

    async def turn(self, number: int) -> None:
        async with await self.lane.acquire("run") as lease:
            head, lines = self.write(lease, number)
            await lease.move_head(head, lease.head, lines)

    def history(self, head: str | None) -> list[str]:
        """Return the ids from the first entry to ``head`` as this machine's file has them."""
        parents = {entry["id"]: entry["parentId"] for entry in map(json.loads, self.file.read_text().splitlines())}
        path = []
        while head is not None:
            path.append(head)
            head = parents[head]
        return path[::-1]


def test_machines_with_files_of_their_own_have_the_same_history_in_the_same_order(tmp_path: Path) -> None:
    async def scene() -> None:
        hub = MemoryHub(TurnedClock())
        machines = [a, b, c] = [Machine(hub, name, tmp_path) for name in "abc"]
        async with a.store, b.store, c.store, a.lane, b.lane, c.lane:
            for number in range(5):
                await asyncio.gather(*(machine.turn(number) for machine in machines))
            for machine in machines:
                view = await machine.lane.view()
                assert len(machine.history(view.state.head)) == 30
            assert len({machine.file.read_text() for machine in machines}) == 1

    asyncio.run(scene())


def test_entries_of_a_displaced_owner_stay_on_its_machine(tmp_path: Path) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        hub = MemoryHub(clock)
        a, b = Machine(hub, "a", tmp_path), Machine(hub, "b", tmp_path)
        async with a.store, b.store, a.lane, b.lane:
            lease = await a.lane.acquire("run")
            head, lines = a.write(lease, 0)
            await b.store.alive("a")
            clock.now_s += PAUSED_AFTER_S
            await b.lane.take("a")
            await b.turn(0)
            with pytest.raises(LeaseLostError):
                await lease.move_head(head, None, lines)
            assert b.history((await b.lane.view()).state.head) == ["b0.0", "b0.1"]
            assert a.history((await a.lane.view()).state.head) == ["b0.0", "b0.1"]
            assert [entry["id"] for entry in map(json.loads, a.file.read_text().splitlines())][:2] == ["a0.0", "a0.1"]

    asyncio.run(scene())
