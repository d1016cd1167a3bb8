"""Launchers and pis that are killed: never less is left than was there before, and the next run goes on from there."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest
from persistence_support import fill, small_disk

from pi_session_persistence import PersistenceError, Registry, examine, holder, is_locked
from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pathlib import Path

    from launcher_support import Caller

pytestmark = pytest.mark.pi_versions("1.5.2")


def pi_of(launcher: int) -> int:
    """Process id of the pi that a launcher has started."""
    with open(f"/proc/{launcher}/task/{launcher}/children", encoding="ascii") as children:  # noqa: PTH123  # as is
        return int(children.read().split()[0])


def test_a_pi_whose_launcher_was_killed_keeps_its_session(caller: Caller) -> None:
    caller.pi.model.add(Say("one", delay=1.5), Say("two"))
    launcher = caller.start("run", "task", "first", "--cwd", str(caller.pi.home.cwd))
    caller.wait_for_request(1)
    launcher.kill()
    launcher.communicate()
    assert is_locked(caller.file("task"))
    caller.run("task", "second")
    assert caller.pi.model.requests[1].texts("user") == ["first", "second"]
    assert caller.history("task") == ["first", "one", "second", "two"]


def test_a_killed_pi_leaves_what_it_had_written_and_the_next_run_goes_on(caller: Caller) -> None:
    caller.pi.model.add(Say("one"), Say("never", delay=60), Say("three"))
    caller.run("task", "first")
    before = caller.file("task").read_bytes()
    launcher = caller.start("run", "task", "second")
    caller.wait_for_request(2)
    os.kill(pi_of(launcher.pid), signal.SIGKILL)
    _, err = launcher.communicate(timeout=30)
    assert launcher.returncode == 1
    assert "exit code -9" in err
    assert "the prompt is in the session" in err
    assert caller.file("task").read_bytes().startswith(before)
    caller.run("task", "third")
    assert caller.pi.model.requests[2].texts("user") == ["first", "second", "third"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_pi_then_the_launcher_and_leaves_the_session_in_order(caller: Caller, number: int) -> None:
    caller.pi.model.add(Call("bash", command="sleep 60"), Say("two"))
    launcher = caller.start("run", "task", "first", "--cwd", str(caller.pi.home.cwd))
    caller.wait_for_request(1)
    until = time.monotonic() + 20
    while "toolCall" not in caller.file("task").read_text() and time.monotonic() < until:
        time.sleep(0.02)
    pi = pi_of(launcher.pid)
    launcher.send_signal(number)
    launcher.communicate(timeout=30)
    assert launcher.returncode in (-number, 128 + number, 1)
    with pytest.raises(ProcessLookupError):
        os.kill(pi, 0)
    assert not is_locked(caller.file("task"))
    assert holder(caller.file("task")) is None
    assert examine(caller.file("task")).damage == []
    caller.run("task", "second")
    assert caller.pi.model.requests[-1].texts("user") == ["first", "second"]


@pytest.mark.parametrize("after_s", [0.3, 0.6])
def test_whenever_everything_is_killed_nothing_of_before_is_lost(caller: Caller, after_s: float) -> None:
    caller.pi.model.add(Say("one"), *[Say("x", delay=0.1)] * 3)
    caller.run("task", "first")
    before = caller.file("task").read_bytes()
    launcher = caller.start("run", "task", "second")
    time.sleep(after_s)
    launcher.kill()
    launcher.communicate()
    result = caller.run("task", "third")
    assert result.pi_file.read_bytes().startswith(before)
    seen = caller.pi.model.requests[-1].texts("user")
    assert seen in (["first", "third"], ["first", "second", "third"])


def test_a_full_disk_is_an_error_and_nothing_is_lost(caller: Caller, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "128k") as disk:
        caller.registry = Registry(disk)
        caller.pi.model.add(Say("one"), Say("two" * 20_000), Say("three"))
        file = caller.run("task", "first").pi_file
        before = file.read_bytes()
        fill(disk / "filler")
        with pytest.raises((PersistenceError, OSError)):
            caller.run("task", "second")
        assert file.read_bytes().startswith(before)
        (disk / "filler").unlink()
        caller.run("task", "third")
        assert caller.pi.model.requests[-1].texts("user")[0] == "first"
