"""A hook as dispatch sees it: what is to be run, who is told, what it came to."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pi_host._deadline import DEFAULT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host._base import Answer, Event, EventInfo
    from pi_host._errors import HookFailedError

__all__ = ["Hook", "Implementation", "Listener", "Outcome"]


class Implementation(NamedTuple):
    """One plugin's function for one hook."""

    plugin: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    deadline: float = DEFAULT_SECONDS

    @property
    def is_async(self) -> bool:
        """Whether it is declared with ``async def``."""
        return inspect.iscoroutinefunction(self.function)


class Hook(NamedTuple):
    """Everything needed to run one hook, in calling order."""

    info: EventInfo
    event: type[Event]
    answer: type[Answer] | None
    wrappers: tuple[Implementation, ...]
    implementations: tuple[Implementation, ...]

    @property
    def plugins(self) -> tuple[str, ...]:
        """The plugins that implement it, in calling order."""
        return tuple(implementation.plugin for implementation in (*self.wrappers, *self.implementations))

    @property
    def only_observes(self) -> bool:
        """Whether all it has are plain functions that watch what happens, for ``Dispatcher.observe``."""
        return self.info.policy == "observe" and not self.wrappers and not self.may_suspend

    @property
    def may_suspend(self) -> bool:
        """Whether one of the functions is declared with ``async def``."""
        return any(implementation.is_async for implementation in self.implementations)


class Outcome(NamedTuple):
    """What all implementations together came to.

    Attributes:
        answer: the merged answer under pi's own keys, ``None`` for none.
        failure: what stops pi, for an event that fails closed.
    """

    answer: Any
    failure: HookFailedError | None


class Listener(Protocol):
    """Is told what happens during dispatch."""

    def finished(self, plugin: str, hook: str, nanoseconds: int, answer: object) -> None:
        """One implementation ran to its end."""

    def failed(self, error: HookFailedError, cause: BaseException) -> None:
        """One implementation failed; the others go on."""
