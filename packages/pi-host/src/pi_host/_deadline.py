"""How long one implementation may take, not counting the time somebody else takes."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from pi_host._errors import DeadlineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

__all__ = ["DEFAULT_SECONDS", "GRACE_SECONDS", "Clock"]

DEFAULT_SECONDS: Final = 30.0

#: How long a cancelled implementation may take to clean up before it is left behind.
GRACE_SECONDS: Final = 2.0


class Clock:
    """A deadline for the code in its ``with`` block, which can be stopped and started again.

    Args:
        seconds: time allowed.
        abandon: called when the code was cancelled and still runs ``GRACE_SECONDS`` later.
    """

    __slots__ = ("_abandon", "_due", "_expired", "_handle", "_loop", "_pauses", "_remaining", "_task", "seconds")

    def __init__(self, seconds: float, abandon: Callable[[], None]) -> None:
        self.seconds = seconds
        self._abandon = abandon
        self._remaining = seconds
        self._pauses = 0
        self._expired = False
        self._handle: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[object] | None = None
        self._due = 0.0

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        if not self._pauses:
            self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        task, self._task = self._task, None
        if self._expired and task is not None:
            task.uncancel()
            raise DeadlineError(f"no answer within {self.seconds:g} s") from error

    @property
    def expired(self) -> bool:
        """Whether time is up."""
        return self._expired

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stop the clock for the ``with`` block; blocks may nest."""
        self._pauses += 1
        if self._pauses == 1 and self._handle is not None and not self._expired:
            self._handle.cancel()
            self._handle = None
            self._remaining = self._due - self._loop.time()
        try:
            yield
        finally:
            self._pauses -= 1
            if not self._pauses and self._task is not None and not self._expired:
                self._start()

    def _start(self) -> None:
        self._due = self._loop.time() + self._remaining
        self._handle = self._loop.call_at(self._due, self._expire)

    def _expire(self) -> None:
        self._expired = True
        if self._task is not None:
            self._task.cancel()
        self._handle = self._loop.call_later(GRACE_SECONDS, self._abandon)
