"""How the process of ``python -m pi_host`` ends: with pi, with everything that plugins started, and in order."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from process_support import AT_ONCE, PATIENCE, TOOL_CALL, Host, plugin

from pi_host._wire import PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Host(tmp_path) as host:
        yield host


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def dies(pid: int) -> bool:
    until = time.monotonic() + PATIENCE
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_alive(pid)


def test_it_says_whose_import_it_begins(host: Host, tmp_path: Path) -> None:
    plugin(tmp_path, "", "first")
    plugin(tmp_path, "", "second")
    params = {"protocol": PROTOCOL, "piVersion": "1.5.2", "agentDir": str(host.agent_dir), "autoload": False}
    host.send(m="hello", p=params)
    assert [host.receive("loading")["p"]["plugin"] for _ in range(2)] == ["first", "second"]


def test_it_ends_with_pi(host: Host) -> None:
    host.hello()

    assert host.hang_up() < AT_ONCE


def test_it_ends_with_pi_before_the_greeting_too(host: Host) -> None:
    host.send(m="ping")

    assert host.hang_up() < AT_ONCE


BLOCKERS = {
    "a hook that sleeps": """
        @hookimpl
        def tool_call(ctx):
            ctx.ui.notify("begun")
            time.sleep(600)
    """,
    "a hook that computes": """
        @hookimpl
        def tool_call(ctx):
            ctx.ui.notify("begun")
            while True: pass
    """,
    "an async hook that never ends": """
        @hookimpl
        async def tool_call(ctx):
            ctx.ui.notify("begun")
            while True:
                try:
                    await asyncio.sleep(600)
                except asyncio.CancelledError:
                    pass
    """,
    "a thread that is no daemon": """
        @hookimpl
        def tool_call(ctx):
            threading.Thread(target=time.sleep, args=(600,)).start()
            ctx.ui.notify("begun")
    """,
    "a thread of the executor": """
        @hookimpl
        async def tool_call(ctx):
            ctx.ui.notify("begun")
            await asyncio.to_thread(time.sleep, 600)
    """,
    "an exit function that hangs": """
        @hookimpl
        def tool_call(ctx):
            atexit.register(time.sleep, 600)
            ctx.ui.notify("begun")
    """,
}


@pytest.mark.parametrize("blocker", BLOCKERS)
def test_it_ends_with_pi_whatever_a_plugin_does(blocker: str, tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, BLOCKERS[blocker])
    host.hello()
    host.send(id=1, m="event", n="tool_call", p=TOOL_CALL)
    host.receive("ui.notify")

    assert host.hang_up() < AT_ONCE


def test_it_ends_with_pi_while_a_plugin_is_being_imported(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, "print('importing', flush=True)\ntime.sleep(600)\n")
    host.send(
        m="hello",
        p={"protocol": PROTOCOL, "piVersion": "1.5.2", "agentDir": str(tmp_path / "agent"), "autoload": False},
    )
    until = time.monotonic() + PATIENCE
    while "importing" not in host.logged() and time.monotonic() < until:
        time.sleep(0.01)

    assert host.hang_up() < AT_ONCE


STARTS_CHILDREN = """
    @hookimpl
    def tool_call():
        child = subprocess.Popen(["sleep", "600"])
        shell = subprocess.Popen(["sh", "-c", "trap '' TERM HUP; sleep 600 & wait"])
        return Block(f"{child.pid} {shell.pid}")
"""


def test_children_of_plugins_die_with_it(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, STARTS_CHILDREN)
    host.hello()
    pids = [int(pid) for pid in host.event("tool_call", TOOL_CALL)["r"]["a"]["reason"].split()]
    assert all(map(is_alive, pids))
    host.hang_up()

    assert all(map(dies, pids))


def test_where_it_does_not_lead_its_group_it_ends_alone(tmp_path: Path) -> None:
    plugin(tmp_path, STARTS_CHILDREN)
    with Host(tmp_path, leads=False) as host:
        host.hello()
        pids = [int(pid) for pid in host.event("tool_call", TOOL_CALL)["r"]["a"]["reason"].split()]
        try:
            assert host.hang_up() < AT_ONCE
            assert host.process.returncode == 0
            assert is_alive(pids[0])
        finally:
            for pid in [*pids, *children_of(pids[1])]:
                os.kill(pid, signal.SIGKILL)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("farewell", ["bye", "hang up"])
def test_exit_functions_of_plugins_run(farewell: str, tmp_path: Path, host: Host) -> None:
    mark = tmp_path / "mark"
    plugin(
        tmp_path,
        f"""
        from pathlib import Path
        atexit.register(Path({str(mark)!r}).write_text, "exited")

        @hookimpl
        async def tool_call():
            try:
                await asyncio.sleep(600)
            finally:
                print("cleaned up", flush=True)
        """,
    )
    host.hello()
    host.send(id=1, m="event", n="tool_call", p=TOOL_CALL)
    host.send(m="ping")
    host.receive("pong")
    if farewell == "bye":
        host.send(m="bye")
        host.process.wait(timeout=PATIENCE)
    else:
        host.hang_up()

    assert mark.read_text() == "exited"
    assert "cleaned up" in host.logged()


def test_a_farewell_ends_it_at_once(host: Host) -> None:
    host.hello()
    started = time.monotonic()
    host.send(m="bye")
    host.process.wait(timeout=PATIENCE)

    assert time.monotonic() - started < AT_ONCE


@pytest.mark.parametrize("blocked", [False, True])
def test_a_termination_signal_ends_it_at_once_even_when_a_plugin_blocks(
    tmp_path: Path, host: Host, *, blocked: bool
) -> None:
    plugin(tmp_path, BLOCKERS["a hook that sleeps"])
    host.hello()
    if blocked:
        host.send(id=1, m="event", n="tool_call", p=TOOL_CALL)
        host.receive("ui.notify")
    started = time.monotonic()
    host.process.terminate()
    host.process.wait(timeout=PATIENCE)

    assert time.monotonic() - started < AT_ONCE


def test_a_frame_cut_off_in_the_middle_is_logged(host: Host) -> None:
    host.hello()
    host.send_bytes(b'{"m":"pi')
    host.hang_up()

    assert "the link ended within a frame; its 8 bytes are dropped" in host.logged()
