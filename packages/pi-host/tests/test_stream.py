"""Per-token events."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from core_support import Listener, MemoryLink, namespace, registry_of

from pi_host import hookimpl
from pi_host._config import Config
from pi_host._inflight import InFlight
from pi_host._runtime import Runtime
from pi_host._stream import Stream
from pi_host._watchdog import Mark

if TYPE_CHECKING:
    from collections.abc import Callable

TOOL = "tool_execution_update"
PIECE = "message_update"


class Flow:
    """Feeds a stream as frames come in: from callbacks of the event loop."""

    def __init__(self, **implementations: Callable[..., Any]) -> None:
        self.listener = Listener()
        plugins = {name: namespace(it=hookimpl(specname=name)(function)) for name, function in implementations.items()}
        self.inflight = InFlight()
        self.runtime = Runtime(registry_of(plugins), Config(), MemoryLink(), self.listener, Mark())
        self.stream = Stream(self.runtime, self.inflight)

    def feed(self, name: str, *numbers: int) -> None:
        payloads = [event(name, number) for number in numbers]
        asyncio.get_running_loop().call_soon(self.stream.feed, name, msgspec.Raw(msgspec.json.encode(payloads)))

    def feed_raw(self, name: str, batch: bytes) -> None:
        asyncio.get_running_loop().call_soon(self.stream.feed, name, msgspec.Raw(batch))


def event(name: str, number: int) -> dict[str, Any]:
    if name == PIECE:
        return {"assistantMessageEvent": {"type": "text_delta", "delta": str(number)}}
    return {"toolCallId": str(number), "toolName": "x", "args": {}, "partialResult": None}


def number_of(event: Any) -> int:
    delta = getattr(event, "assistant_message_event", None)
    return int(delta["delta"] if delta else event.tool_call_id)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # what is waited for knows no event
            await asyncio.sleep(0.001)


def test_events_are_handled_in_the_order_in_which_they_came() -> None:
    seen: list[int] = []

    def token(event: Any) -> None:
        seen.append(number_of(event))

    async def run() -> None:
        flow = Flow(message_update=token)
        for start in range(0, 100, 10):
            flow.feed(PIECE, *range(start, start + 10))
        await until(lambda: len(seen) == 100)

    asyncio.run(run())
    assert seen == list(range(100))


def test_sync_and_async_implementations_keep_the_order_between_different_events() -> None:
    seen: list[int] = []

    def token(event: Any) -> None:
        seen.append(number_of(event))

    async def update(event: Any) -> None:
        await asyncio.sleep(0.003)
        seen.append(number_of(event))

    async def run() -> None:
        flow = Flow(message_update=token, tool_execution_update=update)
        for number in range(0, 40, 4):
            flow.feed(PIECE, number)
            flow.feed(TOOL, number + 1, number + 2)
            flow.feed(PIECE, number + 3)
            await asyncio.sleep(0.004)
        await until(lambda: len(seen) == 40)

    asyncio.run(run())
    assert seen == list(range(40))


def test_an_async_implementation_has_a_task_also_behind_a_sync_one() -> None:
    tasks: list[object] = []

    def token(event: Any) -> None:
        del event

    async def update() -> None:
        tasks.append(asyncio.current_task())
        async with asyncio.timeout(5):
            await asyncio.sleep(0)

    async def run() -> None:
        flow = Flow(message_update=token, tool_execution_update=update)

        def both() -> None:
            flow.stream.feed(PIECE, msgspec.Raw(msgspec.json.encode([event(PIECE, 0)])))
            flow.stream.feed(TOOL, msgspec.Raw(msgspec.json.encode([event(TOOL, 1)])))

        asyncio.get_running_loop().call_soon(both)
        await until(lambda: len(tasks) == 1)
        assert flow.listener.failures == []

    asyncio.run(run())
    assert tasks != [None]


def test_a_sync_function_that_gives_back_an_awaitable_keeps_the_order() -> None:
    seen: list[int] = []

    async def later(number: int) -> None:
        await asyncio.sleep(0.002)
        seen.append(number)

    def token(event: Any) -> Any:
        return later(number_of(event))

    async def run() -> None:
        flow = Flow(message_update=token)
        flow.feed(PIECE, 0, 1, 2)
        flow.feed(PIECE, 3)
        await until(lambda: len(seen) == 4)

    asyncio.run(run())
    assert seen == [0, 1, 2, 3]


def test_the_stream_can_be_fed_again_after_it_ran_dry() -> None:
    seen: list[int] = []

    async def token(event: Any) -> None:
        await asyncio.sleep(0)
        seen.append(number_of(event))

    async def run() -> None:
        flow = Flow(message_update=token)
        for number in range(50):
            flow.feed(PIECE, number)
            await until(lambda count=number: len(seen) == count + 1)  # type: ignore[misc]  # the default binds now

    asyncio.run(run())
    assert seen == list(range(50))


def test_a_failing_implementation_does_not_stop_the_stream() -> None:
    seen: list[int] = []

    def token(event: Any) -> None:
        seen.append(number_of(event))
        if number_of(event) % 2:
            raise RuntimeError("odd")

    async def run() -> None:
        flow = Flow(message_update=token)
        flow.feed(PIECE, *range(6))
        await until(lambda: len(seen) == 6)
        assert len(flow.listener.failures) == 3

    asyncio.run(run())


def test_an_event_that_is_none_does_not_stop_the_stream() -> None:
    seen: list[int] = []

    def token(event: Any) -> None:
        seen.append(number_of(event))

    async def run() -> None:
        flow = Flow(message_update=token)
        good = msgspec.json.encode(event(PIECE, 1))
        flow.feed_raw(PIECE, b'[{"assistantMessageEvent":5},{},' + good + b"]")
        await until(lambda: bool(seen))

    asyncio.run(run())
    assert seen == [1]


def test_a_piece_that_ends_within_a_surrogate_pair_arrives_as_it_is() -> None:
    seen: list[str] = []

    def token(event: Any) -> None:
        seen.append(event.assistant_message_event["delta"])

    async def run() -> None:
        flow = Flow(message_update=token)
        flow.feed_raw(
            PIECE,
            rb'[{"assistantMessageEvent":{"type":"text_delta","delta":"\ud83d"}},'
            rb'{"assistantMessageEvent":{"type":"text_delta","delta":"\ude00"}}]',
        )
        await until(lambda: len(seen) == 2)

    asyncio.run(run())
    assert seen == ["\ud83d", "\ude00"]


def test_at_the_end_the_stream_is_cut() -> None:
    begun: list[int] = []

    async def token(event: Any) -> None:
        begun.append(number_of(event))
        await asyncio.sleep(60)

    async def run() -> None:
        flow = Flow(message_update=token)
        flow.feed(PIECE, 0, 1)
        await until(lambda: bool(begun))
        async with asyncio.timeout(5):
            await flow.inflight.end(1)

    asyncio.run(run())
    assert begun == [0]
