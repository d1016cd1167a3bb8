"""Names the plugin that blocks the event loop, and gets it to stop.

All plugins share one event loop in the main thread. One that sleeps or computes there holds up everything, and no
deadline of asyncio can fire. A thread watches the mark that dispatch leaves, and does three things: it tells the bridge
who is blocking, it dumps the stack to the log, and at the deadline it interrupts the main thread with a signal whose
handler raises. Code that holds the interpreter itself (a long C call) can't be interrupted so; then the bridge gives
the host up and starts another.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

from pi_host._errors import DeadlineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

__all__ = ["Mark", "Watchdog"]

#: Ignored by default, and so by every process that a plugin starts.
_SIGNAL: Final = signal.SIGURG

#: How often the mark is looked at, seconds; also how late a deadline may be for code that blocks.
_INTERVAL: Final = 0.25

#: After how many seconds of blocking the plugin is named.
_NOTICEABLE: Final = 1.0


class Mark:
    """Which implementation has the main thread right now.

    Attributes:
        plugin: name of its plugin; empty when no plugin code runs.
        hook: what it implements.
        since: when it got the thread, on the monotonic clock, in seconds.
        deadline: how many seconds it may keep it.
    """

    __slots__ = ("deadline", "hook", "plugin", "since")

    def __init__(self) -> None:
        self.plugin = ""
        self.hook = ""
        self.since = 0.0
        self.deadline = 0.0

    def enter(self, plugin: str, hook: str, deadline: float) -> None:
        """Note that plugin code takes the thread."""
        self.hook = hook
        self.deadline = deadline
        self.since = time.monotonic()
        self.plugin = plugin

    def leave(self) -> None:
        """Note that it gave the thread back."""
        self.plugin = ""


class Watchdog:
    """Watches one mark from a thread of its own.

    Args:
        mark: what dispatch sets.
        tell: called from the thread, once per stall, with the plugin, the hook and the seconds so far.
    """

    def __init__(self, mark: Mark, tell: Callable[[str, str, float], None]) -> None:
        self._mark = mark
        self._tell = tell
        self._stop = threading.Event()
        self._main = threading.get_ident()
        self._told = 0.0
        self._condemned = 0.0
        self._thread = threading.Thread(target=self._watch, name="pi-host-watchdog", daemon=True)

    def start(self) -> None:
        """Install the signal handler and start watching; call it in the main thread."""
        signal.signal(_SIGNAL, self._interrupt)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()

    def _watch(self) -> None:
        while not self._stop.wait(_INTERVAL):
            mark = self._mark
            since, plugin, hook, deadline = mark.since, mark.plugin, mark.hook, mark.deadline
            blocked = time.monotonic() - since
            if not plugin or blocked < _NOTICEABLE:
                continue
            if self._told != since:
                self._told = since
                self._report(plugin, hook, blocked)
            if blocked >= deadline and self._condemned != since:
                self._condemned = since
                signal.pthread_kill(self._main, _SIGNAL)

    def _report(self, plugin: str, hook: str, blocked: float) -> None:
        sys.stderr.write(f"plugin {plugin!r} blocks the event loop in {hook} for {blocked:.1f} s; its stack:\n")
        sys.stderr.flush()
        faulthandler.dump_traceback(sys.stderr, all_threads=True)
        self._tell(plugin, hook, blocked)

    def _interrupt(self, _signum: int, _frame: FrameType | None) -> None:
        # The code that was to be interrupted may have ended since; then nobody must be hit.
        if self._mark.plugin and self._mark.since == self._condemned:
            raise DeadlineError(f"kept the event loop for {self._mark.deadline:g} s and was interrupted")
