"""The ledger of what has not been answered."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest

from pi_host._context import Signal
from pi_host._inflight import InFlight

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def run(scenario: Callable[[InFlight], Awaitable[None]]) -> None:
    async def main() -> None:
        await scenario(InFlight())

    asyncio.run(main())


def outside_of_any_task(step: Callable[[], None]) -> None:
    """Run a step as a callback of the event loop, as frames come in."""
    asyncio.get_running_loop().call_soon(step)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # what is waited for knows no event
            await asyncio.sleep(0)


def test_work_that_need_not_wait_is_done_at_once() -> None:
    done: list[bool] = []

    async def work() -> None:
        done.append(asyncio.current_task() is None)

    async def scenario(inflight: InFlight) -> None:
        def step() -> None:
            inflight.start(1, Signal(), work(), suspends=False)
            assert done == [True]

        outside_of_any_task(step)
        await until(lambda: bool(done))
        inflight.abort(1, cancel=True)

    run(scenario)


def test_work_that_waits_against_expectation_goes_on_in_a_task() -> None:
    done: list[str] = []

    async def work() -> None:
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.01, future.set_result, "value")
        done.append(await future)
        failing = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.01, failing.set_exception, KeyError("error"))
        try:
            await failing
        except KeyError as error:
            done.append(str(error))
        assert asyncio.current_task() is not None
        done.append("end")

    async def scenario(inflight: InFlight) -> None:
        outside_of_any_task(lambda: inflight.start(1, Signal(), work(), suspends=False))
        await until(lambda: "end" in done)

    run(scenario)
    assert done == ["value", "'error'", "end"]


@pytest.mark.parametrize("suspends", [True, False])
def test_an_abort_is_passed_on_and_ends_only_what_is_to_be_cancelled(*, suspends: bool) -> None:
    ended: list[str] = []

    async def work(signal: Signal) -> None:
        try:
            await signal.wait()
            await asyncio.sleep(0.02)
            ended.append("by itself")
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def scenario(inflight: InFlight) -> None:
        for number, cancel in ((1, False), (2, True)):
            signal = Signal()
            outside_of_any_task(lambda n=number, s=signal: inflight.start(n, s, work(s), suspends=suspends))  # type: ignore[misc]  # the defaults bind now
            await asyncio.sleep(0.01)
            inflight.abort(number, cancel=cancel)
            assert signal.aborted
            await until(lambda count=number: len(ended) == count)  # type: ignore[misc]  # as above

    run(scenario)
    assert ended == ["by itself", "cancelled"]


def test_an_abort_ends_work_that_never_waits_for_anything_in_particular() -> None:
    steps: list[None] = []

    async def spins() -> None:
        while True:
            steps.append(None)
            await asyncio.sleep(0)

    async def scenario(inflight: InFlight) -> None:
        outside_of_any_task(lambda: inflight.start(1, Signal(), spins(), suspends=False))
        await until(lambda: len(steps) > 3)
        inflight.abort(1, cancel=True)
        await until(lambda: not inflight._tasks)
        done = len(steps)
        await asyncio.sleep(0.01)
        assert len(steps) == done

    run(scenario)


def test_an_abort_that_comes_at_once_finds_the_work_begun() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def scenario(inflight: InFlight) -> None:
        def both() -> None:
            inflight.start(1, Signal(), work(), suspends=True)
            inflight.abort(1, cancel=True)

        outside_of_any_task(both)
        await until(lambda: bool(ended))

    run(scenario)


def test_an_abort_of_what_is_over_or_unknown_does_nothing() -> None:
    async def scenario(inflight: InFlight) -> None:
        inflight.start(1, Signal(), asyncio.sleep(0), suspends=True)
        await asyncio.sleep(0.01)
        inflight.abort(1, cancel=True)
        inflight.abort(99, cancel=True)

    run(scenario)


def test_at_the_end_everything_is_cancelled_and_may_clean_up() -> None:
    cleaned: list[int] = []

    async def work(number: int) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.01)
            cleaned.append(number)

    async def scenario(inflight: InFlight) -> None:
        for number in range(3):
            inflight.start(number, Signal(), work(number), suspends=True)
        await asyncio.sleep(0)
        await inflight.end(5)

    run(scenario)
    assert sorted(cleaned) == [0, 1, 2]


def test_the_end_waits_for_nobody_longer_than_it_was_told() -> None:
    async def scenario(inflight: InFlight) -> None:
        over = asyncio.Event()

        async def stubborn() -> None:
            while not over.is_set():
                try:
                    await over.wait()
                except asyncio.CancelledError:
                    continue

        inflight.start(1, Signal(), stubborn(), suspends=True)
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await inflight.end(0.05)
        over.set()

    run(scenario)


def test_the_end_of_nothing_is_at_once() -> None:
    async def scenario(inflight: InFlight) -> None:
        await inflight.end(5)

    run(scenario)


def test_a_number_may_be_used_again_while_the_first_work_still_ends() -> None:
    ended: list[str] = []

    async def first() -> None:
        await asyncio.sleep(0)

    async def second() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("second")

    async def scenario(inflight: InFlight) -> None:
        inflight.start(-1, Signal(), first(), suspends=True)
        task = inflight._tasks[-1]
        while not task.done():
            await asyncio.sleep(0)
            if ended or not task.done():
                continue
        inflight.start(-1, Signal(), second(), suspends=True)
        for _ in range(5):
            await asyncio.sleep(0)
        gc.collect()
        await inflight.end(1)

    run(scenario)
    assert ended == ["second"]
