from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import ptyprocess
import pytest
from pil_support import ago, owner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pil_support import Desk

COMMAND = (sys.executable, "-c", "from pi_lane.cli import main; main()", "watch")


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """In the background of a script an interrupt is ignored, and whatever is started inherits that."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def watching(desk: Desk, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    env = os.environ | {"PI_LANE_ROOT": str(desk.root), "PYTHONUNBUFFERED": "1"}
    command = [*COMMAND, "--session", str(desk.file), *words]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0) as process:
        try:
            yield process
        finally:
            process.kill()


def line(stream: IO[bytes] | None, within: float) -> bytes | None:
    assert stream is not None
    ready, _, _ = select.select([stream], [], [], within)
    return stream.readline() if ready else None


def test_as_json_each_change_is_a_line_and_a_beat_is_none(desk: Desk) -> None:
    known = desk.instance("one")
    desk.cursor("main", "e2", 1)
    with watching(desk, "--json") as process:
        first = json.loads(line(process.stdout, 20) or b"")
        assert (first["kind"], first["lanes"][0]["headEntryId"]) == ("pil.status", "e2")
        desk.put("instances/one.json", known | {"lastSeenAt": ago(0)})
        assert line(process.stdout, 2.5) is None
        desk.cursor("main", "e4", 2)
        second = json.loads(line(process.stdout, 20) or b"")
        assert second["lanes"][0]["headEntryId"] == "e4"
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_reader_that_goes_away_ends_it(desk: Desk) -> None:
    with watching(desk, "--json") as process:
        assert line(process.stdout, 20)
        assert process.stdout is not None
        process.stdout.close()
        desk.cursor("main", "e4")
        assert process.wait(10) == 1


def test_in_a_pipe_each_change_is_shown(desk: Desk) -> None:
    desk.cursor("main", "e2")
    with watching(desk) as process:
        deadline = time.monotonic() + 20
        seen = b""
        while b"e2" not in seen and time.monotonic() < deadline:
            seen += line(process.stdout, 5) or b""
        desk.cursor("main", "e4")
        while b"e4" not in seen and time.monotonic() < deadline:
            seen += line(process.stdout, 5) or b""
        assert b"e4" in seen


def test_on_a_terminal_the_screen_is_redrawn(desk: Desk) -> None:
    desk.open("one")
    desk.lane("main", head="e2")
    env = os.environ | {"PI_LANE_ROOT": str(desk.root), "TERM": "xterm-256color"}
    terminal = ptyprocess.PtyProcess.spawn([*COMMAND, "--session", str(desk.file)], env=env, dimensions=(40, 120))
    try:
        seen = read_until(terminal, rb"free")
        desk.lane("main", owner=owner("one"))
        seen += read_until(terminal, rb"run for \d+ s")
        terminal.sendintr()
        seen += read_until(terminal, rb"\x1b\[\?25h")  # the cursor is back
        assert terminal.wait() == 0
        assert b"Traceback" not in seen
    finally:
        terminal.close(force=True)


def read_until(terminal: ptyprocess.PtyProcess, pattern: bytes) -> bytes:
    deadline = time.monotonic() + 20
    seen = b""
    while not re.search(pattern, seen):
        assert time.monotonic() < deadline, seen
        if select.select([terminal.fd], [], [], 1)[0]:
            seen += terminal.read(65536)
    return seen


def test_it_costs_little(desk: Desk) -> None:
    for number in range(10):
        desk.instance(f"i{number}")
    desk.cursor("main", "e2")
    with watching(desk, "--json") as process:
        assert line(process.stdout, 20)
        before = cpu_seconds(process.pid)
        time.sleep(3)
        assert cpu_seconds(process.pid) - before < 0.2


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
