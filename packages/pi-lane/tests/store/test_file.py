"""The file store: what it costs to be idle, and what it leaves behind."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from lane_scenes import paths_in, terminal

from pi_lane.store import FileStore, LaneState, Liveness

if TYPE_CHECKING:
    from pathlib import Path

IDLE = """
import asyncio, sys
from pathlib import Path
from pi_lane.lease import Instance, Lane
from pi_lane.runtime import SessionPaths
from pi_lane.store import FileStore

async def main():
    me = Instance(instance_id="a", pid=1, host="h", label="l")
    async with FileStore(SessionPaths(Path(sys.argv[1]), "k"), "a") as store, Lane(store, "main", me) as lane:
        async with await lane.acquire("run") as lease:
            await lease.move_head("e1", expected=None)
        await asyncio.sleep(0.5)
        Path(sys.argv[1], "idle-begins").touch()
        for _ in range(5):
            await asyncio.sleep(1.0)
            await store.keepalive("a")
        Path(sys.argv[1], "idle-ends").touch()

asyncio.run(main())
"""


def test_an_idle_terminal_looks_at_the_disk_once_a_second_and_nothing_needs_hard_links(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    if not strace:
        pytest.skip("there is no strace here")
    trace = tmp_path / "trace"
    traced = [strace, "-f", "-o", str(trace), "-e", "trace=file,fstat", sys.executable, "-c", IDLE, str(tmp_path)]
    done = subprocess.run(traced, check=False, capture_output=True, text=True)
    if "ptrace" in done.stderr:
        pytest.skip("nothing may be traced here")
    assert done.returncode == 0, done.stderr
    calls = trace.read_text()
    idle = calls[calls.index("idle-begins") : calls.index("idle-ends")].splitlines()[1:-1]
    looks = [line for line in idle if re.search(r" (newfstatat|fstat|stat|statx|openat|access)\(", line)]
    assert 4 <= len(looks) <= 6, looks
    assert not re.search(r" (link|linkat|symlink|symlinkat)\(", calls)


def test_l_x20_what_the_dead_left_is_removed_after_a_day(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)
    paths.instances.mkdir(parents=True)
    day_ago = time.time() - 25 * 3600
    for name in ("old.json", "old.alive", "old.fifo", "old.pending.jsonl", "living.json", "notes.txt"):
        (paths.instances / name).touch()
        os.utime(paths.instances / name, (day_ago, day_ago))
    (paths.instances / "young.json").touch()

    async def scene() -> None:
        async with FileStore(paths, "living"), FileStore(paths, "b"):
            left = {path.name for path in paths.instances.iterdir()} - {"living.alive", "living.fifo"}
            assert left == {"old.pending.jsonl", "living.json", "notes.txt", "young.json", "b.alive", "b.fifo"}

    asyncio.run(scene())


def test_a_closed_store_leaves_no_sign_of_life(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)

    async def scene() -> None:
        async with FileStore(paths, "a"):
            assert {path.name for path in paths.instances.iterdir()} == {"a.alive", "a.fifo"}
        assert list(paths.instances.iterdir()) == []

    asyncio.run(scene())


def test_reading_needs_no_open_store_and_makes_nothing(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)

    async def scene() -> None:
        reader = FileStore(paths, "pil")
        assert (await reader.read("main")).version == 0
        assert await reader.alive("a") is Liveness.DEAD
        assert not await reader.watch("main", 0, 0.01)
        assert not paths.root.exists()
        async with terminal(paths, "a") as a:
            await a.create("e0")
            assert (await reader.read("main")).state.head == "e0"
            assert await reader.alive("a") is Liveness.ALIVE
            assert await reader.watch("main", 0, 1.0)

    asyncio.run(scene())


def test_a_lost_ring_costs_time_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = paths_in(tmp_path)
    monkeypatch.setattr("pi_lane.store._file.ring", lambda _path: True)

    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b:
            lease = await a.acquire("run")
            wait = asyncio.create_task(b.acquire("run"))
            await asyncio.sleep(0.05)
            await lease.release()
            async with asyncio.timeout(2):
                await wait

    asyncio.run(scene())


def test_a_watcher_that_slept_for_long_finds_news_beyond_what_was_cleared_away(tmp_path: Path) -> None:
    paths = paths_in(tmp_path)

    async def scene() -> None:
        now_s = 0.0
        sleeper = FileStore(paths, "sleeper", clock=lambda: now_s)
        writer = FileStore(paths, "writer")
        for version in range(8):
            if version == 1:
                await sleeper.read("main")
            await writer.read("main")
            assert await writer.cas("main", version, LaneState(lane="main"))
        for version in (1, 2, 3):
            shutil.rmtree(paths.register_log("main") / f"{version:016d}")
        now_s += 60.0
        assert await sleeper.watch("main", 1, 0.0)
        assert (await sleeper.read("main")).version == 8

    asyncio.run(scene())
