"""Signals that reach the launcher while pi runs: pi gets them first, and the launcher after pi's end."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pi_session_persistence.launcher._process import Child

__all__ = ["Signals"]

_FORWARDED: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

#: What pi gets to end after a signal, in seconds.
_GRACE_S: Final = 10.0


class Signals:
    """Forwards signals to pi. Only for a launcher that has its main thread to itself, as the command line has."""

    def __init__(self) -> None:
        self._received: int | None = None
        self._before: dict[int, Any] = {}

    def forward_to(self, child: Child) -> None:
        """Send what comes from now on to pi: a second signal, or ten seconds after the first, kills it."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in _FORWARDED:
            self._before[number] = signal.getsignal(number)
            loop.add_signal_handler(number, self._on_signal, child, number)

    def stop(self) -> None:
        """Let signals do again what they did before."""
        for number, handler in self._before.items():
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, handler)
        self._before.clear()

    def deliver(self) -> None:
        """Let a signal that came meanwhile do to this process what it would have done."""
        if self._received is not None:
            os.kill(os.getpid(), self._received)

    def _on_signal(self, child: Child, number: int) -> None:
        if self._received is not None:
            child.send_signal(signal.SIGKILL)
            return
        self._received = number
        child.send_signal(number)
        asyncio.get_running_loop().call_later(_GRACE_S, child.send_signal, signal.SIGKILL)
