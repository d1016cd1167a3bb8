"""Code that keeps the event loop from everybody else."""

from __future__ import annotations

import hashlib
import signal
import threading
import time
from typing import TYPE_CHECKING

import pytest

from pi_host import _watchdog
from pi_host._errors import DeadlineError
from pi_host._watchdog import Mark, Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEADLINE = 0.25


@pytest.fixture
def told() -> list[tuple[str, str, float]]:
    return []


@pytest.fixture
def mark(told: list[tuple[str, str, float]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Mark]:
    """A mark that is watched, ten times as closely as in the host."""
    monkeypatch.setattr(_watchdog, "_INTERVAL", 0.02)
    monkeypatch.setattr(_watchdog, "_NOTICEABLE", 0.1)
    before = signal.getsignal(signal.SIGURG)
    mark = Mark()
    watchdog = Watchdog(mark, lambda *stall: told.append(stall))
    watchdog.start()
    yield mark
    watchdog.stop()
    watchdog._thread.join()
    signal.signal(signal.SIGURG, before)


def sleeps() -> None:
    time.sleep(30)


def computes() -> None:
    while True:
        pass


def computes_in_c_a_little_at_a_time() -> None:
    while True:
        hashlib.sha256(b"x" * 100_000)


def waits_for_a_lock() -> None:
    threading.Event().wait(30)


@pytest.mark.parametrize("blocks", [sleeps, computes, computes_in_c_a_little_at_a_time, waits_for_a_lock])
def test_code_that_blocks_is_named_and_interrupted_at_its_deadline(
    blocks: Callable[[], None], mark: Mark, told: list[tuple[str, str, float]], capfd: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    mark.enter("greedy", "tool_call", DEADLINE)
    with pytest.raises(DeadlineError, match=r"kept the event loop for 0\.25 s and was interrupted"):
        blocks()
    mark.leave()

    assert DEADLINE <= time.monotonic() - started < 5
    ((plugin, hook, seconds),) = told
    assert (plugin, hook) == ("greedy", "tool_call")
    assert 0.1 <= seconds < 5
    logged = capfd.readouterr().err
    assert "plugin 'greedy' blocks the event loop in tool_call" in logged
    assert f"in {blocks.__name__}" in logged


def test_code_that_blocks_for_a_while_but_ends_in_time_is_named_and_not_hit(
    mark: Mark, told: list[tuple[str, str, float]]
) -> None:
    mark.enter("slow", "input", 30)
    time.sleep(0.25)
    mark.leave()
    time.sleep(0.1)

    assert [plugin for plugin, _, _ in told] == ["slow"]


def test_code_that_is_quick_is_not_named(mark: Mark, told: list[tuple[str, str, float]]) -> None:
    for _ in range(20):
        mark.enter("quick", "input", DEADLINE)
        time.sleep(0.01)
        mark.leave()

    assert told == []


def test_nobody_is_hit_when_the_code_ended_before_the_signal_came(mark: Mark) -> None:
    mark.enter("slow", "input", DEADLINE)
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGURG})
    time.sleep(0.5)
    mark.leave()
    mark.enter("innocent", "input", DEADLINE)
    signal.pthread_sigmask(signal.SIG_SETMASK, held)
    time.sleep(0.05)
    mark.leave()


def test_each_stall_is_named_once(mark: Mark, told: list[tuple[str, str, float]]) -> None:
    for plugin in ("a", "b"):
        mark.enter(plugin, "input", 30)
        time.sleep(0.25)
        mark.leave()

    assert [plugin for plugin, _, _ in told] == ["a", "b"]


def test_one_that_swallows_the_interruption_is_hit_once(mark: Mark) -> None:
    hit = []
    mark.enter("stubborn", "input", DEADLINE)
    ends = time.monotonic() + 0.6
    while time.monotonic() < ends:
        try:
            time.sleep(0.1)
        except DeadlineError:
            hit.append(time.monotonic())
    mark.leave()

    assert len(hit) == 1
