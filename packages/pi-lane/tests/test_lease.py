"""A lease, from the first in line to the one that lost it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from lane_memory import TurnedClock
from lane_scenes import PAUSED_AFTER_S, kill, paths_in, play, soon, stand_still, terminal

from pi_lane.lease import (
    HeadMovedError,
    Instance,
    Lane,
    LaneError,
    LaneView,
    LeaseLostError,
    NotPausedError,
)
from pi_lane.store import FileStore, LaneState, Liveness

if TYPE_CHECKING:
    from pathlib import Path

    from pi_lane.runtime import SessionPaths


@pytest.fixture
def paths(tmp_path: Path) -> SessionPaths:
    return paths_in(tmp_path)


def test_a_free_lane_is_granted_at_once(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a:
            await a.create("e1")
            lease = await a.acquire("run")
            assert lease.head == "e1"
            view = await a.view()
            assert view.mine
            assert view.state.owner
            assert (view.state.owner.purpose, view.state.owner.label) == ("run", "/work/a")

    play(scene())


def test_a_lane_is_made_once(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b:
            assert await a.create("e1", title="Äpfel")
            assert not await b.create("e2")
            state = (await b.view()).state
            assert (state.head, state.base_leaf_id, state.title, state.head_epoch) == ("e1", "e1", "Äpfel", 0)

    play(scene())


def test_l_defect_k_the_line_is_served_in_the_order_of_arrival(paths: SessionPaths) -> None:
    async def scene() -> None:
        served = []

        async def turn(name: str) -> None:
            async with terminal(paths, name) as lane, await lane.acquire("run"):
                served.append(name)

        names = [f"t{number}" for number in range(8)]
        async with terminal(paths, "first") as first:
            lease = await first.acquire("run")
            async with asyncio.TaskGroup() as turns:
                for name in names:
                    turns.create_task(turn(name))
                    await soon(lambda: len(first._got.state.queue) == len(turns._tasks))
                await lease.release()
        assert served == names

    play(scene())


def test_an_idle_terminal_hears_of_a_moved_head_long_before_it_would_look(paths: SessionPaths) -> None:
    async def scene() -> None:
        views: list[LaneView] = []
        async with terminal(paths, "a") as a, terminal(paths, "b", on_change=views.append) as b:
            lease = await a.acquire("run")
            await soon(lambda: views and views[-1].state.owner)
            # It has just looked, and would not do so again for a second.
            await lease.move_head("e1", expected=None)
            await soon(lambda: views[-1].state.head == "e1", 0.5)
            assert b.name == "main"

    play(scene())


def test_l_s13_the_head_epoch_grows_and_a_stale_head_is_refused(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a:
            await a.create("e0")
            epochs = []
            for head in ("e1", "e2", "e3"):
                async with await a.acquire("run") as lease:
                    for new in (f"{head}.prompt", head):
                        await lease.move_head(new, expected=lease.head)
                        epochs.append((await a.view()).state.head_epoch)
                    with pytest.raises(HeadMovedError, match=f"is '{head}' and not 'e0'"):
                        await lease.move_head("x", expected="e0")
                    assert lease.head == (await a.view()).state.head == head
            assert epochs == sorted(set(epochs))

    play(scene())


def test_l_defect_b_a_displaced_owner_can_neither_move_the_head_nor_release(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        store = {"clock": clock, "paused_after_s": PAUSED_AFTER_S}
        async with terminal(paths, "a", store=store) as a, terminal(paths, "b", store=store) as b:
            await a.create("e0")
            stopped = await a.acquire("run")
            await stand_still(clock, b, instance_id="a")
            await b.take("a")
            lease = await b.acquire("run")
            assert lease.epoch > stopped.epoch
            with pytest.raises(LeaseLostError, match=r"/work/b \(b\) has it now"):
                await stopped.move_head("side", expected="e0")
            assert not await stopped.release()
            with pytest.raises(LeaseLostError):
                await stopped.verify()
            await lease.verify()
            await lease.move_head("e1", expected="e0")
            assert (await b.view()).state.head == "e1"

    play(scene())


def test_a_lost_lease_says_how_it_went(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        store = {"clock": clock, "paused_after_s": PAUSED_AFTER_S}
        async with terminal(paths, "a", store=store) as a, terminal(paths, "b", store=store) as b:
            lease = await a.acquire("run")
            await stand_still(clock, b, instance_id="a")
            await b.take("a")
            with pytest.raises(LeaseLostError) as lost:
                await lease.verify()
            assert (lost.value.epoch, lost.value.owner, lost.value.reason) == (lease.epoch, None, "taken by /work/b")
            assert "it is free now" in str(lost.value)

    play(scene())


def test_a_lease_that_was_lost_does_not_keep_its_instance_from_the_next(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        store = {"clock": clock, "paused_after_s": PAUSED_AFTER_S}
        async with terminal(paths, "a", store=store) as a, terminal(paths, "b", store=store) as b:
            lost = await a.acquire("run")
            await stand_still(clock, b, instance_id="a")
            await b.take("a")
            async with asyncio.timeout(5):
                again = await a.acquire("run")
            assert again.epoch > lost.epoch
            assert not await lost.release()
            await again.verify()

    play(scene())


def test_l_s12_a_waiter_goes_on_when_the_owner_is_killed(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b:
            await a.create("e0")
            lost = await a.acquire("run")
            wait = asyncio.create_task(b.acquire("run"))
            await soon(lambda: len(b._got.state.queue) == 1)
            kill(a)
            async with asyncio.timeout(0.5):
                lease = await wait
            assert lease.head == "e0"
            assert (await b.view()).state.reason == "taken from /work/a (a), which was dead"
            with pytest.raises(LeaseLostError):
                await lost.move_head("late", expected="e0")

    play(scene())


def test_l_x6_a_paused_owner_is_shown_and_keeps_its_lane_until_the_limit(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        views: list[LaneView] = []
        store = {"clock": clock, "paused_after_s": PAUSED_AFTER_S}
        options: dict[str, Any] = {"store": store, "clock": clock, "take_after_s": 100.0}
        async with terminal(paths, "a", **options) as a, terminal(paths, "b", **options) as b:
            await a.acquire("run")
            wait = asyncio.create_task(b.acquire("run", views.append))
            await soon(lambda: views)
            await stand_still(clock, b, instance_id="a")
            await soon(lambda: views[-1].owner_is is Liveness.PAUSED)
            clock.now_s += 90.0
            await asyncio.sleep(0.6)
            assert not wait.done()
            assert (await b.view()).paused_s >= 90.0
            clock.now_s += 11.0
            async with asyncio.timeout(5):
                await wait
            assert (await b.view()).state.reason == "taken from /work/a (a), which was paused"

    play(scene())


def test_an_owner_that_comes_back_before_the_limit_keeps_its_lane(paths: SessionPaths) -> None:
    clock = TurnedClock()

    async def scene() -> None:
        views: list[LaneView] = []
        store = {"clock": clock, "paused_after_s": PAUSED_AFTER_S}
        options: dict[str, Any] = {"store": store, "clock": clock, "take_after_s": 100.0}
        async with terminal(paths, "a", **options) as a, terminal(paths, "b", **options) as b:
            lease = await a.acquire("run")
            wait = asyncio.create_task(b.acquire("run", views.append))
            await stand_still(clock, b, instance_id="a")
            await soon(lambda: views and views[-1].owner_is is Liveness.PAUSED)
            await a._store.keepalive("a")
            await soon(lambda: views[-1].owner_is is Liveness.ALIVE)
            clock.now_s += 99.0
            await asyncio.sleep(0.6)
            assert not wait.done()
            await lease.verify()
            wait.cancel()

    play(scene())


def test_a_live_owner_cannot_be_displaced(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b:
            await a.acquire("run")
            with pytest.raises(NotPausedError, match="'a', which is alive"):
                await b.take("a")
            with pytest.raises(NotPausedError, match="'c', which is not its owner"):
                await b.take("c")
            assert (await a.view()).mine

    play(scene())


def test_l_defect_c_a_lease_that_nobody_got_is_given_back(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b:
            # As if the process had been cancelled between the grant and its use.
            got = await a._store.read("main")
            stray = await a._judge.next_state(got, "run")
            assert stray
            assert await a._store.cas("main", got.version, stray)
            async with asyncio.timeout(5):
                lease = await b.acquire("run")
            assert lease.epoch > stray.lease_epoch

    play(scene())


def test_l_defect_j_a_lease_moves_the_head_of_its_own_lane(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with FileStore(paths, "a") as store:
            me = Instance(instance_id="a", pid=1, host="here", label="a")
            async with Lane(store, "main", me) as main, Lane(store, "side", me) as side:
                lease = await main.acquire("run")
                other = await side.acquire("run")
                await lease.move_head("m", expected=None)
                await other.move_head("s", expected=None)
                assert (await main.view()).state.head == "m"
                assert (await side.view()).state.head == "s"

    play(scene())


def test_an_owner_sees_a_request_to_abort_and_the_next_owner_does_not(paths: SessionPaths) -> None:
    async def scene() -> None:
        views: list[LaneView] = []
        async with terminal(paths, "a", on_change=views.append) as a, terminal(paths, "b") as b:
            assert not await b.request_abort("b")
            lease = await a.acquire("run")
            assert await b.request_abort("/work/b")
            await soon(lambda: views and views[-1].state.abort)
            request = views[-1].state.abort
            assert request
            assert (request.epoch, request.by) == (lease.epoch, "/work/b")
            await lease.release()
            await b.acquire("run")
            assert (await b.view()).state.abort is None

    play(scene())


def test_closing_a_lane_gives_its_lease_back_and_leaves_the_line(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "c") as c:
            async with terminal(paths, "a") as a:
                await a.acquire("run")
                async with terminal(paths, "b") as b:
                    wait = asyncio.create_task(b.acquire("run"))
                    await soon(lambda: c._got.state.queue)
                with pytest.raises(asyncio.CancelledError):
                    await wait
                assert (await c.view()).state.queue == ()
            state = (await c.view()).state
            assert (state.owner, state.reason) == (None, "released")

    play(scene())


def test_l_defect_h_a_permanent_error_ends_the_wait_and_is_told_once(
    paths: SessionPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene() -> None:
        errors: list[LaneError] = []
        calls = 0

        async def broken(_lane: str, _seen: int = -1) -> None:
            nonlocal calls
            calls += 1
            raise LaneError("the disk is gone")

        async with terminal(paths, "a") as a, terminal(paths, "b", on_error=errors.append) as b:
            lease = await a.acquire("run")
            wait = asyncio.create_task(b.acquire("run"))
            await soon(lambda: a._got.state.queue)
            with monkeypatch.context() as patched:
                patched.setattr(b._store, "read", broken)
                with pytest.raises(LaneError, match="the disk is gone"):
                    await wait
                await lease.move_head("e1", expected=None)
                await soon(lambda: errors)
                await lease.move_head("e2", expected="e1")
                await asyncio.sleep(0.3)
            assert [str(error) for error in errors] == ["the disk is gone"]
            assert calls < 10
            # Back in order, the place in line that could not be left is left.
            await soon(lambda: not a._got.state.queue)

    play(scene())


def test_l_defect_i_nothing_but_a_lease_moves_a_head(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a") as a, terminal(paths, "b") as b:
            await a.create("e0")
            lease = await a.acquire("run")
            assert not await b.create("elsewhere")
            await b.request_abort("b")
            with pytest.raises(NotPausedError):
                await b.take("a")
            await lease.move_head("e1", expected="e0")
            assert not [name for name in dir(b) if "head" in name]

    play(scene())


def test_l_s16_two_sessions_do_not_share_a_lane(tmp_path: Path) -> None:
    async def scene() -> None:
        one, other = paths_in(tmp_path), paths_in(tmp_path / "b")
        other = type(one)(one.root, "f" * 24)
        async with terminal(one, "a") as a, terminal(other, "a2") as a2:
            lease = await a.acquire("run")
            async with asyncio.timeout(1):
                second = await a2.acquire("run")
            await lease.move_head("e1", expected=None)
            assert (await a2.view()).state.head is None
            assert await a._store.alive("a2") is Liveness.DEAD
            await second.release()

    play(scene())


def test_the_state_of_a_lane_that_does_not_exist_is_that_of_an_empty_one(paths: SessionPaths) -> None:
    async def scene() -> None:
        async with terminal(paths, "a", lane="side") as a:
            view = await a.view()
            assert (view.version, view.state) == (0, LaneState(lane="side"))
            assert (view.mine, view.place, view.owner_is) == (False, None, None)

    play(scene())
