"""Runs the implementations of a hook: in order, timed, bounded, isolated, merged.

pluggy registers, validates and orders. It does not call: it knows neither ``await`` nor deadlines nor failures that
concern one plugin only, and its ``firstresult`` would take a coroutine for an answer.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from pi_host._answers import check
from pi_host._deadline import DEFAULT_SECONDS, Clock
from pi_host._errors import DeadlineError, HookFailedError
from pi_host._merge import FOLDS, Fold
from pi_host._stepping import stepped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from pi_host._base import Answer, Event, EventInfo
    from pi_host._context import Context
    from pi_host._watchdog import Mark

__all__ = ["Dispatcher", "Hook", "Implementation", "Listener", "Outcome"]


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


class Dispatcher:
    """Walks hooks.

    Args:
        mark: tells the watchdog whose code runs.
        listener: is told of every implementation that ended or failed.
    """

    def __init__(self, mark: Mark, listener: Listener) -> None:
        self._mark = mark
        self._listener = listener

    async def run(
        self,
        hook: Hook,
        event: Event,
        contexts: Callable[[str, Clock | None], Context],
        abandon: Callable[[Outcome], None],
    ) -> Outcome:
        """Run every implementation of ``hook`` on ``event`` and return what they came to.

        Args:
            hook: what to run.
            event: what happened; implementations see the changes that earlier ones made.
            contexts: makes the context of one plugin, given its name and its clock.
            abandon: called with the outcome so far if an implementation survives its own cancellation.
        """
        fold = FOLDS[hook.info.policy](event)
        entered = [entry for wrapper in hook.wrappers if (entry := self._enter(hook, wrapper, event, contexts))]
        failure = None
        left_behind = False
        for implementation in hook.implementations:

            def give_up(implementation: Implementation = implementation) -> None:
                nonlocal left_behind
                left_behind = True
                reason = "ignored its cancellation and was left behind, with the plugins after it"
                lost = HookFailedError(implementation.plugin, hook.info.name, reason)
                self._listener.failed(lost, DeadlineError(reason))
                abandon(Outcome(fold.result(), lost if hook.info.closed else None))

            try:
                if await self._take(hook, implementation, fold, contexts, give_up):
                    break
            except HookFailedError as error:
                if left_behind:
                    break  # pi has its answer and went on without the plugins after this one
                self._listener.failed(error, error.__cause__ or error)
                if hook.info.closed:
                    failure = error
                    break
        for wrapper, generator in reversed(entered):
            failure = self._leave(hook, wrapper, generator, fold, failure)
        return Outcome(None if failure else fold.result(), failure)

    async def _take(
        self,
        hook: Hook,
        implementation: Implementation,
        fold: Fold,
        contexts: Callable[[str, Clock | None], Context],
        give_up: Callable[[], None],
    ) -> bool:
        state = fold.state()
        started = time.perf_counter_ns()
        try:
            answer = await self._invoke(hook, implementation, fold.event, contexts, give_up)
            taken = answer is not None and fold.take(_checked(hook, answer))
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            fold.restore(state)
            raise HookFailedError(implementation.plugin, hook.info.name, _describe(error)) from error
        self._listener.finished(implementation.plugin, hook.info.name, time.perf_counter_ns() - started, answer)
        return taken

    async def _invoke(
        self,
        hook: Hook,
        implementation: Implementation,
        event: Event,
        contexts: Callable[[str, Clock | None], Context],
        give_up: Callable[[], None],
    ) -> object:
        clock = Clock(implementation.deadline, give_up)
        ctx = contexts(implementation.plugin, clock)
        arguments = [event if argument == "event" else ctx for argument in implementation.arguments]
        self._mark.enter(implementation.plugin, hook.info.name, implementation.deadline)
        try:
            answer: object = implementation.function(*arguments)
        finally:
            self._mark.leave()
        if answer is not None and inspect.isawaitable(answer):
            return await self._await(hook, implementation, answer, clock)
        return answer

    async def _await(
        self, hook: Hook, implementation: Implementation, answer: Awaitable[object], clock: Clock
    ) -> object:
        if asyncio.current_task() is None:
            # The hook has only plain functions, so it was started without a task; this one gave back an awaitable.
            return await asyncio.ensure_future(self._await(hook, implementation, answer, clock))
        if not inspect.iscoroutine(answer):
            with clock:
                return await answer
        return await stepped(
            answer, self._mark, implementation.plugin, hook.info.name, implementation.deadline, clock
        )

    def _enter(
        self, hook: Hook, wrapper: Implementation, event: Event, contexts: Callable[[str, Clock | None], Context]
    ) -> tuple[Implementation, Generator[None, object, object]] | None:
        ctx = contexts(wrapper.plugin, None)
        self._mark.enter(wrapper.plugin, hook.info.name, wrapper.deadline)
        try:
            generator = wrapper.function(*(event if argument == "event" else ctx for argument in wrapper.arguments))
            next(generator)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # a wrapper that fails to start counts as absent, whatever it raised
            reason = "ended without a yield" if isinstance(error, StopIteration) else _describe(error)
            self._listener.failed(HookFailedError(wrapper.plugin, hook.info.name, reason), error)
            return None
        finally:
            self._mark.leave()
        return wrapper, generator

    def _leave(
        self,
        hook: Hook,
        wrapper: Implementation,
        generator: Generator[None, object, object],
        fold: Fold,
        failure: HookFailedError | None,
    ) -> HookFailedError | None:
        self._mark.enter(wrapper.plugin, hook.info.name, wrapper.deadline)
        try:
            if failure is None:
                generator.send(fold.merged)
            else:
                generator.throw(failure)
            generator.close()
            reason = "yielded more than once"
            error: BaseException = RuntimeError(reason)
        except StopIteration as ended:
            return self._adopt(hook, wrapper, ended.value, fold)
        except (Exception, SystemExit) as raised:  # noqa: BLE001  # whatever a plugin raises is that plugin's failure
            if raised is failure:
                return failure
            reason, error = _describe(raised), raised
        finally:
            self._mark.leave()
        lost = HookFailedError(wrapper.plugin, hook.info.name, reason)
        self._listener.failed(lost, error)
        return lost if hook.info.closed else None

    def _adopt(self, hook: Hook, wrapper: Implementation, answer: object, fold: Fold) -> HookFailedError | None:
        if answer is fold.merged:
            return None
        try:
            fold.override(None if answer is None else _checked(hook, answer))
        except Exception as error:  # noqa: BLE001  # as above
            lost = HookFailedError(wrapper.plugin, hook.info.name, _describe(error))
            self._listener.failed(lost, error)
            return lost if hook.info.closed else None
        return None


def _is_cancelled() -> bool:
    # Otherwise the plugin awaited something that was cancelled, which is its own failure.
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _checked(hook: Hook, answer: Any) -> Any:
    if hook.info.policy == "payload":
        return answer
    if hook.answer is None:
        raise TypeError(f"gave back {type(answer).__name__}, but {hook.info.name} takes no answer")
    checked = check(answer, hook.answer)
    if hook.info.policy == "edit" and "messages" in checked:
        # The check made copies, but a message that pi has already is recognised by being the same object.
        checked["messages"] = answer["messages"] if isinstance(answer, Mapping) else answer.messages
    return checked


def _describe(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, DeadlineError) or (isinstance(error, TypeError) and text.startswith(("gave back", "not a "))):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
