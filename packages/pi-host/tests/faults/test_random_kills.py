"""SIGKILL of the host and of pi at moments that nobody chose; the seed is in the test's name."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest
from host_support import alive, eventually, host_pid, tool_output

from pi_testkit import Call, Calls, Say

if TYPE_CHECKING:
    from host_support import Hosted

#: Something at every turn, so that a random moment is often in the middle of it.
BUSY = """
@hookimpl
async def tool_call(event, ctx):
    await asyncio.sleep(0.01)

@hookimpl
def input(event, ctx):
    pass

@hookimpl
async def before_agent_start(event, ctx):
    await asyncio.sleep(0.01)

@hookimpl
async def context(event, ctx):
    await event.messages.load()

@hookimpl
def message_update(event, ctx):
    pass

@hookimpl
async def turn_end(event, ctx):
    await asyncio.sleep(0.01)

@tool
async def slow(n: int) -> str:
    '''Slow.'''
    await asyncio.sleep(0.02)
    return str(n)
"""

TURNS = 6


def _moment(seed: int) -> float:
    return random.Random(seed).uniform(0.0, 0.6)  # noqa: S311  # a repeatable moment, not a secret


def _script(hosted: Hosted) -> None:
    for number in range(TURNS):
        hosted.pi.model.add(Calls(Call("slow", n=number), Call("bash", command=f"echo {number}")))
    hosted.pi.model.add(Say("done"))


def _entries(hosted: Hosted) -> list[dict[str, object]]:
    (session,) = hosted.pi.home.sessions()
    return [json.loads(line) for line in session.read_text().splitlines()]


@pytest.mark.pi_versions("1.5.2")
@pytest.mark.parametrize("seed", range(6))
def test_pi_settles_and_the_host_comes_back_whenever_it_is_killed(hosted: Hosted, seed: int) -> None:
    hosted.add("busy", BUSY)
    _script(hosted)
    with hosted.rpc() as rpc:
        rpc.get_state()
        pid = host_pid(rpc)
        since = len(rpc.records)
        rpc.send("prompt", message="go")
        time.sleep(_moment(seed))
        os.kill(pid, signal.SIGKILL)
        rpc.wait_for("agent_settled", since=since)
        hosted.pi.model.add(Calls(Call("slow", n=99)), Say("done again"))
        eventually(lambda: host_pid(rpc) != pid)
        assert tool_output(rpc.prompt("again")) == ["99"]
    ids = [entry["id"] for entry in _entries(hosted)]
    assert len(ids) == len(set(ids))


@pytest.mark.pi_versions("1.5.2")
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_left_whenever_pi_is_killed(hosted: Hosted, seed: int) -> None:
    hosted.add("busy", BUSY)
    _script(hosted)
    with hosted.rpc() as rpc:
        rpc.get_state()
        pid = host_pid(rpc)
        rpc.send("prompt", message="go")
        time.sleep(_moment(seed))
        os.kill(rpc.process.popen.pid, signal.SIGKILL)
        eventually(lambda: not alive(pid), 1.0)
