"""The event loop of an in-memory pi, kept between events as the host keeps its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["FakeLoop"]

T = TypeVar("T")

#: How long tasks that plugins left may clean up, seconds; as long as in the host.
_FAREWELL: Final = 0.5


class FakeLoop:
    """Runs coroutines from plain functions; what they leave running goes on with the next one."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end.

        Args:
            work: the coroutine.

        Returns:
            What it gives back.

        Raises:
            RuntimeError: this is inside of another event loop.
        """
        if _is_inside():
            work.close()
            raise RuntimeError("an event loop runs already: in async tests use the methods that begin with 'a'")
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        """Cancel what plugins left running and close the loop. A second call does nothing."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        tasks = asyncio.all_tasks(loop)
        # Collected as garbage inside of another loop, this one can't run any more.
        if tasks and not _is_inside():
            for task in tasks:
                task.cancel()
            loop.run_until_complete(asyncio.wait(tasks, timeout=_FAREWELL))
        loop.close()


def _is_inside() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
