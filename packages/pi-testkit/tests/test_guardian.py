from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pi_testkit._guardian import MARK, kill_marked, marked
from pi_testkit._tree import new_mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit import Pi

# Like a worker of pytest: starts pi with an extension whose children leave its session, then hangs in a test.
WORKER = """
import sys, time
from pi_testkit import PiHome, RpcPi, provision
pi = RpcPi(provision(sys.argv[1]), PiHome(sys.argv[2]), extensions=[sys.argv[3]])
pi.get_state()
print(pi.process.mark, flush=True)
time.sleep(600)
"""

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def eventually(condition: Callable[[], bool], timeout: float = 10.0) -> bool:
    deadline = time.monotonic() + timeout
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def names(mark: str) -> set[str]:
    return {" ".join(command) for command in marked(mark).values()}


def test_a_sigkilled_test_process_leaves_no_process(pi: Pi, extensions: Path, tmp_path: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, pi.version, str(tmp_path / "home"), str(extensions / "strays.js")],
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker:
        assert worker.stdout is not None
        mark = worker.stdout.readline().strip()
        assert eventually(lambda: {"pi", "sleep 601"} <= names(mark))
        worker.send_signal(signal.SIGKILL)
    assert eventually(lambda: not marked(mark))


def test_an_exit_without_closing_leaves_no_process(pi: Pi, extensions: Path, tmp_path: Path) -> None:
    script = WORKER.replace("time.sleep(600)", "")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, pi.version, str(tmp_path), str(extensions / "strays.js")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert marked(done.stdout.strip()) == {}


def test_closing_kills_what_left_pis_session(pi: Pi, extensions: Path) -> None:
    rpc = pi.rpc(extensions=[extensions / "strays.js"])
    rpc.get_state()
    assert eventually(lambda: "sleep 601" in names(rpc.process.mark))
    assert rpc.close() == 0
    assert marked(rpc.process.mark) == {}


def test_killing_reaches_children_that_dropped_the_mark(pi: Pi, extensions: Path) -> None:
    rpc = pi.rpc(extensions=[extensions / "scrubbed.js"])
    rpc.get_state()
    assert eventually(lambda: "/bin/sleep 602" in names(rpc.process.mark))
    stray = next(pid for pid, command in marked(rpc.process.mark).items() if command == ["/bin/sleep", "602"])
    rpc.kill()
    assert eventually(lambda: not Path(f"/proc/{stray}").exists())


def test_a_tree_does_not_reach_another() -> None:
    marks = [new_mark(), new_mark()]
    sleepers = [subprocess.Popen(SLEEPER, env=os.environ | {MARK: mark}) for mark in marks]
    try:
        assert eventually(lambda: all(marked(mark) for mark in marks))
        kill_marked(marks[0])
        assert sleepers[0].wait(5) == -signal.SIGKILL
        assert sleepers[1].poll() is None
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()


def test_a_mark_does_not_match_a_longer_one() -> None:
    mark = new_mark()
    with subprocess.Popen(SLEEPER, env=os.environ | {MARK: f"{mark}0"}) as sleeper:
        try:
            assert eventually(lambda: bool(marked(f"{mark}0")))
            assert marked(mark) == {}
        finally:
            sleeper.kill()
