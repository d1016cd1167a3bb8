"""Per-token events: nobody waits for them, and they are handled in the order in which they came."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Final

import msgspec

from pi_host._codec import decode, encode
from pi_host._context import Signal
from pi_host._log import log
from pi_host._runtime import Request

if TYPE_CHECKING:
    from pi_host._inflight import InFlight
    from pi_host._runtime import Runtime

__all__ = ["Stream"]

#: Number of the task that drains the queue in the ledger; requests count up from 1.
_NUMBER: Final = -1

_batch_decoder = msgspec.json.Decoder(list[msgspec.Raw])


class Stream:
    """Feeds batches of events to the plugins, one event after the other."""

    def __init__(self, runtime: Runtime, inflight: InFlight) -> None:
        self._runtime = runtime
        self._inflight = inflight
        self._waiting: deque[tuple[str, msgspec.Raw]] = deque()
        self._draining = False

    def feed(self, name: str, batch: msgspec.Raw) -> None:
        """Take a batch of events called ``name``; handle them now if no plugin has to wait for anything."""
        self._waiting.append((name, batch))
        if not self._draining:
            self._draining = True
            self._inflight.start(_NUMBER, Signal(), self._drain(), suspends=self._runtime.suspends(name))

    async def _drain(self) -> None:
        try:
            while self._waiting:
                name, batch = self._waiting.popleft()
                if self._runtime.suspends(name) and asyncio.current_task() is None:
                    self._waiting.appendleft((name, batch))
                    await asyncio.sleep(0)  # from here on in a task, which an async implementation needs
                    continue
                await self._handle(name, batch)
        finally:
            self._draining = False

    async def _handle(self, name: str, batch: msgspec.Raw) -> None:
        try:
            done = await self._runtime.observe(name, batch)
        except msgspec.ValidationError:
            done = False  # one of them is bad; the others must not be lost with it
        if not done:
            for payload in _payloads(batch):
                await self._handle_one(name, payload)

    async def _handle_one(self, name: str, payload: msgspec.Raw) -> None:
        try:
            await self._runtime.event(name, payload, Request(0, Signal()), lambda _: None)
        except Exception as error:  # noqa: BLE001  # one bad event must not stop the ones after it
            log(f"event {name!r} failed: {type(error).__name__}: {error}")


def _payloads(batch: msgspec.Raw) -> list[msgspec.Raw]:
    try:
        return _batch_decoder.decode(batch)
    except msgspec.DecodeError:
        # A piece may end within a surrogate pair, and half a pair is nothing that msgspec reads.
        return [msgspec.Raw(encode(payload)) for payload in decode(batch)]
