"""Wrappers: generators that run around all other implementations of a hook and see what these came to."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pi_host._answers import check_for
from pi_host._errors import HookFailedError, WireError, describe

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

    A wrapper that fails is reported and counts as absent; for an event that fails closed it stops pi like any other
    implementation. ``None`` is no answer here either: what there is stays, be it an answer or a failure.

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

    def enter(self, contexts: Callable[[str, Clock | None], Context]) -> tuple[bool, HookFailedError | None]:
        """Run every wrapper up to its ``yield``.

        Returns:
            Whether nothing further in is to run, as a wrapper has answered already or has failed where that stops pi;
            and that failure.
        """
        for wrapper in self._hook.wrappers:
            try:
                answer = self._start(wrapper, contexts)
                if answer is None:
                    continue
                self._take(answer)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001  # whatever a plugin raises is its own failure
                failure = self._failed(wrapper, error)
                if failure is not None:
                    return True, failure
            else:
                return True, None
        return False, None

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
            return self._adopt(wrapper, ended.value, failure)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # whatever a plugin raises is its own failure
            return failure if error is failure else self._failed(wrapper, error)
        finally:
            self._mark.leave()

    def _start(self, wrapper: Implementation, contexts: Callable[[str, Clock | None], Context]) -> object:
        ctx = contexts(wrapper.plugin, None)
        arguments = [self._fold.event if argument == "event" else ctx for argument in wrapper.arguments]
        self._mark.enter(wrapper.plugin, self._hook.info.name, wrapper.deadline)
        try:
            generator = wrapper.function(*arguments)
            next(generator)
        except StopIteration as ended:
            if ended.value is None:
                raise RuntimeError("ended without a yield") from None
            return ended.value
        finally:
            self._mark.leave()
        self._fold.settle()
        self._entered.append((wrapper, generator))
        return None

    def _adopt(
        self, wrapper: Implementation, answer: object, failure: HookFailedError | None
    ) -> HookFailedError | None:
        try:
            if answer is not None:
                self._take(answer)
                return None
            self._fold.settle()
        except Exception as error:  # noqa: BLE001  # a nonsensical answer is the plugin's failure too
            return self._failed(wrapper, error)
        return failure

    def _take(self, answer: object) -> None:
        self._fold.settle()
        if answer is not self._fold.merged:
            self._fold.override(check_for(self._hook, answer))
            self._fold.settle()  # a payload given back is in the event only now

    def _failed(self, wrapper: Implementation, error: BaseException) -> HookFailedError | None:
        with suppress(WireError):
            self._fold.settle()  # it failed already; the next one must not be blamed for what it left
        lost = HookFailedError(wrapper.plugin, self._hook.info.name, describe(error))
        self._listener.failed(lost, error)
        return lost if self._hook.info.closed else None
