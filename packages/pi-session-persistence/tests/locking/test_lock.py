from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pi_session_persistence import BusyError, NotAFileError, holder, is_locked, lock

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from pi_session_persistence import lock
held = lock(Path(sys.argv[1]), what="a test")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "s.jsonl"


#: The same, with a child that inherits the lock.
HOLD_WITH_CHILD = """
import subprocess, sys
from pathlib import Path
from pi_session_persistence import lock
held = lock(Path(sys.argv[1]), what="a test")
child = subprocess.Popen(["sleep", "60"], pass_fds=(held.fileno,))
print(child.pid, flush=True)
sys.stdin.read()
"""


def start(script: str, file: Path) -> tuple[subprocess.Popen[bytes], bytes]:
    process = subprocess.Popen([sys.executable, "-c", script, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    return process, process.stdout.readline()


def test_one_at_a_time(file: Path) -> None:
    with lock(file, what="a test"):
        assert is_locked(file)
        with pytest.raises(BusyError, match=f"a test \\(process {os.getpid()} on "):
            lock(file, what="another")
    assert not is_locked(file)
    lock(file, what="another").release()


def test_nothing_is_left_behind_and_pis_file_is_not_touched(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"x")
    before = file.stat()
    with lock(file, what="a test"):
        assert sorted(path.name for path in tmp_path.iterdir()) == ["s.jsonl", "s.jsonl.lock"]
        assert (tmp_path / "s.jsonl.lock").stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]
    assert file.stat() == before


def test_those_who_share_keep_out_those_who_dont(file: Path) -> None:
    with lock(file, what="one", shared=True) as one, lock(file, what="two", shared=True):
        with pytest.raises(BusyError):
            lock(file, what="three")
        one.release()
        assert is_locked(file)
        with pytest.raises(BusyError):
            lock(file, what="three")
    lock(file, what="three").release()


def test_a_killed_holder_holds_nothing(file: Path) -> None:
    process, _ = start(HOLD, file)
    with pytest.raises(BusyError):
        lock(file, what="a test")
    process.kill()
    process.communicate()
    lock(file, what="a test").release()


def test_a_child_that_inherited_the_lock_keeps_it_when_its_parent_is_killed(file: Path) -> None:
    process, child = start(HOLD_WITH_CHILD, file)
    process.kill()
    process.wait()
    with pytest.raises(BusyError):
        lock(file, what="a test")
    os.kill(int(child), signal.SIGKILL)
    process.communicate()  # the child has the pipe too, so it ends with the child
    lock(file, what="a test", patience_s=5).release()


def test_a_link_to_the_file_is_the_same_file(file: Path, tmp_path: Path) -> None:
    file.touch()
    (tmp_path / "link.jsonl").symlink_to(file)
    with lock(tmp_path / "link.jsonl", what="a test"), pytest.raises(BusyError):
        lock(file, what="a test")


def test_the_holder_can_be_asked_who_it_is(file: Path) -> None:
    assert holder(file) is None
    with lock(file, what="a test") as held:
        held.tell(socket="/run/door")
        found = holder(file)
        assert found is not None
        assert (found.pid, found.what, found.socket) == (os.getpid(), "a test", "/run/door")


def test_words_that_nobody_understands_are_no_words(file: Path, tmp_path: Path) -> None:
    (tmp_path / "s.jsonl.lock").write_bytes(b"\xff not json")
    assert holder(file) is None
    lock(file, what="a test").release()


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_what_is_no_file_in_the_place_of_the_lock_is_refused(file: Path, tmp_path: Path, kind: str) -> None:
    place = tmp_path / "s.jsonl.lock"
    if kind == "link":
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.mkdir()
    with pytest.raises(NotAFileError):
        lock(file, what="a test")
    assert not (tmp_path / "elsewhere").exists()
