"""The host process: one per pi process, started by the bridge, ended with pi."""

from __future__ import annotations

import asyncio
import gc
import os
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_host._codec import decode
from pi_host._context import Signal
from pi_host._deadline import DEFAULT_SECONDS
from pi_host._discovery import Selection
from pi_host._errors import PiHostError, PluginError, WireError, concerns_us, describe
from pi_host._inflight import InFlight
from pi_host._loading import load_plugins
from pi_host._log import log
from pi_host._peer import Peer
from pi_host._plugins import load
from pi_host._reporter import Reporter
from pi_host._runtime import Request, Runtime
from pi_host._stream import Stream
from pi_host._watchdog import Mark, Watchdog
from pi_host._wire import ABSENT, PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TextIO

    from pi_host._hook import Outcome
    from pi_host._loading import Loaded
    from pi_host._plugins import Plugin
    from pi_host._wire import Frame

__all__ = ["Hello", "Server"]

#: How long plugins may clean up after pi is gone, seconds.
_FAREWELL: Final = 0.5


class Hello(msgspec.Struct, rename="camel", kw_only=True):
    """What the bridge says first.

    Attributes:
        protocol: version of the wire protocol.
        pi_version: version of pi.
        agent_dir: pi's agent dir.
        project: root of the trusted project that brings plugins of its own, if any.
        manifest: where the manifest is kept; ``None`` if there is no place for it.
        known: whether the bridge has read a manifest that held; another pi may have written one since.
        autoload: whether installed plugins are loaded without being asked for.
        plugins: plugins asked for by name.
        skip: plugins whose import ended the process before this one.
        trace: path of the trace to append to, ``None`` for none.
    """

    protocol: int
    pi_version: str
    agent_dir: str
    project: str | None = None
    manifest: str | None = None
    known: bool = False
    autoload: bool = True
    plugins: list[str] = []
    skip: list[str] = []
    trace: str | None = None


