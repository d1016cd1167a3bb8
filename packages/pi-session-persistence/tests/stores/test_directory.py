from __future__ import annotations

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from persistence_support import small_disk
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


def test_leftovers_of_a_crash_are_not_listed_and_are_taken_away_when_they_are_old(folder: Path) -> None:
    store = DirectoryStore(folder)
    store.put("a/b", b"x", None)
    old, new, foreign = (folder / "a" / name for name in (f".{'0' * 16}.tmp", f".{'1' * 16}.tmp", ".mine.tmp"))
    for path in (old, new, foreign):
        path.write_bytes(b"half")
        os.utime(path, (0, 0) if path != new else None)
    assert [found.key for found in store.list("")] == ["a/b"]
    assert [path.exists() for path in (old, new, foreign)] == [False, True, True]


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    store = DirectoryStore(folder)
    store.put("a/b", b"x", None)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(b"secret")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "a" / "link").symlink_to(tmp_path / "outside" / "secret")
    (folder / "a" / "nowhere").symlink_to("nowhere")
    for key in ("link/secret", "link/new", "a/link", "a/nowhere"):
        for act in (lambda key=key: store.read(key), lambda key=key: store.put(key, b"y", None)):
            with pytest.raises(StoreError, match="links in a store are not followed"):
                act()
    with pytest.raises(StoreError, match="links in a store"):
        list(store.list("link/"))
    assert [found.key for found in store.list("")] == ["a/b"]
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["secret"]
    (folder / ".lock").unlink()
    (folder / ".lock").symlink_to(tmp_path / "outside" / "lock")
    with pytest.raises(StoreGoneError):
        store.put("c", b"y", None)
    assert not (tmp_path / "outside" / "lock").exists()


def test_a_store_may_itself_be_behind_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    DirectoryStore(tmp_path / "link").put("a/b", b"x", None)
    assert DirectoryStore(folder).read("a/b") == b"x"


def test_a_folder_that_everybody_may_enter_is_made_private(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir(mode=0o755)
    DirectoryStore.create(tmp_path / "store")
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700


def test_what_other_programs_leave_there_is_in_nobodys_way(folder: Path, tmp_path: Path) -> None:
    tale = Tale("s-1")
    tale.turn("hello", "hi")
    one, two = (Place("TASK", tmp_path / name / "task.jsonl") for name in ("one", "two"))
    tale.write(one.file)
    reconcile(DirectoryStore(folder), one, "push")
    (session,) = (folder / "sessions").iterdir()
    head = (session / "head.json").read_bytes()
    (segment, *_) = session.glob("*.zst")
    (session / "head (conflicted copy).json").write_bytes(head)
    (session / "head.json.partial").write_bytes(head[:100])
    (session / f"{segment.stem} (copy).zst").write_bytes(segment.read_bytes())
    (session / "desktop.ini").write_bytes(b"\xff\xfe[")
    (session / os.fsdecode(b"\xff.json")).write_bytes(head[:50])
    (session / "photos").mkdir()
    for place in (folder, session, session / "photos"):
        (place / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
        (place / "~$notes").write_bytes(b"")
    (folder / ".stversions" / "sessions").mkdir(parents=True)
    (folder / ".stversions" / "sessions" / "head.json").write_bytes(head)
    tale.turn("more", "yes")
    tale.write(one.file)
    assert reconcile(DirectoryStore(folder), one, "sync").action == "pushed"
    outcome = reconcile(DirectoryStore(folder), two, "sync")
    assert (outcome.action, outcome.forks, two.file.read_bytes()) == ("pulled", (), tale.data)
    manifests, failures = Vault(DirectoryStore(folder)).heads()
    assert ([manifest.id for manifest in manifests], failures) == (["TASK"], [])


def test_a_full_disk_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    tale = Tale("s-1")
    tale.tool(os.urandom(20_000).hex())
    one, two = (Place("TASK", tmp_path / name / "task.jsonl") for name in ("one", "two"))
    with small_disk(tmp_path / "disk", "128k") as disk:
        store = DirectoryStore.create(disk)
        tale.write(one.file)
        reconcile(store, one, "push")
        before = tale.data
        tale.tool(os.urandom(100_000).hex())
        tale.write(one.file)
        with pytest.raises(StoreGoneError, match="No space left"):
            reconcile(store, one, "push")
        assert one.file.read_bytes() == tale.data
        reconcile(store, two, "pull")
        assert two.file.read_bytes() == before


def test_a_full_disk_here_leaves_the_file_whole(tmp_path: Path) -> None:
    tale = Tale("s-1")
    tale.turn("hello", "hi")
    with small_disk(tmp_path / "disk", "128k") as disk:
        store = DirectoryStore.create(tmp_path / "store")
        one, two = Place("TASK", tmp_path / "one" / "task.jsonl"), Place("TASK", disk / "task.jsonl")
        for place in (one, two):
            tale.write(place.file)
        before = tale.data
        tale.tool(os.urandom(100_000).hex())
        tale.write(one.file)
        reconcile(store, one, "push")
        with pytest.raises(OSError, match="No space left"):
            reconcile(store, two, "sync")
        assert two.file.read_bytes() == before
        assert [path.name for path in disk.iterdir() if path.suffix == ".tmp"] == []


def test_a_folder_that_may_no_longer_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DirectoryStore(folder)
    store.put("a/b", b"x", None)
    real = os.open

    def refuse(path: str, *more: int, **named: int) -> int:
        if str(folder) in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *more, **named)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(StoreGoneError, match="Permission denied"):
        store.put("a/c", b"y", None)


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
    everything = b"".join(vault.content(manifest) for manifest in vault.heads()[0])
    assert [everything.count(f"said on {name}".encode()) for name in ("one", "two", "three")] == [1, 1, 1]


def test_many_sessions_go_there_at_once(folder: Path, tmp_path: Path) -> None:
    def one(number: int) -> str:
        tale = Tale(f"s-{number}")
        tale.turn(f"said in {number}", "yes")
        place = Place(f"TASK-{number}", tale.write(tmp_path / str(number) / "task.jsonl"))
        return reconcile(DirectoryStore(folder), place, "sync").action

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(one, range(20))) == {"pushed"}
    assert len(Vault(DirectoryStore(folder)).heads()[0]) == 20


def test_two_processes_of_one_machine_sync_at_once(folder: Path, tmp_path: Path) -> None:
    tale = Tale("s-1")
    tale.turn("hello", "hi")
    here, there = tale.write(tmp_path / "here.jsonl"), tale.write(tmp_path / "there.jsonl")
    reconcile(DirectoryStore(folder), Place("TASK", here), "push")
    tale.turn("more", "yes")
    tale.write(there)
    reconcile(DirectoryStore(folder), Place("TASK", there), "push")
    running = [worker(folder, here, "sync") for _ in range(3)]
    assert [process.communicate()[1] for process in running] == [b""] * 3
    assert (here.read_bytes(), stored(folder)) == (tale.data, tale.data)
    assert not list(tmp_path.glob("*-fork-*"))


def test_a_copied_store_is_the_same_store(folder: Path, tmp_path: Path) -> None:
    tale = Tale("s-1")
    file = tale.write(tmp_path / "one.jsonl")
    reconcile(DirectoryStore(folder), Place("TASK", file), "push")
    shutil.copytree(folder, tmp_path / "copy")
    assert stored(tmp_path / "copy") == tale.data
