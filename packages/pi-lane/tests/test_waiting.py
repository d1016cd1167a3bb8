"""Who waits for a lane: its place in the line, who is passed over, and how a wait ends without a lease."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from lane_memory import TurnedClock
from lane_scenes import PAUSED_AFTER_S, kill, paths_in, play, soon, stand_still, stop, terminal

from pi_lane.lease import AcquireCancelledError, LaneView
from pi_lane.store import Liveness

if TYPE_CHECKING:
    from pathlib import Path

    from pi_lane.runtime import SessionPaths


@pytest.fixture
def paths(tmp_path: Path) -> SessionPaths:
    return paths_in(tmp_path)


def test_a_waiting_terminal_sees_for_whom_it_waits_and_its_place(paths: SessionPaths) -> None:
    async def scene() -> None:
        views: list[LaneView] = []
        async with terminal(paths, "a") as a, terminal(paths, "b") as b, terminal(paths, "c") as c:
            lease = await a.acquire("run")
            second = asyncio.create_task(b.acquire("append"))
            await soon(lambda: len(a._got.state.queue) == 1)
            third = asyncio.create_task(c.acquire("run", views.append))
            await soon(lambda: views)
            assert views[0].place == 2
            assert views[0].owner_is is Liveness.ALIVE
            assert views[0].state.owner
            assert views[0].state.owner.instance_id == "a"
            assert [(w.instance_id, w.purpose, w.label) for w in views[0].state.queue] == [
                ("b", "append", "/work/b"),
                ("c", "run", "/work/c"),
            ]
            await lease.release()
            next_lease = await second
            await soon(lambda: views[-1].place == 1)
            await next_lease.release()
            await third

    play(scene())


def test_dead_waiters_are_passed_over_and_forgotten(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b, terminal(paths, "c") as c:
            lease = await a.acquire("run")
            second = asyncio.create_task(b.acquire("run"))
            await soon(lambda: len(a._got.state.queue) == 1)
            third = asyncio.create_task(c.acquire("run"))
            await soon(lambda: len(a._got.state.queue) == 2)
            await stop(b, second)
            kill(b)
            await lease.release()
            async with asyncio.timeout(5):
                await third
            assert [waiter.instance_id for waiter in c._got.state.queue] == []

    play(scene())


def test_a_free_lane_is_kept_for_the_first_in_line(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        store = {"clock": clock}
        async with terminal(paths, "a", store=store) as a, terminal(paths, "b", store=store) as b:
            lease = await a.acquire("run")
            first = asyncio.create_task(b.acquire("run"))
            await soon(lambda: a._got.state.queue)
            await stop(b, first)
            await lease.release()
            # It was woken, and is slow; by the clock it has not paused yet.
            async with terminal(paths, "c", store=store) as c:
                second = asyncio.create_task(c.acquire("run"))
                await asyncio.sleep(0.6)
                assert not second.done()
                assert [waiter.instance_id for waiter in (await c.view()).state.queue] == ["b", "c"]
                c.cancel("run")
                with pytest.raises(AcquireCancelledError):
                    await second

    play(scene())


def test_paused_waiters_are_passed_over_and_keep_their_place(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        store = {"clock": clock, "paused_after_s": PAUSED_AFTER_S}
        async with (
            terminal(paths, "a", store=store) as a,
            terminal(paths, "b", store=store) as b,
            terminal(paths, "c", store=store) as c,
        ):
            lease = await a.acquire("run")
            second = asyncio.create_task(b.acquire("run"))
            await soon(lambda: len(a._got.state.queue) == 1)
            third = asyncio.create_task(c.acquire("run"))
            await soon(lambda: len(a._got.state.queue) == 2)
            await stop(b, second)
            await stand_still(clock, c, instance_id="b")
            await lease.release()
            async with asyncio.timeout(5):
                await third
            assert [waiter.instance_id for waiter in c._got.state.queue] == ["b"]

    play(scene())


def test_a_wait_can_be_cancelled_and_leaves_nothing(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b:
            lease = await a.acquire("run")
            wait = asyncio.create_task(b.acquire("run"))
            await soon(lambda: a._got.state.queue)
            assert not b.cancel("append")
            assert b.cancel("run")
            with pytest.raises(AcquireCancelledError, match="the wait for lane 'main' was cancelled"):
                await wait
            assert (await a.view()).state.queue == ()
            assert not b.cancel("run")
            await lease.release()
            async with asyncio.timeout(5):
                await b.acquire("run")

    play(scene())


def test_a_wait_that_is_cancelled_twice_leaves_the_line_in_the_end(
    paths: SessionPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b:
            lease = await a.acquire("run")
            wait = asyncio.create_task(b.acquire("run"))
            await soon(lambda: a._got.state.queue)
            leaving = asyncio.Event()

            async def slow(_lane: str, _seen: int = -1) -> None:
                leaving.set()
                await asyncio.Event().wait()

            with monkeypatch.context() as patched:
                patched.setattr(b._store, "read", slow)
                b.cancel("run")
                await leaving.wait()
                b.cancel("run")
                with pytest.raises(AcquireCancelledError):
                    await wait
            await lease.release()
            async with asyncio.timeout(5):
                await b.acquire("run")

    play(scene())


def test_cancelling_the_task_that_waits_leaves_the_line(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b:
            await a.acquire("run")
            wait = asyncio.create_task(b.acquire("run"))
            await soon(lambda: a._got.state.queue)
            wait.cancel()
            with pytest.raises(asyncio.CancelledError):
                await wait
            assert (await a.view()).state.queue == ()

    play(scene())


def test_an_instance_waits_for_its_own_lease_without_joining_the_line(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a:
            lease = await a.acquire("run")
            second = asyncio.create_task(a.acquire("append"))
            await asyncio.sleep(0.05)
            assert not second.done()
            assert (await a.view()).state.queue == ()
            await lease.release()
            async with asyncio.timeout(5):
                await (await second).release()

    play(scene())
