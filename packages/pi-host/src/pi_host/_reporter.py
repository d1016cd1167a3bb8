"""Tells people about failing plugins, each failure once; the log has them all."""

from __future__ import annotations

import time
import traceback
from typing import TYPE_CHECKING, Any, Literal, TextIO

from pi_host._codec import encode
from pi_host._errors import WireError
from pi_host._log import log

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host._errors import HookFailedError

__all__ = ["Reporter"]

#: Longest answer that the trace quotes, in characters.
_QUOTED = 2000


class Reporter:
    """Listens to dispatch.

    Args:
        tell: shows a notice to the user, given its level and text.
        trace: a stream that gets one JSON line per finished or failed implementation, ``None`` for no trace.
    """

    def __init__(self, tell: Callable[[str, str], None], trace: TextIO | None = None) -> None:
        self._tell = tell
        self._trace = trace
        self._told: set[str] = set()

    def finished(self, plugin: str, hook: str, nanoseconds: int, answer: object) -> None:
        """Note that an implementation ran to its end."""
        if self._trace is not None:
            self._record(plugin=plugin, hook=hook, us=nanoseconds / 1e3, answer=_quote(answer))

    def failed(self, error: HookFailedError, cause: BaseException) -> None:
        """Tell that an implementation failed."""
        self.problem(str(error), cause=cause)
        if self._trace is not None:
            self._record(plugin=error.plugin, hook=error.hook, error=error.reason)

    def problem(
        self, text: str, *, level: Literal["warning", "error"] = "error", cause: BaseException | None = None
    ) -> None:
        """Tell the user ``text`` unless it has been told before, and log it with where it comes from."""
        log(text)
        if cause is not None:
            log("".join(traceback.format_exception(cause)).rstrip())
        if text not in self._told:
            self._told.add(text)
            self._tell(level, text)

    def forget(self) -> None:
        """Tell everything again from now on: a new session began."""
        self._told.clear()

    def _record(self, **members: Any) -> None:
        if self._trace is None:
            return
        try:
            self._trace.write(encode({"at": time.time(), **members}).decode("utf-8") + "\n")
            self._trace.flush()
        except OSError as error:
            self._trace = None
            log(f"the trace can't be written and ends here: {error}")


def _quote(answer: object) -> str | None:
    if answer is None:
        return None
    try:
        return encode(answer).decode("utf-8")[:_QUOTED]
    except WireError:
        return repr(answer)[:_QUOTED]
