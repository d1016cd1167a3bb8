from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_session_persistence.stores import DirectoryStore, Place, StoreError, StoreGoneError, Vault, reconcile

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    DirectoryStore.create(tmp_path / "store")
    return tmp_path / "store"


def test_an_empty_mount_point_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "mnt").mkdir()
    for place in (tmp_path / "mnt", tmp_path / "nowhere"):
        with pytest.raises(StoreGoneError, match="is the drive mounted"):
            DirectoryStore(place)
    assert list((tmp_path / "mnt").iterdir()) == []


def test_a_directory_with_other_things_in_it_is_made_no_store(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(StoreError, match="other things in it"):
        DirectoryStore.create(tmp_path)


def test_a_drive_that_goes_away_is_told(folder: Path) -> None:
    store = DirectoryStore(folder)
    store.put("a/b", b"x", None)
    folder.rename(folder.with_name("elsewhere"))
    for act in (lambda: store.read("a/b"), lambda: store.put("c", b"y", None), lambda: list(store.list(""))):
        with pytest.raises(StoreGoneError):
            act()
    folder.with_name("elsewhere").rename(folder)
    assert store.read("a/b") == b"x"


def test_it_is_its_owners_only(folder: Path) -> None:
    DirectoryStore(folder).put("a/b/c", b"x", None)
    modes = {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (modes["a"], modes["a/b"], modes["a/b/c"]) == (0o700, 0o700, 0o600)


@pytest.mark.parametrize("key", ["", "/", "a//b", "../x", "a/../b", ".lock", "a/.hidden", "/etc/passwd", "a\0b"])
def test_a_key_leads_nowhere_else(folder: Path, key: str) -> None:
    store = DirectoryStore(folder)
    for act in (lambda: store.put(key, b"x", None), lambda: store.read(key), lambda: store.delete(key)):
        with pytest.raises(StoreError, match="is no key"):
            act()


def test_leftovers_of_a_crash_are_not_listed(folder: Path) -> None:
    store = DirectoryStore(folder)
    store.put("a/b", b"x", None)
    (folder / "a" / ".1234.tmp").write_bytes(b"half")
    assert [found.key for found in store.list("")] == ["a/b"]


def test_a_folder_that_cannot_be_written_to_is_told(folder: Path) -> None:
    store = DirectoryStore(folder)
    (folder / "a").write_bytes(b"a file where a folder should be")
    with pytest.raises(StoreGoneError, match="nothing is lost"):
        store.put("a/b", b"x", None)


def test_a_full_disk_is_told_and_leaves_nothing_behind(folder: Path) -> None:
    store = DirectoryStore(folder)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(StoreGoneError):
            store.put("a", b"x" * 5000, None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in folder.iterdir() if path.name.endswith(".tmp")] == []
    assert store.stat("a") is None


PUSHER = """
import sys
from pathlib import Path
from pi_session_persistence.stores import DirectoryStore, Place, reconcile
reconcile(DirectoryStore(Path(sys.argv[1])), Place("TASK", Path(sys.argv[2])), sys.argv[3])
"""


def worker(folder: Path, file: Path, way: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", PUSHER, str(folder), str(file), way], stderr=subprocess.PIPE)


def stored(folder: Path) -> bytes:
    vault = Vault(DirectoryStore(folder))
    head = vault.head("TASK")
    return vault.content(head.manifest) if head is not None else b""


def test_killed_while_pushing_and_pulling_there_is_never_less(folder: Path, tmp_path: Path) -> None:
    tale = Tale("s-1")
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    # Most of a process's time goes into starting: this finds out when the work begins.
    tale.tool(os.urandom(200_000).hex())
    tale.write(one)
    began = time.monotonic()
    assert worker(folder, one, "push").communicate()[1] == b""
    whole = time.monotonic() - began
    for number in range(8):
        before, here = stored(folder), one.read_bytes()
        tale.tool(os.urandom(300_000).hex())
        tale.write(one)
        for way, file in (("push", one), ("pull", two)):
            process = worker(folder, file, way)
            time.sleep(whole * (0.6 + 0.06 * number))
            process.send_signal(signal.SIGKILL)
            process.communicate()
        now = stored(folder)
        assert tale.data.startswith(now)
        assert now.startswith(before)
        assert one.read_bytes().startswith(here)
        assert not two.exists() or tale.data.startswith(two.read_bytes())
    reconcile(DirectoryStore(folder), Place("TASK", one), "push")
    reconcile(DirectoryStore(folder), Place("TASK", two), "pull")
    assert two.read_bytes() == tale.data


def test_two_processes_push_at_once(folder: Path, tmp_path: Path) -> None:
    """One of them is first; the other one's session becomes a fork. Nothing is lost."""
    files = []
    for name in ("one", "two", "three"):
        tale = Tale("s-1", prefix=name)
        tale.turn(f"said on {name}", "yes")
        files.append(tale.write(tmp_path / name / "task.jsonl"))
    running = [worker(folder, file, "sync") for file in files]
    assert [process.communicate()[1] for process in running] == [b""] * 3
    vault = Vault(DirectoryStore(folder))
    everything = b"".join(vault.content(manifest) for manifest in vault.heads())
    assert [everything.count(f"said on {name}".encode()) for name in ("one", "two", "three")] == [1, 1, 1]


def test_a_copied_store_is_the_same_store(folder: Path, tmp_path: Path) -> None:
    tale = Tale("s-1")
    file = tale.write(tmp_path / "one.jsonl")
    reconcile(DirectoryStore(folder), Place("TASK", file), "push")
    shutil.copytree(folder, tmp_path / "copy")
    assert stored(tmp_path / "copy") == tale.data
