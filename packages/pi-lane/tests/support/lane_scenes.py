"""Terminals on the file store, as tests need them."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from pi_lane.lease import Instance, Lane, Projection
from pi_lane.runtime import SessionPaths
from pi_lane.store import FileStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from pathlib import Path

    from lane_memory import TurnedClock

__all__ = ["KEY", "PAUSED_AFTER_S", "kill", "paths_in", "play", "soon", "stand_still", "stop", "terminal"]

KEY = "0123456789abcdef01234567"
PAUSED_AFTER_S = 20.0


def paths_in(folder: Path) -> SessionPaths:
    """Return the paths of the one session below ``folder``."""
    return SessionPaths(folder / "root", KEY)


@asynccontextmanager
async def terminal(
    paths: SessionPaths,
    name: str,
    *,
    lane: str = "main",
    projects: bool = False,
    store: dict[str, Any] | None = None,
    **options: Any,
) -> AsyncIterator[Lane]:
    """Open a store and a lane for the instance ``name``, and keep both open."""
    me = Instance(instance_id=name, pid=os.getpid(), host="here", label=f"/work/{name}")
    projection = Projection(paths, lane) if projects else None
    options.setdefault("projection", projection)
    async with FileStore(paths, name, **(store or {})) as opened, Lane(opened, lane, me, **options) as it:
        yield it


async def soon(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until ``condition`` holds, for ``seconds`` at most."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for is often in another process
            await asyncio.sleep(0.005)


def play(scene: Coroutine[Any, Any, None]) -> None:
    """Run a scene to its end."""
    asyncio.run(scene)


async def stand_still(clock: TurnedClock, *lanes: Lane, instance_id: str, seconds: float = PAUSED_AFTER_S + 3) -> None:
    """Let time go by in which all look at an instance that does not show itself."""
    for _ in range(int(seconds)):
        for lane in lanes:
            await lane._store.alive(instance_id)
        clock.now_s += 1.0


def kill(lane: Lane) -> None:
    """Make the instance dead for the others: the kernel does this with the descriptors of a killed process."""
    store = lane._store
    assert isinstance(store, FileStore)
    assert store._beat
    store._beat.drop()


async def stop(lane: Lane, *tasks: asyncio.Task[Any]) -> None:
    """Keep the instance from doing anything more, without letting it tidy up."""
    store = lane._store
    assert isinstance(store, FileStore)
    assert lane._steward
    lane._steward.cancel()

    async def never(lane: str, version: int, timeout_s: float) -> bool:  # noqa: ARG001  # the signature of the real one
        return await asyncio.Event().wait()

    store.watch = never  # type: ignore[method-assign]  # what a stopped process does
    store._rung()
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in tasks)
