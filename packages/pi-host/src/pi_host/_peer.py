"""The host's end of the link: frames in from one file descriptor, frames out to another."""

from __future__ import annotations

import asyncio
import os
import threading
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from pi_host._codec import decode, encode
from pi_host._errors import CallRefusedError, HostGoneError, StaleSessionError, WireError
from pi_host._log import log
from pi_host._wire import ABSENT, MAX_FRAME, Splitter, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host._wire import Frame

__all__ = ["Peer"]

_CHUNK: Final = 256 * 1024

#: How long ``linger`` waits, seconds.
_LINGER: Final = 150e-6

_PROCESSORS: Final = os.cpu_count() or 1


class Peer:
    """Sends and receives frames; implements ``Link``.

    Args:
        reader: file descriptor to read from.
        writer: file descriptor to write to.
        on_frame: gets every frame that is not a response.
        on_closed: called once when the other end closed or broke the link.
        idle: says whether nothing but the next frame is waited for, see ``linger``.
    """

    def __init__(
        self,
        reader: int,
        writer: int,
        on_frame: Callable[[Frame], None],
        on_closed: Callable[[], None],
        idle: Callable[[], bool] = lambda: False,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._on_frame = on_frame
        self._on_closed = on_closed
        self._idle = idle
        self._splitter = Splitter()
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._last_id = 0
        self._unsent = bytearray()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def open(self) -> None:
        """Start reading, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._loop.add_reader(self._reader, self._readable)
        if self._unsent:
            self._loop.add_writer(self._writer, self._writable)

    async def call(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> Any:
        """See ``Link``."""
        if self._closed:
            raise HostGoneError("pi is gone")
        self._last_id += 1
        number = self._last_id
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls[number] = future
        try:
            self.send({"id": number, "m": method, "g": generation, "q": request, "p": params})
            return await future
        except asyncio.CancelledError:
            self.send({"m": "cancel", "id": number})
            raise
        finally:
            del self._calls[number]

    def post(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> None:
        """See ``Link``."""
        self.send({"m": method, "g": generation, "q": request, "p": params})

    def send(self, members: dict[str, Any]) -> None:
        """Send one frame; may be called from any thread.

        Raises:
            WireError: it is not JSON data or longer than ``MAX_FRAME`` bytes; nothing was sent.
        """
        line = encode(members) + b"\n"
        if len(line) > MAX_FRAME:
            raise WireError(f"{len(line)} bytes are over the limit of {MAX_FRAME} for one frame")
        with self._lock:
            if self._closed:
                return
            if not self._unsent:
                line = self._write(line)
            if line:
                self._unsent += line
                if self._loop is not None:
                    self._loop.call_soon_threadsafe(self._loop.add_writer, self._writer, self._writable)

    def close(self) -> None:
        """Stop, and fail every call that still waits."""
        if self._closed:
            return
        self._closed = True
        if self._loop is not None:
            self._loop.remove_reader(self._reader)
            self._loop.remove_writer(self._writer)
        if self._splitter.pending:
            log(f"the link ended within a frame; its {self._splitter.pending} bytes are dropped")
        for future in self._calls.values():
            if not future.done():
                future.set_exception(HostGoneError("pi is gone"))
        self._on_closed()

    def _write(self, data: bytes) -> bytes:
        try:
            return data[os.write(self._writer, data) :]
        except BlockingIOError:
            return data
        except OSError:
            return b""  # the reader will see the end of the link and close

    def _writable(self) -> None:
        with self._lock:
            chunk = bytes(self._unsent[:_CHUNK])
            del self._unsent[: len(chunk) - len(self._write(chunk))]
            if not self._unsent and self._loop is not None:
                self._loop.remove_writer(self._writer)

    def linger(self) -> None:
        """Wait actively for the next frame for a moment, as long as ``idle`` says that nothing else is to be done.

        Events come in bursts, one right after the answer to the other, and going to sleep and being woken costs both
        processes more than most answers do. With one processor it would only keep pi from running.
        """
        while _PROCESSORS > 1 and not self._closed and self._idle():
            data = self._poll()
            if data is None:
                return
            self._feed(data)

    def _poll(self) -> bytes | None:
        until = perf_counter() + _LINGER
        while perf_counter() < until:
            data = self._read()
            if data is not None:
                return data
        return None

    def _readable(self) -> None:
        data = self._read()
        if data is not None:
            self._feed(data)
            self.linger()

    def _read(self) -> bytes | None:
        try:
            return os.read(self._reader, _CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _feed(self, data: bytes) -> None:
        if not data:
            self.close()
            return
        dropped = self._splitter.oversized
        for line in self._splitter.feed(data):
            self._take(line)
        if self._splitter.oversized != dropped:
            self._fault(f"a frame over {MAX_FRAME} bytes was dropped")

    def _take(self, line: bytes) -> None:
        try:
            frame = parse(line)
        except WireError as error:
            self._fault(str(error))
            return
        if frame.m:
            self._on_frame(frame)
        else:
            self._resolve(frame)

    def _fault(self, reason: str) -> None:
        # The bridge fails what it waits for: nobody can tell which of its requests the frame was.
        log(reason)
        self.send({"m": "fault", "p": {"reason": reason}})

    def _resolve(self, frame: Frame) -> None:
        future = self._calls.get(frame.id)
        if future is None or future.done():
            return
        try:
            if frame.e is ABSENT:
                future.set_result(decode(frame.r))
            else:
                future.set_exception(_refusal(decode(frame.e)))
        except WireError as error:
            future.set_exception(error)


def _refusal(error: Any) -> CallRefusedError:
    if not isinstance(error, dict):
        return CallRefusedError(str(error))
    kind = StaleSessionError if error.get("stale") else CallRefusedError
    return kind(error.get("message", "refused"))
