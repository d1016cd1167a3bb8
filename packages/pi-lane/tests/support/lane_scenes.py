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
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

__all__ = ["KEY", "paths_in", "soon", "terminal"]

KEY = "0123456789abcdef01234567"


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
