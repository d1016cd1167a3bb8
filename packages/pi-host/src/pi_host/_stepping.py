"""Coroutines driven one step at a time."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine, Generator
    from contextlib import AbstractContextManager

    from pi_host._watchdog import Mark

__all__ = ["resumed", "stepped"]


@types.coroutine
def stepped(
    coroutine: Coroutine[Any, Any, object],
    mark: Mark,
    whose: tuple[str, str, float],
    limit: AbstractContextManager[object],
) -> Generator[Any, Any, object]:
    """Await ``coroutine``, marking each of its steps, so that one that blocks the event loop has a name.

    What it does until it first waits for something is not in ``limit``: most implementations never wait, and setting
    up a timer would cost them more than they do. The watchdog bounds that part.

    Args:
        coroutine: what to await.
        mark: is told before and after each step.
        whose: plugin, hook and deadline, as ``Mark.enter`` wants them.
        limit: entered when the coroutine waits for the first time, left when it is done.
    """
    mark.enter(*whose)
    try:
        waiting_for = coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    finally:
        mark.leave()
    with limit:
        while True:
            value: Any = None
            error: BaseException | None = None
            try:
                value = yield waiting_for
            except BaseException as raised:  # noqa: BLE001  # handed on to the coroutine, cancellation included
                error = raised
            mark.enter(*whose)
            try:
                waiting_for = coroutine.send(value) if error is None else coroutine.throw(error)
            except StopIteration as ended:
                return ended.value
            finally:
                mark.leave()


@types.coroutine
def resumed(coroutine: Coroutine[Any, Any, object], waiting_for: Any) -> Generator[Any, Any, object]:
    """Await a coroutine that has been started by hand and waits for ``waiting_for``."""
    while True:
        value: Any = None
        error: BaseException | None = None
        try:
            value = yield waiting_for
        except BaseException as raised:  # noqa: BLE001  # handed on to the coroutine, cancellation included
            error = raised
        try:
            waiting_for = coroutine.send(value) if error is None else coroutine.throw(error)
        except StopIteration as ended:
            return ended.value