class Server:
    """Serves one bridge until the link ends.

    Args:
        reader: file descriptor with frames from the bridge.
        writer: file descriptor for frames to it.
    """

    def __init__(self, reader: int, writer: int) -> None:
        self._inflight = InFlight(self._on_idle)
        self._peer = Peer(reader, writer, self._on_frame, self._on_closed, lambda: self._inflight.idle)
        self._reporter = Reporter(self._tell)
        self._mark = Mark()
        self._watchdog = Watchdog(self._mark, self._stalled)
        self._runtime: Runtime | None = None
        self._stream: Stream | None = None
        self._ended = asyncio.Event()
        #: Number of the last notice in the ledger, where requests count up from 1 and the stream is -1.
        self._notices = -1

    async def serve(self) -> None:
        """Serve until the bridge says goodbye or is gone."""
        self._watchdog.start()
        self._peer.open()
        await self._ended.wait()
        await self._inflight.end(_FAREWELL)
        self._watchdog.stop()

    def _on_idle(self) -> None:
        asyncio.get_running_loop().call_soon(self._peer.linger)

    def _on_closed(self) -> None:
        self._ended.set()

    def _on_frame(self, frame: Frame) -> None:
        try:
            self._route(frame)
        except BaseException as error:  # one bad frame must not end the link
            if concerns_us(error):
                raise
            log(f"frame {frame.m!r} failed: {describe(error)}")
            if frame.m == "hello" and self._runtime is None:
                self._fatal(describe(error))  # nobody waits for a host that will never be ready
            elif frame.id:
                self._refuse(frame, error)

    def _route(self, frame: Frame) -> None:
        if frame.m == "hello":
            self._hello(frame)
        elif self._runtime is None:
            raise WireError(f"the first frame must be hello, not {frame.m!r}")
        else:
            if frame.c is not ABSENT:
                self._learn(decode(frame.c), self._runtime)
            self._handle(frame, self._runtime)

    def _handle(self, frame: Frame, runtime: Runtime) -> None:
        match frame.m:
            case "event":
                self._event(frame, runtime)
            case "stream" if self._stream is not None:
                self._stream.feed(frame.n, frame.p)
            case "tool" | "command":
                serve = runtime.tool if frame.m == "tool" else runtime.command
                self._work(frame, lambda request: serve(frame.n, frame.p, request))
            case "companion":
                self._companion(frame, runtime)
            case "complete":
                self._work(frame, lambda _: runtime.complete(frame.n, frame.p))
            case "abort":
                # Events are told and decide for themselves, as in pi; tools and commands are over.
                self._inflight.abort(frame.id, cancel=frame.n != "event")
            case "ping":
                self._peer.send({"m": "pong"})
            case "bye":
                self._peer.close()
            case _ if frame.m != "facts":  # those were learned before this
                raise WireError(f"unknown method {frame.m!r}")

    def _hello(self, frame: Frame) -> None:
        greeting = decode(frame.p)
        if greeting["protocol"] != PROTOCOL:
            spoken = greeting["protocol"]
            self._fatal(f"the bridge speaks protocol {spoken!r}, this host {PROTOCOL}; run `pi-host install`")
            return
        hello = msgspec.convert(greeting, Hello)
        trace, problem = _open_trace(hello.trace)
        self._reporter = Reporter(self._tell, trace)
        selection = Selection(
            Path(hello.agent_dir),
            project=Path(hello.project) if hello.project else None,
            autoload=hello.autoload,
            explicit=hello.plugins,
        )
        manifest = Path(hello.manifest) if hello.manifest else None
        try:
            loader = partial(self._load, hello.skip)
            loaded = load_plugins(selection, manifest, pi_version=hello.pi_version, loader=loader)
            broken = [p for p in loaded.registry.plugins if p.source == "explicit" and p.status != "active"]
        except PluginError as error:
            self._fatal(str(error))
            return
        if broken:
            self._fatal(str(PluginError(broken[0].name, broken[0].problem or "can't be used")))
            return
        self._begin(loaded, frame, known=hello.known)
        if problem is not None:
            self._reporter.problem(problem, level="warning")

    def _begin(self, loaded: Loaded, frame: Frame, *, known: bool) -> None:
        self._runtime = Runtime(loaded.registry, loaded.config, self._peer, self._reporter, self._mark)
        self._stream = Stream(self._runtime, self._inflight)
        if frame.c is not ABSENT:
            self._learn(decode(frame.c), self._runtime)
        deadlines = [loaded.config.deadline, *map(loaded.config.deadline_of, loaded.config.plugins)]
        contributions = None if loaded.cached and known else loaded.manifest.contributions
        self._peer.send({"m": "ready", "p": {"contributions": contributions, "deadline": max(deadlines)}})
        gc.freeze()  # what was imported stays; nobody has to look at it again
        gc.enable()
        for problem in loaded.manifest.problems:
            self._reporter.problem(problem)
        for plugin in loaded.registry.plugins:
            if plugin.problem is not None:
                self._reporter.problem(str(PluginError(plugin.name, plugin.problem)))

    def _fatal(self, reason: str) -> None:
        log(reason)
        self._peer.send({"m": "fatal", "p": {"reason": reason}})

    def _load(self, skip: list[str], plugin: Plugin) -> Any:
        if plugin.name in skip:
            raise PluginError(plugin.name, "its import ended the Python process; left out until pi starts again")
        # Should this import end the process, the bridge knows whose it was.
        self._peer.send({"m": "loading", "p": {"plugin": plugin.name}})
        self._mark.enter(plugin.name, "import", DEFAULT_SECONDS)
        try:
            return load(plugin)
        finally:
            self._mark.leave()

    def _learn(self, facts: dict[str, Any], runtime: Runtime) -> None:
        if facts.get("generation") not in {None, runtime.facts.get("generation")}:
            # Contexts of the old session must go on seeing the old session's facts.
            runtime.facts = dict(runtime.facts)
            self._reporter.forget()
        runtime.facts.update(facts)

    def _event(self, frame: Frame, runtime: Runtime) -> None:
        signal = Signal()
        outcome = runtime.event(
            frame.n, frame.p, Request(frame.id, signal), lambda outcome: self._reply(frame, outcome)
        )
        self._inflight.start(frame.id, signal, self._answer(frame, outcome), suspends=runtime.suspends(frame.n))

    async def _answer(self, frame: Frame, outcome: Awaitable[Outcome]) -> None:
        try:
            self._reply(frame, await outcome)
        except BaseException as error:  # the bridge fails the event by the event's own rule
            if concerns_us(error):
                raise
            log(f"event {frame.n!r} failed: {describe(error)}")
            self._refuse(frame, error)

    def _reply(self, frame: Frame, outcome: Outcome) -> None:
        if outcome.failure is not None:
            self._refuse(frame, outcome.failure)
        elif outcome.answer is None:
            self._peer.send({"id": frame.id})
        else:
            self._peer.send({"id": frame.id, "r": outcome.answer})

    def _work(self, frame: Frame, work: Callable[[Request], Awaitable[object]]) -> None:
        signal = Signal()

        async def run() -> None:
            try:
                self._peer.send({"id": frame.id, "r": await work(Request(frame.id, signal))})
            except asyncio.CancelledError:
                self._refuse(frame, PiHostError("aborted"))
            except BaseException as error:  # it is what pi shows as the error of the tool or command
                if concerns_us(error):
                    raise
                log(f"{frame.m} {frame.n!r} failed: {''.join(traceback.format_exception(error)).rstrip()}")
                self._refuse(frame, error)

        self._inflight.start(frame.id, signal, run(), suspends=True)

    def _companion(self, frame: Frame, runtime: Runtime) -> None:
        if frame.id:
            self._work(frame, lambda request: runtime.companion(frame.n, frame.p, request))
            return

        async def run() -> None:
            try:
                await runtime.companion(frame.n, frame.p, Request(0, Signal()))
            except BaseException as error:  # nobody waits for it, so the user is told
                if concerns_us(error):
                    raise
                text = f"plugin {frame.n!r}: what its companion module said failed: {describe(error)}"
                self._reporter.problem(text, cause=error)

        self._notices -= 1
        self._inflight.start(self._notices, Signal(), run(), suspends=True)

    def _refuse(self, frame: Frame, error: BaseException) -> None:
        self._peer.send({"id": frame.id, "e": {"message": describe(error, ours=isinstance(error, PiHostError))}})

    def _tell(self, level: str, text: str) -> None:
        self._peer.send({"m": "report", "p": {"level": level, "text": text}})

    def _stalled(self, plugin: str, hook: str, seconds: float) -> None:
        self._peer.send({"m": "stalled", "p": {"plugin": plugin, "hook": hook, "seconds": round(seconds, 1)}})


def _open_trace(path: str | None) -> tuple[TextIO | None, str | None]:
    # The trace, and what is wrong with it: plugins that guard something must not fall away with it.
    if path is None:
        return None, None
    try:
        trace = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as error:
        return None, f"the trace {path!r} can't be written: {error.strerror}; name another file in PI_HOST_TRACE"
    return os.fdopen(trace, "w", encoding="utf-8"), None
