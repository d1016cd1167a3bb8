"""A process that takes turns on a lane for ever, and writes down what it did."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import time
import uuid
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Self

import msgspec

from pi_lane import _projection, formats
from pi_lane.lease import Instance, Lane, LeaseLostError, Projection
from pi_lane.store import FileStore

if TYPE_CHECKING:
    from pathlib import Path

    from pi_lane.runtime import SessionPaths

__all__ = ["Journal", "Plan", "start"]


class Plan(msgspec.Struct, frozen=True):
    """How the processes behave.

    Attributes:
        turn_s: how long a turn takes, in seconds.
        paused_after_s: when a process that stands still counts as paused, in seconds.
        take_after_s: for how long a paused owner keeps the lane, in seconds.
        clock_jumps: whether the wall clock of each process jumps by up to a day at every turn.
        projects: whether what other tools see is kept too.
        turns: after so many turns a process ends; 0 for never.
    """

    turn_s: float = 0.002
    paused_after_s: float = 0.6
    take_after_s: float = 0.0
    clock_jumps: bool = False
    projects: bool = True
    turns: int = 0


class Journal:
    """One file that all processes append to, a line at a time."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def write(self, what: str, **facts: object) -> None:
        """Append a line; the moment is the monotonic clock's, which all processes of a machine share."""
        line = json.dumps({"what": what, "pid": os.getpid(), "at": time.monotonic(), **facts})
        os.write(self._file, f"{line}\n".encode())


class _JumpingDatetime(datetime):
    """A wall clock that somebody sets to and fro."""

    offset = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + cls.offset

    @classmethod
    def jump(cls) -> None:
        """Set it to another time, up to a day away."""
        cls.offset = timedelta(seconds=random.uniform(-86400, 86400))


def start(paths: SessionPaths, journal: Path, plan: Plan) -> int:
    """Start a worker as a copy of this process, which has everything imported; return its process id."""
    # Told to end before it can hear, it would not end in order.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    pid = os.fork()
    if pid:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        return pid
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if plan.clock_jumps:
            _let_clocks_jump()
        asyncio.run(_work(paths, Journal(journal), plan))
        status = 0
    finally:
        # Nothing of the parent's is to be cleaned up here.
        os._exit(status)


def _let_clocks_jump() -> None:
    real = time.time
    time.time = lambda: real() + _JumpingDatetime.offset.total_seconds()
    vars(formats)["datetime"] = vars(_projection)["datetime"] = _JumpingDatetime


async def _work(paths: SessionPaths, journal: Journal, plan: Plan) -> None:
    random.seed()
    me = Instance(instance_id=str(uuid.uuid4()), pid=os.getpid(), host="here", label=f"p{os.getpid()}")
    projection = Projection(paths, "main") if plan.projects else None
    store = FileStore(paths, me.instance_id, paused_after_s=plan.paused_after_s)
    lane = Lane(store, "main", me, projection=projection, take_after_s=plan.take_after_s)
    async with store, lane:
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        journal.write("open", id=me.instance_id)
        beat = asyncio.create_task(_beat(store, me.instance_id, plan.paused_after_s / 6))
        work = asyncio.create_task(_turns(lane, journal, plan, me))
        await asyncio.wait([asyncio.create_task(ended.wait()), work], return_when=asyncio.FIRST_COMPLETED)
        for task in (work, beat):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    journal.write("close", id=me.instance_id)


async def _beat(store: FileStore, instance_id: str, every_s: float) -> None:
    while True:
        await store.keepalive(instance_id)
        await asyncio.sleep(every_s)


async def _turns(lane: Lane, journal: Journal, plan: Plan, me: Instance) -> None:
    number = 0
    while not plan.turns or number < plan.turns:
        number += 1
        if plan.clock_jumps:
            _JumpingDatetime.jump()
        wanted_at = time.monotonic()
        async with await lane.acquire("run") as lease:
            facts: dict[str, object] = {"id": me.instance_id, "epoch": lease.epoch}
            journal.write("got", **facts, waited_s=time.monotonic() - wanted_at)
            await asyncio.sleep(plan.turn_s)
            new = f"{me.instance_id}:{number}"
            try:
                await lease.move_head(new, expected=lease.head)
            except LeaseLostError as error:
                journal.write("refused", **facts, reason=error.reason)
                continue
            journal.write("moved", **facts, head=new)
        journal.write("gave", **facts)
