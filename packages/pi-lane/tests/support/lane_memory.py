"""A store in memory that carries entries with the state, as one for several machines does; and a clock to turn.

Each instance has its own `MemoryStore`, which can be stopped between any two of its steps, as a process can.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from msgspec.structs import replace

from pi_lane.store import Batch, LaneState, Liveness, Versioned

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Change", "MemoryHub", "MemoryStore", "TurnedClock"]


class TurnedClock:
    """A monotonic clock that stands still until it is turned on."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass(frozen=True)
class Change:
    """One successful compare-and-swap, with who did it."""

    by: str
    version: int
    before: LaneState
    after: LaneState
    batch: Batch | None


@dataclass
class MemoryHub:
    """What all the stores share: the other side of the wire."""

    clock: Callable[[], float]
    lanes: dict[str, Versioned] = field(default_factory=dict)
    batches: dict[str, list[Batch]] = field(default_factory=lambda: defaultdict(list))
    beats: dict[str, int] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Let everybody who watches look: something changed, or time went by."""
        news, self.news = self.news, asyncio.Event()
        news.set()


class MemoryStore:
    """One instance's view of the hub.

    Args:
        hub: the hub.
        instance_id: the instance.
        paused_after_s: how long an instance may stand still before it counts as paused.
        turned: whether time goes by only when the hub's clock is turned.
    """

    def __init__(self, hub: MemoryHub, instance_id: str, *, paused_after_s: float = 20.0, turned: bool = False) -> None:
        self._hub = hub
        self._id = instance_id
        self._paused_after_s = paused_after_s
        self._turned = turned
        self._seen: dict[str, tuple[int, float]] = {}
        self._goes = asyncio.Event()
        self._goes.set()

    def stop(self) -> None:
        """Stop the instance where it is."""
        self._goes.clear()

    def resume(self) -> None:
        """Let it go on."""
        self._goes.set()

    def die(self) -> None:
        """Let the instance be dead for the others; what runs on its behalf goes no further."""
        self._goes.clear()
        self._hub.beats.pop(self._id, None)
        self._hub.tell()

    @property
    def stopped(self) -> bool:
        """Whether the instance is stopped or dead."""
        return not self._goes.is_set()

    async def __aenter__(self) -> Self:
        self._hub.beats[self._id] = 0
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hub.beats.pop(self._id, None)

    async def read(self, lane: str, seen: int = -1) -> Versioned:
        await self._goes.wait()
        got = self._hub.lanes.get(lane, Versioned(version=0, state=LaneState(lane=lane)))
        batches = tuple(batch for batch in self._hub.batches[lane] if batch.seq > seen)
        await self._goes.wait()
        return replace(got, batches=batches)

    async def cas(self, lane: str, version: int, state: LaneState, batch: Batch | None = None) -> bool:
        await self._goes.wait()
        got = self._hub.lanes.get(lane, Versioned(version=0, state=LaneState(lane=lane)))
        done = got.version == version
        if done:
            self._hub.lanes[lane] = Versioned(version=version + 1, state=state)
            if batch:
                self._hub.batches[lane].append(replace(batch, seq=version + 1))
            self._hub.history.append(Change(self._id, version + 1, got.state, state, batch))
            self._hub.tell()
        await self._goes.wait()
        return done

    async def watch(self, lane: str, version: int, timeout_s: float) -> bool:
        end = self._hub.clock() + timeout_s
        with suppress(TimeoutError):
            async with asyncio.timeout(None if self._turned else timeout_s):
                while not self._newer(lane, version) and not (self._turned and self._hub.clock() >= end):
                    await self._hub.news.wait()
        await self._goes.wait()
        return self._newer(lane, version)

    async def alive(self, instance_id: str) -> Liveness:
        await self._goes.wait()
        if instance_id not in self._hub.beats:
            return Liveness.DEAD
        count, now = self._hub.beats[instance_id], self._hub.clock()
        seen_count, since = self._seen.get(instance_id, (-1, now))
        if seen_count != count:
            self._seen[instance_id] = (count, now)
            return Liveness.ALIVE
        return Liveness.PAUSED if now - since >= self._paused_after_s else Liveness.ALIVE

    async def keepalive(self, instance_id: str) -> None:
        if not self.stopped and instance_id in self._hub.beats:
            self._hub.beats[instance_id] += 1

    def _newer(self, lane: str, version: int) -> bool:
        return lane in self._hub.lanes and self._hub.lanes[lane].version > version
