from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from persistence_support import CHAT, HEADER, chat, joined, small_disk

from pi_session_persistence import BusyError, NotAFileError, examine, lock, repair_file
from pi_session_persistence.repair import plan

if TYPE_CHECKING:
    from pathlib import Path

TORN = b'{"type":"message","id":"x","parentId":"a3","mess'
BROKEN = joined([HEADER, *chat(1), b"garbage", *chat(3)[3:]]) + TORN


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A damaged file that nobody wrote to for long."""
    path = tmp_path / "s.jsonl"
    path.write_bytes(BROKEN)
    os.utime(path, (1, 1))
    return path


def test_the_original_and_what_was_taken_out_stay_beside_the_file(file: Path) -> None:
    done = repair_file(file)
    assert done.original is not None
    assert done.salvage is not None
    assert done.original.read_bytes() == BROKEN
    parts = [BROKEN[part.offset : part.offset + part.length] for part in done.salvaged]
    assert done.salvage.read_bytes() == b"".join(parts)
    assert b"garbage\n" in parts
    assert TORN in parts
    assert (done.left, examine(file).findings) == ([], [])


def test_all_files_are_private(file: Path, tmp_path: Path) -> None:
    file.chmod(0o644)
    repair_file(file)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_second_repair_finds_nothing_to_do(file: Path, tmp_path: Path) -> None:
    repair_file(file)
    before = sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.iterdir())
    done = repair_file(file, force=True)
    assert (done.actions, done.original) == ([], None)
    assert sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.iterdir()) == before


def test_a_missing_lf_is_appended_and_the_file_stays_the_same_one(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_bytes(CHAT[:-1])
    inode = file.stat().st_ino
    done = repair_file(file, force=True)
    assert [action.code for action in done.actions] == ["no-final-lf"]
    assert (done.original, file.read_bytes(), file.stat().st_ino) == (None, CHAT, inode)


def _written(file: Path) -> tuple[int, int, int]:
    """What changes when a file is written, and not when it is read."""
    status = file.stat()
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def test_a_whole_file_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_bytes(CHAT)
    before = _written(file)
    repair_file(file, force=True)
    assert _written(file) == before
    assert list(tmp_path.iterdir()) == [file]


def test_what_is_no_session_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "diary.txt"
    file.write_bytes(b"Dear diary\n")
    done = repair_file(file, force=True)
    assert [finding.code for finding in done.left] == ["garbage", "no-header"]
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_bytes() == b"Dear diary\n"


def test_a_file_in_use_is_not_touched(file: Path) -> None:
    with lock(file, what="a run"), pytest.raises(BusyError, match="a run"):
        repair_file(file, force=True)
    with lock(file, what="pi", shared=True), pytest.raises(BusyError, match="pi"):
        repair_file(file, force=True)
    assert file.read_bytes() == BROKEN


def test_a_file_that_was_written_to_just_now_is_not_touched_unless_forced(file: Path) -> None:
    os.utime(file)
    with pytest.raises(BusyError, match="written to"):
        repair_file(file)
    assert file.read_bytes() == BROKEN
    assert repair_file(file, force=True).actions


def test_a_file_that_changes_meanwhile_is_not_touched(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(data: bytes, *, cwd: str | None) -> object:
        file.write_bytes(BROKEN + b"more")
        return plan(data, cwd=cwd)

    monkeypatch.setattr("pi_session_persistence.repair._repair.plan", slow)
    with pytest.raises(BusyError, match="while it was being repaired"):
        repair_file(file)
    assert file.read_bytes() == BROKEN + b"more"
    assert not list(file.parent.glob("*.bak-*"))


def test_what_pi_appends_in_the_last_moment_is_carried_over(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pi_host.sessionfile import replace  # noqa: PLC0415  # stands for a pi that writes between check and rename

    def late(path: Path, parts: list[bytes]) -> None:
        if path == file:
            with file.open("ab") as old:
                old.write(b'{"late":1}\n')
        replace(path, parts)

    monkeypatch.setattr("pi_session_persistence.repair._repair.replace", late)
    repair_file(file)
    assert file.read_bytes().endswith(b'\n{"late":1}\n')


def test_a_link_stays_a_link_and_its_file_is_repaired(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "link.jsonl").symlink_to(file)
    assert repair_file(folder / "link.jsonl").file == file
    assert (folder / "link.jsonl").is_symlink()
    assert examine(file).damage == []
    assert [path.name for path in folder.iterdir()] == ["link.jsonl"]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAFileError):
        repair_file(tmp_path)
    with pytest.raises(FileNotFoundError):
        repair_file(tmp_path / "missing")


def test_where_there_are_no_links_the_original_is_copied(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    done = repair_file(file)
    assert done.original is not None
    assert done.original.read_bytes() == BROKEN


#: Repairs a file, and kills itself at the n-th thing that it asks of the system.
KILLED = """
import os, signal, sys
from pathlib import Path
from pi_session_persistence import repair_file
left = int(sys.argv[2])
def count(event, args):
    global left
    writes = event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR)
    if writes or event in {"os.rename", "os.link", "os.remove", "os.chmod", "os.truncate"}:
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
repair_file(Path(sys.argv[1]), force=True)
"""


def test_a_repair_that_is_killed_at_any_step_loses_nothing(file: Path, tmp_path: Path) -> None:
    whole = plan(BROKEN).content
    states = []
    for step in range(200):
        file.write_bytes(BROKEN)
        code = subprocess.run([sys.executable, "-c", KILLED, str(file), str(step)], check=False).returncode
        states.append(file.read_bytes())
        assert states[-1] in (BROKEN, whole)
        if states[-1] == whole:
            assert BROKEN in [path.read_bytes() for path in tmp_path.glob("*.bak-*")]
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert (states[0], states[-1]) == (BROKEN, whole)
    file.write_bytes(BROKEN)
    assert repair_file(file, force=True).left == []


def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "64k") as disk:
        file = disk / "s.jsonl"
        data = joined([HEADER, *chat(60)]) + b"x" * 20_000
        file.write_bytes(data)
        with pytest.raises(OSError, match="No space left"):
            repair_file(file, force=True)
        assert file.read_bytes() == data
        assert not list(disk.glob(".*.pi-draft"))


def test_time_is_not_wasted_on_a_large_file(tmp_path: Path) -> None:
    # Not a bench: it only tells work that grows with the square of the lines from work that doesn't.
    file = tmp_path / "s.jsonl"
    file.write_bytes(joined([HEADER, *(row for turn in chat(1500) for row in (turn, b"null", b"123"))]))
    began = time.monotonic()
    assert repair_file(file, force=True).left == []
    assert time.monotonic() - began < 10
