"""The link itself, over real sockets and pipes."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from pi_host import _peer
from pi_host._codec import decode
from pi_host._errors import CallRefusedError, HostGoneError, StaleSessionError, WireError
from pi_host._peer import Peer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pi_host._wire import Frame


class End:
    """One end of a link that keeps what it got."""

    def __init__(self, end: socket.socket) -> None:
        self.socket = end
        self.frames: list[Frame] = []
        self.closed = 0
        self.on_frame: Callable[[Frame], None] = self.frames.append
        self.peer = Peer(end.fileno(), end.fileno(), self._take, self._count)
        self.peer.open()

    def _take(self, frame: Frame) -> None:
        self.on_frame(frame)

    def _count(self) -> None:
        self.closed += 1


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # what is waited for knows no event
            await asyncio.sleep(0.001)


def between(scenario: Callable[[End, End], Awaitable[None]]) -> None:
    """Run a scenario with the two ends of one link."""
    here, there = socket.socketpair()

    async def run() -> None:
        ends = End(here), End(there)
        try:
            await scenario(*ends)
        finally:
            for end in ends:
                end.peer.close()

    with here, there:
        asyncio.run(run())


def against_bytes(scenario: Callable[[End, socket.socket], Awaitable[None]]) -> None:
    """Run a scenario with one end of a link and the bare socket at the other."""
    here, there = socket.socketpair()

    async def run() -> None:
        end = End(here)
        try:
            await scenario(end, there)
        finally:
            end.peer.close()

    with here, there:
        asyncio.run(run())


async def call(end: End, method: str, **params: Any) -> Any:
    return await end.peer.call(method, params, generation=1, request=0)


def answering(end: End, answer: Callable[[Frame], Awaitable[Any]]) -> set[asyncio.Task[None]]:
    """Answer every request in a task of its own."""
    tasks: set[asyncio.Task[None]] = set()

    async def work(frame: Frame) -> None:
        end.peer.send({"id": frame.id, "r": await answer(frame)})

    end.on_frame = lambda frame: tasks.add(asyncio.create_task(work(frame)))
    return tasks


def test_requests_nest_in_both_directions() -> None:
    async def scenario(here: End, there: End) -> None:
        async def down(end: End, frame: Frame) -> Any:
            depth = decode(frame.p)["depth"]
            return [depth, *(await call(end, "down", depth=depth - 1) if depth else [])]

        tasks = answering(here, lambda frame: down(here, frame)), answering(there, lambda frame: down(there, frame))
        assert await call(here, "down", depth=6) == [6, 5, 4, 3, 2, 1, 0]
        assert sum(map(len, tasks)) == 7

    between(scenario)


def test_answers_find_their_calls_in_any_order() -> None:
    async def scenario(here: End, there: End) -> None:
        calls = [asyncio.ensure_future(call(here, "x", n=n)) for n in range(10)]
        await until(lambda: len(there.frames) == 10)
        for frame in reversed(there.frames):
            there.peer.send({"id": frame.id, "r": decode(frame.p)["n"]})

        assert await asyncio.gather(*calls) == list(range(10))

    between(scenario)


def test_an_answer_without_a_value_is_none() -> None:
    async def scenario(here: End, there: End) -> None:
        there.on_frame = lambda frame: there.peer.send({"id": frame.id})

        assert await call(here, "x") is None

    between(scenario)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "no"}, CallRefusedError),
        ({"message": "old", "stale": True}, StaleSessionError),
        ({}, CallRefusedError),
    ],
)
def test_a_refusal_is_raised_in_the_words_of_the_other_end(error: dict[str, Any], kind: type[CallRefusedError]) -> None:
    async def scenario(here: End, there: End) -> None:
        there.on_frame = lambda frame: there.peer.send({"id": frame.id, "e": error})
        with pytest.raises(kind, match=error.get("message", "refused")):
            await call(here, "x")

    between(scenario)


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    async def scenario(here: End, there: End) -> None:
        there.peer.send({"id": 99, "r": 1})
        there.peer.send({"m": "after"})
        await until(lambda: bool(here.frames))

        assert [frame.m for frame in here.frames] == ["after"]

    between(scenario)


def test_a_cancelled_call_tells_the_other_end_and_its_late_answer_is_dropped() -> None:
    async def scenario(here: End, there: End) -> None:
        task = asyncio.ensure_future(call(here, "slow"))
        await until(lambda: bool(there.frames))
        task.cancel()
        await asyncio.wait([task])
        await until(lambda: len(there.frames) == 2)

        assert task.cancelled()
        assert (there.frames[1].m, there.frames[1].id) == ("cancel", there.frames[0].id)
        there.peer.send({"id": there.frames[0].id, "r": 1})
        there.on_frame = lambda frame: there.peer.send({"id": frame.id, "r": 2})
        assert await call(here, "next") == 2

    between(scenario)


def test_waiting_calls_fail_at_once_when_the_other_end_closes() -> None:
    async def scenario(end: End, there: socket.socket) -> None:
        calls = [asyncio.ensure_future(call(end, "x")) for _ in range(3)]
        await asyncio.sleep(0)
        there.close()
        async with asyncio.timeout(1):
            outcomes = await asyncio.gather(*calls, return_exceptions=True)

        assert [type(outcome) for outcome in outcomes] == [HostGoneError] * 3
        assert end.closed == 1
        with pytest.raises(HostGoneError):
            await call(end, "y")

    against_bytes(scenario)


def test_nothing_is_sent_after_closing_and_closing_twice_is_told_once() -> None:
    async def scenario(here: End, there: End) -> None:
        here.peer.close()
        here.peer.close()
        here.peer.send({"m": "late"})
        await asyncio.sleep(0.05)

        assert here.closed == 1
        assert there.frames == []

    between(scenario)


def test_an_oversized_frame_is_refused_with_nothing_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_peer, "MAX_FRAME", 1000)

    async def scenario(here: End, there: End) -> None:
        with pytest.raises(WireError, match="over the limit of 1000"):
            await call(here, "x", text="x" * 1000)
        with pytest.raises(WireError, match="not JSON data"):
            here.peer.send({"m": "x", "p": object()})
        here.peer.send({"m": "small"})
        await until(lambda: bool(there.frames))

        assert [frame.m for frame in there.frames] == ["small"]

    between(scenario)


@pytest.mark.parametrize(
    "line",
    [b"no json", b"[1]", b'{"m":"\xff"}', b'{"id":"x"}', b'{"m":"x","p":' + b"[" * 50_000 + b"]" * 50_000 + b"}"],
    ids=lambda line: repr(line[:10]),
)
def test_a_malformed_frame_is_told_as_a_fault_and_the_frames_after_it_arrive(line: bytes) -> None:
    async def scenario(end: End, there: socket.socket) -> None:
        there.sendall(line + b'\n{"m":"after"}\n')
        await until(lambda: bool(end.frames))

        told = decode(there.recv(10_000))
        assert told["m"] == "fault"
        assert told["p"]["reason"]
        assert [frame.m for frame in end.frames] == ["after"]

    against_bytes(scenario)


def test_an_error_that_is_no_object_is_told_as_a_fault_and_the_frames_after_it_arrive() -> None:
    async def scenario(end: End, there: socket.socket) -> None:
        waiting = asyncio.ensure_future(call(end, "x"))
        await asyncio.sleep(0)
        there.recv(10_000)
        there.sendall(b'{"id":1,"e":"text"}\n{"m":"after"}\n')
        await until(lambda: bool(end.frames))

        with pytest.raises(CallRefusedError, match="text"):
            await waiting

    against_bytes(scenario)


def test_a_frame_over_the_limit_is_told_as_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(end: End, there: socket.socket) -> None:
        monkeypatch.setattr(end.peer._splitter, "_limit", 1000)
        there.sendall(b'{"m":"' + b"x" * 1000 + b'"}\n{"m":"after"}\n')
        await until(lambda: bool(end.frames))

        assert decode(there.recv(10_000))["m"] == "fault"
        assert [frame.m for frame in end.frames] == ["after"]

    against_bytes(scenario)


def test_a_link_that_ends_within_a_frame_closes_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    async def scenario(end: End, there: socket.socket) -> None:
        there.sendall(b'{"m":"whole"}\n{"m":"ha')
        there.close()
        await until(lambda: end.closed == 1)

        assert [frame.m for frame in end.frames] == ["whole"]
        assert "8 bytes are dropped" in capsys.readouterr().err

    against_bytes(scenario)


def test_big_frames_cross_in_both_directions_at_once() -> None:
    async def scenario(here: End, there: End) -> None:
        big = "\u20ac" * 3_000_000

        async def echo(frame: Frame) -> Any:
            return decode(frame.p)["text"]

        tasks = answering(here, echo), answering(there, echo)
        async with asyncio.timeout(20):
            echoes = await asyncio.gather(*(call(end, "echo", text=big) for end in (here, there) for _ in range(2)))
        assert echoes == [big] * 4
        assert sum(map(len, tasks)) == 4

    between(scenario)


def test_a_reader_that_takes_a_few_bytes_at_a_time_gets_everything_in_order() -> None:
    async def scenario(end: End, there: socket.socket) -> None:
        end.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        sent = [{"m": f"frame {n}", "p": "x" * (n * 37 % 5000)} for n in range(200)]
        for members in sent:
            end.peer.send(members)
        received = b""
        there.settimeout(0)
        async with asyncio.timeout(20):
            while received.count(b"\n") < len(sent):
                received += await asyncio.get_running_loop().sock_recv(there, 1500)

        assert [decode(line) for line in received.splitlines()] == sent

    against_bytes(scenario)


def test_posts_from_threads_arrive_whole_and_each_threads_in_its_order() -> None:
    async def scenario(here: End, there: End) -> None:
        here.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)

        def post(thread: int) -> None:
            for number in range(200):
                here.peer.post("post", {"t": thread, "n": number, "pad": "x" * 300}, generation=1, request=0)

        threads = [threading.Thread(target=post, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        await until(lambda: len(there.frames) == 800)
        for thread in threads:
            thread.join()

        arrived = [decode(frame.p) for frame in there.frames]
        for number in range(4):
            assert [post["n"] for post in arrived if post["t"] == number] == list(range(200))

    between(scenario)


def test_what_is_sent_before_the_link_is_open_is_not_lost() -> None:
    reader, writer = os.pipe()
    nothing, never = os.pipe()
    os.set_blocking(writer, False)
    peer = Peer(nothing, writer, lambda _frame: None, lambda: None)
    peer.send({"m": "x", "p": "x" * 200_000})

    async def run() -> bytes:
        peer.open()
        received = b""
        os.set_blocking(reader, False)
        while not received.endswith(b"\n"):
            await asyncio.sleep(0.001)
            try:
                received += os.read(reader, 65536)
            except BlockingIOError:
                continue
        peer.close()
        return received

    try:
        assert decode(asyncio.run(run()))["p"] == "x" * 200_000
    finally:
        for descriptor in (reader, writer, nothing, never):
            os.close(descriptor)
