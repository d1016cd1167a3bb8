"""The thread that writes down: jobs one after the other, the log when there is nothing else to do."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Recorder"]

#: With so many jobs done, what they left is written even if there are more.
_BATCH: Final = 64


class Recorder:
    """Does jobs in a thread of its own.

    Args:
        idle: is called when there is nothing to do, and after a batch.
        failed: is called with what a job raised.
    """

    def __init__(self, idle: Callable[[], None], failed: Callable[[BaseException], None]) -> None:
        self._idle = idle
        self._failed = failed
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._ended = False
        # Not waited for when the process ends: what must not be lost is waited for with `drain`.
        self._thread = threading.Thread(target=self._work, name="pi-self-mirror", daemon=True)
        self._thread.start()

    def put(self, job: Callable[[], None]) -> None:
        """Have ``job`` done after those that were put before."""
        if not self._ended:
            self._jobs.put(job)

    def drain(self, seconds: float) -> bool:
        """Wait until everything that was put is done and written; return whether that was in time."""
        if self._ended or threading.current_thread() is self._thread:
            return True
        done = threading.Event()

        def mark() -> None:
            self._idle()
            done.set()

        self._jobs.put(mark)
        return done.wait(seconds)

    def close(self, seconds: float) -> None:
        """Finish what was put, for ``seconds`` at most, and end the thread."""
        self.drain(seconds)
        self._ended = True
        self._jobs.put(None)
        with suppress(RuntimeError):  # closed by one of its own jobs
            self._thread.join(seconds)

    def _work(self) -> None:
        undone = 0
        while (job := self._jobs.get()) is not None:
            undone += 1
            self._do(job)
            if undone >= _BATCH or self._jobs.empty():
                self._do(self._idle)
                undone = 0

    def _do(self, job: Callable[[], None]) -> None:
        try:
            job()
        except Exception as error:  # noqa: BLE001  # whatever it is, the next job has its turn
            self._failed(error)
