"""Takes finished spans without ever waiting, and sends them from a thread of its own.

Nothing that goes wrong with the collector reaches pi: spans wait in a bounded queue, what does not fit is dropped, and
the user is told once.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pi_trace_headers.spans._model import Span
    from pi_trace_headers.spans._settings import Settings

__all__ = ["Exporter"]

#: As many spans wait for the SDK to be imported; about a hundred turns.
_LONGEST_QUEUE: Final = 1024

_LONGEST_NOTICE: Final = 300

_INSTALL: Final = "spans are on, but OpenTelemetry is not installed: pip install 'pi-trace-headers[otel]'"


class Exporter:
    """Sends the spans of one process.

    Args:
        settings: what the user wants.
        about: attributes of the resource.
        tell: shows a text to the user; called from another thread, once for each kind of trouble.
        redact: takes secrets out of what is told.
    """

    def __init__(
        self,
        settings: Settings,
        about: Mapping[str, str],
        tell: Callable[[str], None],
        redact: Callable[[str], str] = str,
    ) -> None:
        self._settings = settings
        self._about = about
        self._tell = tell
        self._redact = redact
        self._queue: queue.SimpleQueue[Span | threading.Event] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._told: set[str] = set()
        self._broken = False
        self._flushing: list[threading.Event] = []
        #: Whether the collector took what it was sent last.
        self.healthy = True

    def start(self) -> None:
        """Begin to import the SDK, if that has not begun; best while pi waits for a model."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="pi-trace-spans", daemon=True)
            self._thread.start()

    def put(self, spans: Iterable[Span]) -> None:
        """Take finished spans; never waits."""
        for span in spans:
            if self._broken:
                return
            if self._queue.qsize() >= _LONGEST_QUEUE:
                self._once("more spans than can be sent; some are lost")
                return
            self._queue.put(span)
            self.start()

    def flush(self) -> threading.Event:
        """Begin to send everything that was put so far; return what is set when it is sent or given up."""
        done = threading.Event()
        if self._thread is None or self._broken:
            done.set()
        else:
            self._flushing.append(done)
            self._queue.put(done)
        return done

    def _run(self) -> None:
        try:
            from pi_trace_headers.spans._pipeline import Pipeline  # noqa: PLC0415  # a fifth of a second

            _listen(self._complain)
            pipeline = Pipeline(self._settings, self._about, self._watch)
        except ImportError as error:
            self._give_up(_INSTALL if "opentelemetry" in (error.name or "") else f"OpenTelemetry is broken: {error}")
            return
        except Exception as error:  # noqa: BLE001  # whatever is wrong with the settings must stay in this thread
            self._give_up(f"OpenTelemetry can't be set up: {type(error).__name__}: {error}")
            return
        while True:
            item = self._queue.get()
            try:
                if isinstance(item, threading.Event):
                    pipeline.flush()
                else:
                    pipeline.add(item)
            except Exception as error:  # noqa: BLE001  # one bad span must not stop the ones after it
                self._once(f"a span is lost: {type(error).__name__}: {error}", "lost")
            if isinstance(item, threading.Event):
                item.set()

    def _give_up(self, reason: str) -> None:
        self._broken = True
        self._once(reason)
        self._release()

    def _release(self) -> None:
        flushing, self._flushing = self._flushing, []
        for waiting in flushing:
            waiting.set()

    def _watch(self, worked: bool) -> None:  # noqa: FBT001  # a callback with one fact
        self.healthy = worked

    def _complain(self, text: str) -> None:
        self.healthy = False
        self._release()  # the SDK tries again for seconds, which nobody should wait for
        self._once(f"the collector does not take them: {text}", "collector")

    def _once(self, text: str, kind: str = "") -> None:
        if (kind or text) not in self._told:
            self._told.add(kind or text)
            self._tell(self._redact(text)[:_LONGEST_NOTICE])


class _Complaints(logging.Handler):
    """Passes on what the exporters warn of."""

    def __init__(self, complain: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._complain = complain

    def emit(self, record: logging.LogRecord) -> None:
        self._complain(record.getMessage())


def _listen(complain: Callable[[str], None]) -> None:
    # Without this each failure would be one more line in the host's log, and no word to the user.
    for name in ("opentelemetry.exporter.otlp", "opentelemetry.sdk"):
        logger = logging.getLogger(name)
        logger.addHandler(_Complaints(complain))
        logger.propagate = False
