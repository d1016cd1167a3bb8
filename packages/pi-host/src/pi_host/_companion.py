"""The part of a plugin that runs inside pi: one JavaScript module, and the two ends that talk to each other."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host._context import Context

__all__ = ["Companion", "companion"]

F = TypeVar("F", bound="Callable[..., Any]")


class Companion:
    """A module inside pi that belongs to a plugin, and the Python end of what they say to each other.

    Made by ``companion``. Data is JSON both ways.

    Attributes:
        path: absolute path of the module.
        handlers: what Python answers, by name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.handlers: dict[str, Callable[..., Any]] = {}

    def on(self, name: str) -> Callable[[F], F]:
        """Answer ``name`` when the module calls or posts it.

        The function takes any of ``data`` and ``ctx`` and may be sync or async; what it gives back is the answer to a
        call. It may take as long as it needs, as a tool may.
        """

        def answer(function: F) -> F:
            self.handlers[name] = function
            return function

        return answer

    async def call(self, ctx: Context, name: str, data: object = None) -> Any:
        """Return what the module answers to ``name``.

        Raises:
            CallRefusedError: the module is not loaded, has no answer to ``name``, or its answer failed.
            StaleSessionError: the session of ``ctx`` has been replaced.
        """
        return await ctx.call("companion.call", plugin=ctx.plugin, name=name, data=data)

    def post(self, ctx: Context, name: str, data: object = None) -> None:
        """Tell the module ``name`` and expect nothing back."""
        ctx.post("companion.call", plugin=ctx.plugin, name=name, data=data)


def companion(path: str) -> Companion:
    """Declare the module of this plugin that runs inside pi; keep the result in a module-level variable.

    pi is synchronous in places where no process can be asked: its writers, its renderers. A companion is for those and
    for nothing else; what it decides, Python decides where it can.

    Args:
        path: the module's file, relative to the Python file that calls this.
    """
    caller = sys._getframe(1).f_code.co_filename  # noqa: SLF001  # inspect.stack() takes 9 ms of pi's start
    return Companion(Path(caller).parent / path)
