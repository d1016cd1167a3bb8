"""The ledger of what the bridge asked for and has not been answered."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from typing import TYPE_CHECKING, Any

from pi_host._stepping import resumed

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from pi_host._context import Signal

__all__ = ["InFlight"]


class InFlight:
    """Runs each request in a task of its own and can find it again.

    Args:
        on_idle: called when the last task ended.
    """

    def __init__(self, on_idle: Callable[[], None] = lambda: None) -> None:
        self._on_idle = on_idle
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
        if task is not None:
            self._signals[number], self._tasks[number] = signal, task

    @property
    def idle(self) -> bool:
        """Whether everything has been answered."""
        return not self._tasks

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
            if self.idle:
                self._on_idle()


def _begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    # Most async implementations answer without waiting for anything: then the first step is the whole of it, and it is
    # taken here and not after a trip through the event loop. The result is the task that goes on with the rest, if any.
    loop = asyncio.get_running_loop()
    if sys.version_info >= (3, 12):
        task = asyncio.Task(work, loop=loop, eager_start=True)
        return None if task.done() else task
    return _begin_by_hand(work, loop)


def _begin_by_hand(
    work: Coroutine[Any, Any, None], loop: asyncio.AbstractEventLoop
) -> asyncio.Task[None] | None:  # Python 3.11
    if asyncio.current_task() is not None:
        return loop.create_task(work)  # two can't be current at once; frames come outside of any task
    waiting_for: list[object] = []

    async def rest() -> None:
        if waiting_for:
            await resumed(work, waiting_for[0])

    # asyncio's own means for tasks that are run by others: while the first step is taken, this is the current task.
    context = contextvars.copy_context()
    task = loop.create_task(rest(), context=context)
    asyncio.tasks._enter_task(loop, task)  # noqa: SLF001  # documented under "Extending" in spite of its name
    try:
        waiting_for.append(context.run(work.send, None))
    except StopIteration:
        return None
    finally:
        asyncio.tasks._leave_task(loop, task)  # noqa: SLF001  # as above
    return task


async def _rest(work: Coroutine[Any, Any, None], waiting_for: object) -> None:
    await resumed(work, waiting_for)
