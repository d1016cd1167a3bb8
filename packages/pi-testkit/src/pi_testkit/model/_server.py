"""The HTTP server of a scripted model, in a thread and an event loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

from aiohttp import web

from pi_testkit.model._requests import Request
from pi_testkit.model._turns import Call, Fail
from pi_testkit.model._wire import Answer, answer, completion, error_body, events

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit.model._turns import Turn

__all__ = ["Server"]

_EVENTS_PER_WRITE = 256
_MAX_BODY_BYTES = 1 << 30
_CLOSE_SECONDS = 10.0


class Server:
    """Serves ``/v1/chat/completions`` on a free port of the loopback interface until it is closed.

    Args:
        decide: gives the turn for a request; runs in a thread of its own, so it may block.
        remember: is told of each request when it comes in.
    """

    def __init__(self, decide: Callable[[Request], Turn], remember: Callable[[Request], None]) -> None:
        self._decide = decide
        self._remember = remember
        self._count = 0
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self.port = 0
        self._thread = threading.Thread(target=self._run, name="scripted-model", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Drop what is under way and stop; a second call does nothing."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(_CLOSE_SECONDS)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits in the constructor
            self._failure = error
        finally:
            self._loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        app = web.Application(client_max_size=_MAX_BODY_BYTES)
        app.router.add_post("/v1/chat/completions", self._chat)
        # Cancellation is how a handler that sleeps learns that its client went away.
        runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.port = runner.addresses[0][1]
            self._ready.set()
            await self._stop.wait()
        finally:
            await runner.cleanup()

    async def _chat(self, http: web.Request) -> web.StreamResponse:
        started = time.monotonic()
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in http.raw_headers]
        request = Request(self._count, http.path_qs, headers, await http.json(), started)
        self._count += 1
        self._remember(request)
        try:
            request.turn = turn = await _in_thread(self._decide, request)
            await asyncio.sleep(0 if isinstance(turn, Call) else turn.delay)
            if isinstance(turn, Fail):
                failure = web.json_response(error_body(turn.body), status=turn.status)
                if turn.retry_after is not None:
                    failure.headers["Retry-After"] = f"{turn.retry_after:g}"
                return await _send(http, failure, request)
            said = answer(turn, request.body)
            if request.body.get("stream"):
                return await _stream(http, said, request)
            return await _send(http, web.json_response(completion(said, request.model)), request)
        except (asyncio.CancelledError, ConnectionError):
            request.aborted = True
            raise
        finally:
            request.finished = request.finished or time.monotonic()


async def _send(http: web.Request, response: web.Response, request: Request) -> web.Response:
    """Send a whole response. Whoever has read all of it finds the request finished, so the time is taken before."""
    await response.prepare(http)
    request.finished = time.monotonic()
    await response.write_eof()
    return response


async def _stream(http: web.Request, said: Answer, request: Request) -> web.StreamResponse:
    """Stream an answer, its last event together with the end; as to the time see :func:`_send`."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(http)
    *blocks, last = events(said, request.model)
    if said.tokens_per_second:
        start = asyncio.get_running_loop().time()
        for number, block in enumerate(blocks):
            # The first block holds no token, so token n is due n / pace seconds after the start.
            due = start + min(number, len(said.deltas)) / said.tokens_per_second
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
            await response.write(block)
    else:
        for first in range(0, len(blocks), _EVENTS_PER_WRITE):
            await response.write(b"".join(blocks[first : first + _EVENTS_PER_WRITE]))
    request.finished = time.monotonic()
    if not said.cut:
        await response.write_eof(last)
    elif http.transport is not None:
        await response.write(last)
        http.transport.close()  # without the last chunk, so the client sees a broken stream and not its end
    return response


async def _in_thread(function: Callable[[Request], Turn], request: Request) -> Turn:
    """Run a function in a daemon thread: one that never returns must not keep the test process alive."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Turn] = loop.create_future()

    def settle(method: Callable[[Any], None], value: Any) -> None:
        if not done.done():
            method(value)

    def run() -> None:
        outcome: tuple[Callable[[Any], None], Any]
        try:
            outcome = (done.set_result, function(request))
        except Exception as error:  # noqa: BLE001 - handed to the waiting coroutine
            outcome = (done.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the server was closed meanwhile
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=run, name="scripted-turn", daemon=True).start()
    return await done
