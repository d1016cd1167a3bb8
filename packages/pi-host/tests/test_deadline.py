"""How long one implementation may take."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from pi_host._deadline import Clock
from pi_host._errors import DeadlineError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def never() -> None:
    pytest.fail("nothing was to be left behind")


async def within(seconds: float, work: Callable[[Clock], Awaitable[None]], abandon: Callable[[], None] = never) -> None:
    """Do ``work`` under a clock."""
    with Clock(seconds, abandon) as clock:
        await work(clock)


def run(scenario: Callable[[], Awaitable[None]]) -> float:
    """Run a scenario and return the seconds it took."""

    async def main() -> float:
        started = time.monotonic()
        await scenario()
        return time.monotonic() - started

    return asyncio.run(main())


def test_what_ends_in_time_is_left_alone() -> None:
    async def scenario() -> None:
        with Clock(0.05, never) as clock:
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.1)
        assert not clock.expired

    run(scenario)


def test_what_takes_too_long_is_ended_at_the_deadline() -> None:
    async def scenario() -> None:
        with pytest.raises(DeadlineError, match=r"no answer within 0\.05 s"), Clock(0.05, never) as clock:
            await asyncio.sleep(60)
        assert clock.expired

    assert 0.04 < run(scenario) < 2


def test_the_task_goes_on_after_a_deadline_as_if_nothing_had_been() -> None:
    async def scenario() -> None:
        for _ in range(3):
            with pytest.raises(DeadlineError), Clock(0.01, never):
                await asyncio.sleep(60)
            await asyncio.sleep(0.001)
        task = asyncio.current_task()
        assert task is not None
        assert task.cancelling() == 0

    run(scenario)


def test_a_cancellation_from_outside_is_not_taken_for_the_deadline() -> None:
    async def scenario() -> None:
        async def work() -> None:
            with Clock(5, never):
                await asyncio.sleep(60)

        task = asyncio.ensure_future(work())
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    run(scenario)


def test_an_error_of_its_own_is_not_taken_for_the_deadline() -> None:
    async def scenario() -> None:
        with pytest.raises(ValueError, match="mine"), Clock(5, never):
            raise ValueError("mine")

    run(scenario)


def test_one_that_gives_a_late_answer_after_its_cancellation_has_missed_the_deadline() -> None:
    async def late(_clock: Clock) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        await asyncio.sleep(0.01)

    async def scenario() -> None:
        with pytest.raises(DeadlineError):
            await within(0.02, late)

    run(scenario)


def test_the_clock_stands_still_while_paused_and_goes_on_with_what_was_left() -> None:
    async def pauses(clock: Clock) -> None:
        await asyncio.sleep(0.05)
        with clock.paused():
            assert clock._remaining <= 0.051
            await asyncio.sleep(0.2)
        await asyncio.sleep(60)

    async def scenario() -> None:
        with pytest.raises(DeadlineError):
            await within(0.1, pauses)

    assert 0.28 < run(scenario) < 2


def test_pauses_nest() -> None:
    async def scenario() -> None:
        with Clock(0.05, never) as clock, clock.paused():
            with clock.paused():
                await asyncio.sleep(0.04)
            await asyncio.sleep(0.04)

    run(scenario)


def test_two_dialogs_at_once_pause_until_the_later_one_ends() -> None:
    async def scenario() -> None:
        async def dialog(clock: Clock, seconds: float) -> None:
            with clock.paused():
                await asyncio.sleep(seconds)

        with Clock(0.08, never) as clock:
            await asyncio.gather(dialog(clock, 0.05), dialog(clock, 0.15))

    run(scenario)


def test_a_clock_that_is_paused_when_it_begins_does_not_run() -> None:
    async def scenario() -> None:
        clock = Clock(0.02, never)
        with clock.paused(), clock:
            await asyncio.sleep(0.06)
        assert not clock.expired

    run(scenario)


def test_a_pause_after_the_end_starts_nothing() -> None:
    async def scenario() -> None:
        clock = Clock(0.02, never)
        with clock:
            pass
        with clock.paused():
            pass
        await asyncio.sleep(0.06)
        assert not clock.expired

    run(scenario)


def test_one_that_ignores_its_cancellation_is_left_behind_after_the_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pi_host._deadline.GRACE_SECONDS", 0.05)
    left: list[float] = []

    async def stubborn(_clock: Clock) -> None:
        while not left:
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01)

    async def scenario() -> None:
        started = time.monotonic()
        with pytest.raises(DeadlineError):
            await within(0.02, stubborn, lambda: left.append(time.monotonic() - started))

    run(scenario)
    assert 0.06 < left[0] < 2


def test_one_that_heeds_it_within_the_grace_is_not_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pi_host._deadline.GRACE_SECONDS", 0.05)

    async def tidy(_clock: Clock) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.02)

    async def scenario() -> None:
        with pytest.raises(DeadlineError):
            await within(0.02, tidy)
        await asyncio.sleep(0.1)

    run(scenario)
