"""Every error this package raises on purpose, under one base, each carrying its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "CallRefusedError",
    "ConfigError",
    "DeadlineError",
    "HandledError",
    "HookFailedError",
    "HostGoneError",
    "PiHostError",
    "PluginError",
    "StaleSessionError",
    "WireError",
    "concerns_us",
    "describe",
]


class PiHostError(Exception):
    """Base of all errors of this package."""


class HandledError(PiHostError):
    """A message for a person that ends a command: printed without a traceback."""


class ConfigError(HandledError):
    """A configuration file that cannot be read.

    Attributes:
        path: the file.
        line: line number starting at 1, or ``None`` when the file as a whole is at fault.
    """

    def __init__(self, path: Path, line: int | None, message: str) -> None:
        self.path = path
        self.line = line
        where = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{where}: {message}")


class PluginError(PiHostError):
    """A plugin that cannot be used.

    Attributes:
        plugin: its name.
        reason: what is wrong, for a person.
    """

    def __init__(self, plugin: str, reason: str) -> None:
        self.plugin = plugin
        self.reason = reason
        super().__init__(f"plugin {plugin!r}: {reason}")


class HookFailedError(PluginError):
    """A hook implementation that raised, ran over its deadline or answered nonsense.

    Attributes:
        hook: name of the hook.
    """

    def __init__(self, plugin: str, hook: str, reason: str) -> None:
        self.hook = hook
        super().__init__(plugin, f"{hook}: {reason}")


class DeadlineError(PiHostError):
    """An implementation that did not finish within its deadline."""


class CallRefusedError(PiHostError):
    """pi refused or failed a call that a plugin made."""


class StaleSessionError(CallRefusedError):
    """A call on behalf of a session that has been replaced since."""


class HostGoneError(PiHostError):
    """The other end of the link is gone; nothing more will be answered."""


class WireError(PiHostError):
    """A frame that cannot be sent or understood."""


def describe(error: BaseException, *, ours: bool = False) -> str:
    """Return what a person should read of an exception that a plugin raised: its kind too, unless we raised it.

    Args:
        error: the exception; its kind alone is told if it can't say more.
        ours: whether its text is enough in any case.
    """
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  # the plugin's own code makes the text, and it may fail too
        text = ""
    ours = (
        ours
        or isinstance(error, DeadlineError)
        or (isinstance(error, TypeError) and text.startswith(("gave back", "not a ")))
    )
    if ours and text:
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def concerns_us(error: BaseException) -> bool:
    """Return whether ``error``, which came out of a plugin's code, is meant for this process and not its failure.

    That is so when somebody cancels the task that runs it, closes its coroutine, or interrupts the process.
    """
    import asyncio  # noqa: PLC0415  # this module is loaded before what keeps asyncio from loading ssl

    if isinstance(error, asyncio.CancelledError):
        # Otherwise the plugin awaited something that was cancelled.
        task = asyncio.current_task()
        return task is not None and task.cancelling() > 0
    if isinstance(error, GeneratorExit):
        # Requests are kept until they end, so none of them is closed while the loop runs.
        return not _loop_runs()
    return isinstance(error, KeyboardInterrupt)


def _loop_runs() -> bool:
    import asyncio  # noqa: PLC0415  # as above

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
