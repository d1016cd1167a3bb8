"""What every store must do, as a class of tests: a backend's test file derives from it and gives a `Backend`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

import pytest
from lane_memory import TurnedClock
from msgspec.structs import replace

from pi_lane._rules import Instance
from pi_lane.lease import Lane, LeaseLostError
from pi_lane.store import AbortRequest, Batch, LaneState, Liveness, Owner, Store, Waiter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Backend", "StoreConformance"]

PAUSED_AFTER_S = 20.0


class Backend(Protocol):
    """Makes stores that share one state."""

    #: Whether the store carries entries to instances that do not share a session file.
    carries_entries: bool

    def store(self, instance_id: str, clock: TurnedClock) -> Store:
        """Return a store for the instance that is not open yet; its pauses begin after `PAUSED_AFTER_S`."""
        ...

    def kill(self, store: Store) -> None:
        """Make the instance of an open store dead, without it having a chance to say so."""
        ...


def instance(name: str) -> Instance:
    """Return an instance."""
    return Instance(instance_id=name, pid=4711, host="here", label=f"/work/{name}")


def state(head: str | None = None, **fields: object) -> LaneState:
    """Return a state of the lane ``main``."""
    return replace(LaneState(lane="main", head=head), **fields)


class StoreConformance:
    """The contract, one test per promise. Derive, and add a fixture ``backend``."""

    def test_a_lane_that_does_not_exist_has_version_0_and_no_head(self, backend: Backend) -> None:
        async def scene(a: Store, _b: Store) -> None:
            got = await a.read("main")
            assert (got.version, got.state, got.batches) == (0, LaneState(lane="main"), ())

        run(backend, scene)

    def test_what_one_writes_the_other_reads(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            full = state(
                "e2",
                base_leaf_id="e1",
                head_epoch=3,
                lease_epoch=7,
                owner=instance("a").as_owner("run"),
                queue=(instance("b").as_waiter("append"),),
                abort=AbortRequest(epoch=7, by="b"),
                title="Ünsere 'lane' 日本",
                reason="test",
                updated_at="2026-05-18T04:20:00.000Z",
            )
            assert await a.cas("main", 0, full)
            got = await b.read("main")
            assert got.version > 0
            assert got.state == full
            assert isinstance(got.state.owner, Owner)
            assert isinstance(got.state.queue[0], Waiter)

        run(backend, scene)

    def test_versions_grow_with_every_change(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            versions = [(await a.read("main")).version]
            for store in (a, b, a, b):
                assert await store.cas("main", (await store.read("main")).version, state())
                versions.append((await a.read("main")).version)
            assert versions == sorted(set(versions))

        run(backend, scene)

    def test_a_write_on_an_old_version_is_refused_and_changes_nothing(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            assert await a.cas("main", 0, state("a"))
            first = (await b.read("main")).version
            assert await a.cas("main", first, state("a2"))
            assert not await b.cas("main", first, state("b"))
            assert not await b.cas("main", 0, state("b"))
            assert (await b.read("main")).state.head == "a2"

        run(backend, scene)

    def test_of_two_who_read_the_same_version_one_writes(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            for _ in range(20):
                version = (await a.read("main")).version
                await b.read("main")
                results = await asyncio.gather(a.cas("main", version, state("a")), b.cas("main", version, state("b")))
                assert sorted(results) == [False, True]
                assert (await a.read("main")).state.head == ("a" if results[0] else "b")

        run(backend, scene)

    def test_lanes_do_not_share_state(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            assert await a.cas("main", 0, state("m"))
            assert await b.cas("side", 0, replace(state("s"), lane="side"))
            assert (await a.read("side")).state.head == "s"
            assert (await b.read("main")).state.head == "m"

        run(backend, scene)

    def test_a_watch_ends_soon_after_a_change_by_another(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            await b.read("main")
            watch = asyncio.create_task(b.watch("main", 0, 30.0))
            await asyncio.sleep(0.05)
            assert not watch.done()
            owned = state(owner=instance("b").as_owner("run"))
            assert await a.cas("main", 0, owned)
            async with asyncio.timeout(5):
                assert await watch

        run(backend, scene)

    def test_a_watch_on_an_old_version_ends_at_once(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            assert await a.cas("main", 0, state())
            async with asyncio.timeout(5):
                assert await b.watch("main", 0, 30.0)

        run(backend, scene)

    def test_a_watch_ends_without_news_when_its_time_is_over(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            assert await a.cas("main", 0, state())
            version = (await b.read("main")).version
            async with asyncio.timeout(5):
                assert not await b.watch("main", version, 0.02)

        run(backend, scene)

    def test_two_who_watch_by_one_store_both_hear(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            watches = [asyncio.create_task(b.watch("main", 0, 30.0)) for _ in range(2)]
            await asyncio.sleep(0.05)
            assert await a.cas("main", 0, state(owner=instance("b").as_owner("run")))
            async with asyncio.timeout(5):
                assert await asyncio.gather(*watches) == [True, True]

        run(backend, scene)

    def test_an_open_instance_is_alive_and_a_closed_or_unknown_one_dead(self, backend: Backend) -> None:
        async def scene(a: Store, _b: Store) -> None:
            assert await a.alive("a") is Liveness.ALIVE
            assert await a.alive("b") is Liveness.ALIVE
            assert await a.alive("c") is Liveness.DEAD
            async with backend.store("c", TurnedClock()):
                assert await a.alive("c") is Liveness.ALIVE
            assert await a.alive("c") is Liveness.DEAD

        run(backend, scene)

    def test_a_killed_instance_is_dead_at_once(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            assert await a.alive("b") is Liveness.ALIVE
            backend.kill(b)
            assert await a.alive("b") is Liveness.DEAD

        run(backend, scene)

    def test_an_instance_that_shows_itself_is_alive_however_long(self, backend: Backend) -> None:
        clock = TurnedClock()

        async def scene(a: Store, b: Store) -> None:
            for _ in range(200):
                clock.now_s += 1.0
                await b.keepalive("b")
                assert await a.alive("b") is Liveness.ALIVE

        run(backend, scene, clock)

    def test_an_instance_that_stands_still_is_paused_and_alive_again_when_it_goes_on(self, backend: Backend) -> None:
        clock = TurnedClock()

        async def scene(a: Store, b: Store) -> None:
            seen = []
            for _ in range(int(PAUSED_AFTER_S) + 5):
                seen.append(await a.alive("b"))
                clock.now_s += 1.0
            assert seen[: int(PAUSED_AFTER_S)] == [Liveness.ALIVE] * int(PAUSED_AFTER_S)
            assert seen[-1] is Liveness.PAUSED
            await b.keepalive("b")
            assert await a.alive("b") is Liveness.ALIVE

        run(backend, scene, clock)

    def test_entries_reach_the_others_once_and_in_their_order_or_are_in_their_file_already(
        self, backend: Backend
    ) -> None:
        async def scene(a: Store, b: Store) -> None:
            first = Batch(epoch=1, lines=("one", "two"))
            assert await a.cas("main", 0, state("two"), first)
            assert not await a.cas("main", 0, state("x"), Batch(epoch=1, lines=("lost",)))
            version = (await a.read("main")).version
            assert await a.cas("main", version, state("three"), Batch(epoch=1, lines=("three",)))
            got = await b.read("main")
            if not backend.carries_entries:
                assert got.batches == ()
                return
            assert [batch.lines for batch in got.batches] == [("one", "two"), ("three",)]
            assert [batch.epoch for batch in got.batches] == [1, 1]
            assert (await b.read("main", seen=got.batches[0].seq)).batches == got.batches[1:]
            assert (await b.read("main", seen=got.batches[1].seq)).batches == ()

        run(backend, scene)

    def test_a_lease_on_it_serves_in_the_order_of_arrival_and_refuses_a_late_writer(self, backend: Backend) -> None:
        async def scene(a: Store, b: Store) -> None:
            async with Lane(a, "main", instance("a")) as mine, Lane(b, "main", instance("b")) as theirs:
                lease = await mine.acquire("run")
                wait = asyncio.create_task(theirs.acquire("run"))
                await asyncio.sleep(0.05)
                assert not wait.done()
                await lease.move_head("e1", expected=None, lines=["e1"])
                await lease.release()
                async with asyncio.timeout(5):
                    next_lease = await wait
                assert next_lease.head == "e1"
                assert next_lease.epoch > lease.epoch
                with pytest.raises(LeaseLostError) as refused:
                    await lease.move_head("late", expected="e1")
                assert (refused.value.epoch, refused.value.owner) == (lease.epoch, "/work/b (b)")
                assert (await b.read("main")).state.head == "e1"

        run(backend, scene)


def run(
    backend: Backend,
    scene: Callable[[Store, Store], Awaitable[None]],
    clock: TurnedClock | None = None,
) -> None:
    """Play a scene with the open stores of instances ``a`` and ``b``."""

    async def play() -> None:
        one = clock or TurnedClock()
        async with backend.store("a", one) as a, backend.store("b", one) as b:
            await scene(a, b)

    asyncio.run(play())
