"""The ledger of what the bridge asked for and has not been answered."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from pi_host._stepping import resumed

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pi_host._context import Signal

__all__ = ["InFlight"]


class InFlight:
    """Runs each request in a task of its own and can find it again."""

    def __init__(self) -> None:
        self._signals: dict[int, Signal] = {}
        self._tasks: dict[int, asyncio.Task[Any]] = {}

    def start(self, number: int, signal: Signal, work: Coroutine[Any, Any, None], *, suspends: bool) -> None:
        """Begin ``work``.

        Args:
            number: id of the request.
            signal: pi's abort signal for it.
            work: answers it.
            suspends: whether it may have to wait. If not, it is run here and now, which saves a trip through the event
                loop; should it wait all the same, a task goes on with it.
        """
        if not suspends:
            try:
                waiting_for = work.send(None)
            except StopIteration:
                return
            work = _rest(work, waiting_for)
        task = _begin(self._tracked(number, work))
        if not task.done():
            self._signals[number], self._tasks[number] = signal, task

    def abort(self, number: int, *, cancel: bool) -> None:
        """Pass on that pi aborted a request, and with ``cancel`` end its task too."""
        if number in self._signals:
            self._signals[number].abort()
            if cancel:
                # After its first step: a task that has not begun could neither answer nor forget itself.
                asyncio.get_running_loop().call_soon(self._tasks[number].cancel)

    async def end(self, seconds: float) -> None:
        """Cancel everything and wait up to ``seconds`` for it to clean up."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    async def _tracked(self, number: int, work: Coroutine[Any, Any, None]) -> None:
        # Not by a callback of the task: that would be one more trip through the event loop for every event.
        try:
            await work
        finally:
            self._forget(number, asyncio.current_task())

    def _forget(self, number: int, task: asyncio.Task[Any] | None) -> None:
        if self._tasks.get(number) is task:  # the stream's number is used again, maybe already by the next task
            del self._signals[number], self._tasks[number]


def _begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    if sys.version_info >= (3, 12):
        # Most async implementations answer without waiting for anything: then this is the whole of it.
        return asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)
    return asyncio.get_running_loop().create_task(work)


async def _rest(work: Coroutine[Any, Any, None], waiting_for: object) -> None:
    await resumed(work, waiting_for)
