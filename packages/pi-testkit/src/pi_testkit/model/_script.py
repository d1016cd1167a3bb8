"""Where the turns come from: a list that is used up, or a function of the request."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pi_testkit.model._requests import Request
    from pi_testkit.model._turns import Turn

    Script: TypeAlias = Iterable[Turn] | Callable[[Request], Turn | None]

__all__ = ["Script", "Turns"]


class Turns:
    """Turns handed out one by one; safe to use from several threads."""

    def __init__(self, script: Script) -> None:
        self._lock = threading.Lock()
        self._function = script if callable(script) else None
        self._queue: deque[Turn] = deque() if callable(script) else deque(script)

    def add(self, turns: Iterable[Turn]) -> None:
        """Put turns at the end of the script.

        Args:
            turns: what is said next.

        Raises:
            TypeError: the script is a function.
        """
        if self._function is not None:
            raise TypeError("this model is driven by a function: let the function return the turns")
        with self._lock:
            self._queue.extend(turns)

    def next(self, request: Request) -> Turn | None:
        """The turn that answers a request.

        Args:
            request: what came in.

        Returns:
            The turn, or ``None`` when the script has nothing for it.
        """
        if self._function is not None:
            return self._function(request)
        with self._lock:
            return self._queue.popleft() if self._queue else None

    def remaining(self) -> list[Turn]:
        """The turns nobody has asked for yet.

        Returns:
            A copy; always empty when the script is a function.
        """
        with self._lock:
            return list(self._queue)
