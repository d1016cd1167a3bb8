"""Who lives, who stands still, who is dead: told by a lock and a counter, never by a process id or a wall clock."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from lane_memory import TurnedClock

from pi_lane.store import Liveness
from pi_lane.store._alive import Beat, Observer

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from pi_lane.store._alive import Beat
beat = Beat(Path(sys.argv[1]))
print("up", flush=True)
{then}
"""


def held(path: Path, then: str = "sys.stdin.read()") -> subprocess.Popen[str]:
    """Start a process that keeps a sign of life, and wait until it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(then=then), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.alive"


@pytest.fixture
def observer() -> Observer:
    return Observer(20.0, time.monotonic)


def test_l_x5_a_killed_process_is_dead_at_once(path: Path, observer: Observer) -> None:
    with held(path) as process:
        assert observer.judge(path) is Liveness.ALIVE
        process.kill()
        process.wait()
        assert observer.judge(path) is Liveness.DEAD
        assert path.exists()


def test_l_x8_a_process_id_that_another_process_has_now_means_nothing(path: Path, observer: Observer) -> None:
    with held(path) as process:
        process.kill()
        process.wait()
    # Whatever is written about it, and whoever has that process id now.
    path.write_bytes(os.getpid().to_bytes(8, "big"))
    assert observer.judge(path) is Liveness.DEAD


def test_a_stopped_process_is_alive_until_it_stood_still_long_enough(path: Path) -> None:
    clock = TurnedClock()
    observer = Observer(20.0, clock)
    with held(path) as process:
        process.send_signal(signal.SIGSTOP)
        found = []
        for _ in range(23):
            found.append(observer.judge(path))
            clock.now_s += 1.0
        assert found[:20] == [Liveness.ALIVE] * 20
        assert found[-1] is Liveness.PAUSED
        process.send_signal(signal.SIGCONT)
        process.kill()


def test_an_observer_that_was_stopped_itself_does_not_take_that_for_a_pause(path: Path) -> None:
    clock = TurnedClock()
    observer = Observer(20.0, clock)
    beat = Beat(path)
    assert observer.judge(path) is Liveness.ALIVE
    clock.now_s += 3600.0
    assert observer.judge(path) is Liveness.ALIVE
    beat.close()


def test_l_x7_wall_clocks_that_jump_change_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    observer = Observer(20.0, time.monotonic)
    beat = Beat(path)
    real = time.time()
    for jump in (86400.0, -86400.0, 0.0):
        monkeypatch.setattr(time, "time", lambda jump=jump: real + jump)
        os.utime(path, (real + jump, real + jump))
        assert observer.judge(path) is Liveness.ALIVE
    beat.close()
    assert observer.judge(path) is Liveness.DEAD


def test_a_counter_that_goes_on_is_life(path: Path) -> None:
    clock = TurnedClock()
    observer = Observer(20.0, clock)
    beat = Beat(path)
    for _ in range(100):
        assert observer.judge(path) is Liveness.ALIVE
        clock.now_s += 1.0
        beat.beat()
    assert path.read_bytes() == (100).to_bytes(8, "big")
    beat.close()


def test_l_x16_a_child_that_outlives_the_process_does_not_keep_it_alive(path: Path, observer: Observer) -> None:
    started = "import subprocess; print(subprocess.Popen(['sleep', '60'], close_fds=False).pid, flush=True)"
    with held(path, f"{started}; sys.stdin.read()") as process:
        assert process.stdout
        child = int(process.stdout.readline())
        process.kill()
        process.wait()
        try:
            os.kill(child, 0)
            assert observer.judge(path) is Liveness.DEAD
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_forked_child_does_not_keep_it_alive(path: Path, observer: Observer) -> None:
    forked = "import os\nif not os.fork(): print(os.getpid(), flush=True)\ntime.sleep(60)"
    with held(path, forked) as process:
        assert process.stdout
        child = int(process.stdout.readline())
        try:
            assert observer.judge(path) is Liveness.ALIVE
            process.kill()
            process.wait()
            assert observer.judge(path) is Liveness.DEAD
        finally:
            os.kill(child, signal.SIGKILL)


def test_a_file_that_was_removed_is_made_again_within_ten_beats(path: Path, observer: Observer) -> None:
    beat = Beat(path)
    path.unlink()
    assert observer.judge(path) is Liveness.DEAD
    for _ in range(10):
        beat.beat()
    assert observer.judge(path) is Liveness.ALIVE
    beat.close()
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"\x01", b"x" * 4096])
def test_a_broken_counter_is_a_counter_too(path: Path, content: bytes) -> None:
    clock = TurnedClock()
    observer = Observer(1.0, clock)
    beat = Beat(path)
    path.write_bytes(content)
    assert observer.judge(path) is Liveness.ALIVE
    for _ in range(12):
        clock.now_s += 0.1
        observer.judge(path)
    assert observer.judge(path) is Liveness.PAUSED
    beat.close()


def test_a_fifo_in_the_place_of_the_file_does_not_block(tmp_path: Path, observer: Observer) -> None:
    os.mkfifo(tmp_path / "b.alive")
    assert observer.judge(tmp_path / "b.alive") is Liveness.DEAD


def test_only_the_owner_may_read_it(path: Path) -> None:
    beat = Beat(path)
    assert path.stat().st_mode & 0o777 == 0o600
    beat.close()
