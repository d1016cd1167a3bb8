"""A byte in a FIFO, and what becomes of those that nobody reads."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from lane_scenes import soon

from pi_lane.store._wake import Bell, ring

if TYPE_CHECKING:
    from pathlib import Path


def test_a_ring_is_heard(tmp_path: Path) -> None:
    async def scene() -> None:
        heard: list[int] = []
        bell = Bell(tmp_path / "a.fifo", lambda: heard.append(1))
        assert ring(tmp_path / "a.fifo")
        await soon(lambda: heard)
        bell.close()
        assert not (tmp_path / "a.fifo").exists()

    asyncio.run(scene())


def test_many_rings_at_once_are_heard_and_block_nobody(tmp_path: Path) -> None:
    async def scene() -> None:
        heard: list[int] = []
        bell = Bell(tmp_path / "a.fifo", lambda: heard.append(1))
        assert all(ring(tmp_path / "a.fifo") for _ in range(70_000)), "more than fits into a pipe"
        await soon(lambda: heard)
        bell.close()

    asyncio.run(scene())


def test_nobody_hears_at_a_fifo_without_a_reader_or_none_at_all(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "dead.fifo")
    (tmp_path / "none").mkdir()
    assert not ring(tmp_path / "dead.fifo")
    assert not ring(tmp_path / "missing.fifo")
    assert not ring(tmp_path / "none")


def test_a_place_without_fifos_leaves_it_at_looking(tmp_path: Path) -> None:
    async def scene() -> None:
        bell = Bell(tmp_path / "missing" / "a.fifo", lambda: None)
        assert not ring(tmp_path / "missing" / "a.fifo")
        bell.close()

    asyncio.run(scene())
