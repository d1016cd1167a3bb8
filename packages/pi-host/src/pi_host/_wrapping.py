"""Wrappers: generators that run around all other implementations of a hook and see what these came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_host._answers import check_for
from pi_host._errors import HookFailedError, describe

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from pi_host._context import Context
    from pi_host._deadline import Clock
    from pi_host._hook import Hook, Implementation, Listener
    from pi_host._merge import Fold
    from pi_host._watchdog import Mark

__all__ = ["Wrapping"]


class Wrapping:
    """The wrappers of one dispatch, entered in order and left in reverse.

    A wrapper that fails counts as absent and is reported; for an event that fails closed, one that fails on the way out
    stops pi like any other implementation.

    Args:
        hook: what is run.
        fold: merges the answers; a wrapper's own answer takes the place of what it holds.
        mark: tells the watchdog whose code runs.
        listener: is told of failures.
    """

    def __init__(self, hook: Hook, fold: Fold, mark: Mark, listener: Listener) -> None:
        self._hook = hook
        self._fold = fold
        self._mark = mark
        self._listener = listener
        self._entered: list[tuple[Implementation, Generator[None, object, object]]] = []

    def enter(self, contexts: Callable[[str, Clock | None], Context]) -> None:
        """Run every wrapper up to its ``yield``."""
        for wrapper in self._hook.wrappers:
            ctx = contexts(wrapper.plugin, None)
            arguments = [self._fold.event if argument == "event" else ctx for argument in wrapper.arguments]
            self._mark.enter(wrapper.plugin, self._hook.info.name, wrapper.deadline)
            try:
                generator = wrapper.function(*arguments)
                next(generator)
            except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a plugin raises is its own failure
                reason = "ended without a yield" if isinstance(error, StopIteration) else describe(error)
                self._listener.failed(HookFailedError(wrapper.plugin, self._hook.info.name, reason), error)
            else:
                self._entered.append((wrapper, generator))
            finally:
                self._mark.leave()

    def leave(self, failure: HookFailedError | None) -> HookFailedError | None:
        """Hand the result, or ``failure``, to the wrappers and return what stops pi after them."""
        for wrapper, generator in reversed(self._entered):
            failure = self._leave(wrapper, generator, failure)
        return failure

    def _leave(
        self, wrapper: Implementation, generator: Generator[None, object, object], failure: HookFailedError | None
    ) -> HookFailedError | None:
        self._mark.enter(wrapper.plugin, self._hook.info.name, wrapper.deadline)
        try:
            if failure is None:
                generator.send(self._fold.merged)
            else:
                generator.throw(failure)
            generator.close()
            return self._failed(wrapper, RuntimeError("yielded more than once"))
        except StopIteration as ended:
            return self._adopt(wrapper, ended.value)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a plugin raises is its own failure
            return failure if error is failure else self._failed(wrapper, error)
        finally:
            self._mark.leave()

    def _adopt(self, wrapper: Implementation, answer: object) -> HookFailedError | None:
        if answer is self._fold.merged:
            return None
        try:
            self._fold.override(None if answer is None else check_for(self._hook, answer))
        except Exception as error:  # noqa: BLE001  # a nonsensical answer is the plugin's failure too
            return self._failed(wrapper, error)
        return None

    def _failed(self, wrapper: Implementation, error: BaseException) -> HookFailedError | None:
        lost = HookFailedError(wrapper.plugin, self._hook.info.name, describe(error))
        self._listener.failed(lost, error)
        return lost if self._hook.info.closed else None
