"""Runs the implementations of a hook: in order, timed, bounded, isolated, merged.

pluggy registers, validates and orders. It does not call: it knows neither ``await`` nor deadlines nor failures that
concern one plugin only, and its ``firstresult`` would take a coroutine for an answer.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pi_host._answers import check_for
from pi_host._deadline import Clock
from pi_host._errors import DeadlineError, HookFailedError, WireError, concerns_us, describe
from pi_host._hook import Outcome
from pi_host._merge import FOLDS, Fold
from pi_host._stepping import stepped
from pi_host._wrapping import Wrapping

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from pi_host._base import Event
    from pi_host._context import Context
    from pi_host._hook import Hook, Implementation, Listener
    from pi_host._watchdog import Mark

__all__ = ["Dispatcher"]


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
        settle: Callable[[], None] = lambda: None,
    ) -> Outcome:
        """Run every implementation of ``hook`` on ``event`` and return what they came to.

        Args:
            hook: what to run.
            event: what happened; implementations see the changes that earlier ones made.
            contexts: makes the context of one plugin, given its name and its clock.
            abandon: called with the outcome so far if an implementation survives its own cancellation.
            settle: called after each implementation; raises ``WireError`` if what that left in the event can't be sent,
                and has put back what was there before.
        """
        fold = FOLDS[hook.info.policy](event, settle)
        wrapping = Wrapping(hook, fold, self._mark, self._listener)
        done, failure = wrapping.enter(contexts)
        left_behind = False
        for implementation in () if done else hook.implementations:

            def give_up(implementation: Implementation = implementation) -> None:
                nonlocal left_behind
                left_behind = True
                reason = "ignored its cancellation and was left behind, with the plugins after it"
                lost = HookFailedError(implementation.plugin, hook.info.name, reason)
                self._listener.failed(lost, DeadlineError(reason))
                with suppress(WireError):
                    settle()
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
        failure = wrapping.leave(failure)
        return Outcome(None if failure else fold.result(), failure)

    async def observe(
        self, hook: Hook, events: Iterable[Event], contexts: Callable[[str, Clock | None], Context]
    ) -> None:
        """Run plain functions on events that come per token: nobody waits for them, and there is nothing to answer.

        The same as ``run`` for such a hook at a fraction of its cost, which counts at a thousand events a second.
        """
        ready = [(implementation, contexts(implementation.plugin, None)) for implementation in hook.implementations]
        for event in events:
            for implementation, ctx in ready:
                started = time.perf_counter_ns()
                try:
                    answer = self._call(hook, implementation, event, ctx)
                    if answer is not None:
                        await self._settle(hook, implementation, answer)
                except BaseException as error:
                    if concerns_us(error):
                        raise
                    lost = HookFailedError(implementation.plugin, hook.info.name, describe(error))
                    self._listener.failed(lost, error)
                else:
                    took = time.perf_counter_ns() - started
                    self._listener.finished(implementation.plugin, hook.info.name, took, None)

    async def _settle(self, hook: Hook, implementation: Implementation, answer: object) -> None:
        if inspect.isawaitable(answer):
            clock = Clock(implementation.deadline, lambda: None)
            answer = await self._await(hook, implementation, answer, clock)
        if answer is not None:
            check_for(hook, answer)  # which says that this event takes none

    def _call(self, hook: Hook, implementation: Implementation, event: Event, ctx: Context) -> object:
        arguments = [event if argument == "event" else ctx for argument in implementation.arguments]
        self._mark.enter(implementation.plugin, hook.info.name, implementation.deadline)
        try:
            answer: object = implementation.function(*arguments)
        finally:
            self._mark.leave()
        return answer

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
            fold.settle()
            taken = answer is not None and fold.take(check_for(hook, answer))
            if answer is not None:
                fold.settle()  # a payload given back is in the event only now
        except BaseException as error:
            if concerns_us(error):
                raise
            fold.restore(state)
            with suppress(WireError):
                fold.settle()  # it failed already; the next one must not be blamed for what it left
            raise HookFailedError(implementation.plugin, hook.info.name, describe(error)) from error
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
        answer = self._call(hook, implementation, event, ctx)
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
        whose = (implementation.plugin, hook.info.name, implementation.deadline)
        return await stepped(answer, self._mark, whose, clock)
