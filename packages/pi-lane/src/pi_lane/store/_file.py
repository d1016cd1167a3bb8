"""The store that keeps the lanes in files, for the terminals of one machine and one user."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from pi_lane.store._alive import Beat, Observer
from pi_lane.store._contract import LaneState, Liveness, Versioned
from pi_lane.store._faults import faults, private_folder
from pi_lane.store._register import Register
from pi_lane.store._wake import Bell, ring

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_lane.runtime import SessionPaths
    from pi_lane.store._contract import Batch

__all__ = ["FileStore"]

#: An instance whose counter stands still for so long, in seconds, counts as paused.
PAUSED_AFTER_S: Final = 20.0

#: Files of instances that died so long ago, in seconds, are removed.
_FORGOTTEN_S: Final = 24 * 3600.0

#: After so many seconds without a look at a lane its versions may have been cleared away: find the newest anew.
_LONG_AWAY_S: Final = 5.0


class FileStore:
    """A `Store` in the folder of a session.

    Reading, and `alive`, work without opening it. It keeps no batches: all its instances write one session file.

    Args:
        paths: where the session's lanes are.
        instance_id: the instance that it is opened for.
        paused_after_s: how long, in seconds, an instance may stand still before it counts as paused.
        clock: a monotonic clock, in seconds.
    """

    def __init__(
        self,
        paths: SessionPaths,
        instance_id: str,
        *,
        paused_after_s: float = PAUSED_AFTER_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._paths = paths
        self._instance_id = instance_id
        self._clock = clock
        self._observer = Observer(paused_after_s, clock)
        self._registers: dict[str, Register] = {}
        self._beat: Beat | None = None
        self._bell: Bell | None = None
        self._news = asyncio.Event()
        self._rings = 0
        self._looked: dict[str, tuple[int, int]] = {}
        self._looked_at: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        """Show the instance to others.

        Raises:
            StoreError: the folder cannot be written, or no locks can be had in it.
        """
        with faults(self._paths.instances):
            private_folder(self._paths.instances)
        self._beat = Beat(self._paths.alive(self._instance_id))
        self._bell = Bell(self._paths.fifo(self._instance_id), self._rung)
        self._forget_the_dead()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._bell:
            self._bell.close()
        if self._beat:
            self._beat.close()
        for register in self._registers.values():
            register.close()
        self._registers.clear()

    async def read(self, lane: str, seen: int = -1) -> Versioned:  # noqa: ARG002  # there are no batches here
        version, state = self._register(lane).read()
        self._looked_at[lane] = self._clock()
        return Versioned(version=version, state=state)

    async def cas(self, lane: str, version: int, state: LaneState, batch: Batch | None = None) -> bool:  # noqa: ARG002  # the lines are in the session file already
        register = self._register(lane)
        before = register.last
        done = register.cas(version, state)
        if done:
            self._wake(before, state)
        return done

    async def watch(self, lane: str, version: int, timeout_s: float) -> bool:
        if self._looked.get(lane) != (version, self._rings) and self._newer(lane, version):
            return True
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._news.wait()
        return self._newer(lane, version)

    async def alive(self, instance_id: str) -> Liveness:
        return self._observer.judge(self._paths.alive(instance_id))

    async def keepalive(self, instance_id: str) -> None:
        if self._beat and instance_id == self._instance_id:
            self._beat.beat()

    def _register(self, lane: str) -> Register:
        if lane not in self._registers:
            self._registers[lane] = Register(self._paths.register_log(lane), lane)
        return self._registers[lane]

    def _newer(self, lane: str, version: int) -> bool:
        now = self._clock()
        away_s = now - self._looked_at.get(lane, now)
        self._looked_at[lane] = now
        register = self._register(lane)
        newer = register.newer(version) if away_s < _LONG_AWAY_S else register.read()[0] > version
        if not newer:
            self._looked[lane] = (version, self._rings)
        return newer

    def _rung(self) -> None:
        self._rings += 1
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _wake(self, before: LaneState, after: LaneState) -> None:
        """Wake who has to act now, then those who only show the lane; others in line hear of it by themselves."""
        self._rung()
        waiting = [waiter.instance_id for waiter in after.queue]
        told = {self._instance_id, *waiting}
        if after.owner:
            told.add(after.owner.instance_id)
            self._ring(after.owner.instance_id)
        else:
            # The first that can hear; one that cannot is dead, and will be passed over.
            any(self._ring(instance_id) for instance_id in waiting)
        if before.owner and before.owner.instance_id not in told:
            self._ring(before.owner.instance_id)
        if (before.owner, before.head) != (after.owner, after.head):
            for instance_id in self._with_bell() - told:
                self._ring(instance_id)

    def _ring(self, instance_id: str) -> bool:
        return instance_id != self._instance_id and ring(self._paths.fifo(instance_id))

    def _with_bell(self) -> set[str]:
        try:
            names = os.listdir(self._paths.instances)  # noqa: PTH208  # a path each would cost ten times as much
        except OSError:
            return set()
        return {name.removesuffix(".fifo") for name in names if name.endswith(".fifo")}

    def _forget_the_dead(self) -> None:
        # Housekeeping, so the wall clock will do; what cannot be removed stays.
        too_old = time.time() - _FORGOTTEN_S
        with suppress(OSError):
            for path in list(self._paths.instances.iterdir()):
                with suppress(OSError):
                    if path.stat().st_mtime < too_old and self._is_leftover(path.name):
                        path.unlink()

    def _is_leftover(self, name: str) -> bool:
        instance_id, _, ending = name.rpartition(".")
        known = ending in {"json", "alive", "fifo"}
        return known and self._observer.judge(self._paths.alive(instance_id)) is Liveness.DEAD
