"""Damaged, newer, foreign, full and read-only databases."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from typing import TYPE_CHECKING

import pytest

from pi_autonomous_session_control.memory import (
    DamagedError,
    Draft,
    FullError,
    MemoryStore,
    NewerError,
    Origin,
    ReadOnlyError,
    Scope,
    Search,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Clock


def filled(path: Path, clock: Clock, number: int) -> list[str]:
    store = MemoryStore(path, clock=clock)
    scope = Scope("repository", "/repo")
    draft = "memory {0} about topic{0} and {1}"
    origin = Origin(session="s")
    names = [
        store.add(Draft(content=draft.format(i, "x" * 900), scope=scope, topics=("t",), origin=origin)).memory.id
        for i in range(number)
    ]
    store.close()
    return names


def overwrite(path: Path, page: int, pages: int = 1) -> None:
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\xa5" * 4096 * pages)


def test_a_database_whose_beginning_is_gone_is_put_aside_and_replaced_by_its_backup(
    tmp_path: Path, clock: Clock, repo: Scope
) -> None:
    path = tmp_path / "m.sqlite3"
    names = filled(path, clock, 5)
    first = MemoryStore(path, clock=clock)
    first.maintain()
    first.close()
    overwrite(path, 0)
    damaged = path.read_bytes()

    store = MemoryStore(path, clock=clock)

    assert [memory.id for memory in store.all()] == names
    recovery = store.database.recovery
    assert recovery is not None
    assert (recovery.rescued, recovery.from_backup, recovery.whole) == (0, 5, False)
    assert recovery.aside.read_bytes() == damaged
    assert str(recovery.aside) in str(store.notice)
    assert "may be lost" in str(store.notice)
    assert not store.add(Draft(content="and on it goes", scope=repo)).merged
    store.close()


def test_what_is_not_a_database_at_all_is_put_aside(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "m.sqlite3"
    path.write_text("this is a text, long enough to be taken for a header " * 20)

    store = MemoryStore(path, clock=clock)

    assert store.all() == []
    assert store.notice is not None
    store.close()


def test_readable_rows_of_a_torn_database_are_rescued(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "m.sqlite3"
    names = filled(path, clock, 60)
    store = MemoryStore(path, clock=clock)
    store.forget(names[:1])
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        query = "SELECT pageno FROM dbstat WHERE name = 'memory' AND pagetype = 'leaf' ORDER BY pageno"
        try:
            page = connection.execute(query).fetchall()[4][0] - 1
        except sqlite3.OperationalError:  # this SQLite was built without the table
            page = path.stat().st_size // 4096 // 2
    connection.close()
    overwrite(path, page)

    store = MemoryStore(path, clock=clock)

    recovery = store.database.recovery
    assert recovery is not None
    left = {memory.id for memory in store.all()}
    assert 50 <= len(left) <= 59
    assert left <= set(names[1:])
    assert recovery.whole is False
    hits = store.search(Search("memory", [Scope("repository", "/repo")], limit=100))
    assert {hit.memory.id for hit in hits} == left
    assert all(hit.memory.origins[0].session == "s" for hit in hits)
    store.close()


def test_damage_in_the_index_alone_loses_nothing(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "m.sqlite3"
    names = filled(path, clock, 5)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'memory_by_scope'").fetchone()[0]
    connection.close()
    overwrite(path, page - 1)

    store = MemoryStore(path, clock=clock)

    assert [memory.id for memory in store.all()] == names
    assert "nothing was lost" in str(store.notice)
    store.close()


def test_damage_that_shows_while_it_is_open_is_repaired_at_the_next_use(
    tmp_path: Path, clock: Clock, repo: Scope
) -> None:
    path = tmp_path / "m.sqlite3"
    filled(path, clock, 40)
    store = MemoryStore(path, clock=clock)
    store.close()  # the cache is empty and the log written back
    store.database._connection = store.database._connect()
    store.database._connection.execute("PRAGMA shrink_memory")  # checking it has read all of it
    overwrite(path, 1, pages=path.stat().st_size // 4096 - 1)

    with pytest.raises(DamagedError, match="repaired when it is next used"):
        store.add(Draft(content="one more", scope=repo))

    assert store.add(Draft(content="one more", scope=repo)).merged is False
    assert store.notice is not None
    store.close()


def test_another_process_goes_on_in_the_repaired_file(tmp_path: Path, clock: Clock, repo: Scope) -> None:
    path = tmp_path / "m.sqlite3"
    other = MemoryStore(path, clock=clock)
    other.add(Draft(content="before", scope=repo))
    store = MemoryStore(path, clock=clock)
    backup = tmp_path / "backup"
    store.back_up(backup)
    store.restore(backup)

    other.add(Draft(content="after", scope=repo))

    assert [memory.content for memory in store.all()] == ["before", "after"]
    store.close()
    other.close()


def test_a_backup_is_one_file_and_can_be_restored(store: MemoryStore, repo: Scope, tmp_path: Path) -> None:
    store.add(Draft(content="early", scope=repo))
    store.back_up(tmp_path / "backup")
    store.add(Draft(content="late", scope=repo))

    aside = store.restore(tmp_path / "backup")

    assert [memory.content for memory in store.all()] == ["early"]
    assert aside is not None
    assert aside.exists()
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "backup-wal").exists()


def test_what_is_no_backup_is_not_restored(store: MemoryStore, repo: Scope, tmp_path: Path) -> None:
    store.add(Draft(content="early", scope=repo))
    (tmp_path / "no").write_text("nothing of the kind")

    with pytest.raises(DamagedError, match="nothing was changed"):
        store.restore(tmp_path / "no")
    assert len(store.all()) == 1


def test_the_backup_is_written_once_a_day(store: MemoryStore, clock: Clock) -> None:
    backup = store.database.path.with_name("memory.sqlite3.backup")
    store.maintain()
    first = backup.stat().st_ino
    clock.turn(days=0.5)
    store.maintain()
    assert backup.stat().st_ino == first
    clock.turn(days=0.6)
    store.maintain()
    assert backup.stat().st_ino != first


def test_a_newer_database_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "m.sqlite3"
    filled(path, clock, 1)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()

    with pytest.raises(NewerError, match="version 2, this program knows up to 1: update"):
        MemoryStore(path, clock=clock)
    assert not list(tmp_path.glob("*damaged*"))


def test_another_programs_database_is_left_alone(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "m.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(UnavailableError, match="another program's database"):
        MemoryStore(path, clock=clock)
    assert path.read_bytes() == before


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run([mount, "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], check=False).returncode
    ):
        pytest.skip("no small disk can be mounted here")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)  # noqa: S607  # as mount


def test_a_full_disk_loses_nothing_that_was_acknowledged(tiny_disk: Path, clock: Clock, repo: Scope) -> None:
    store = MemoryStore(tiny_disk / "m.sqlite3", clock=clock)
    names: list[str] = []

    def fill() -> None:
        for number in range(2_000):
            draft = Draft(content=f"{number} " + "y" * 2_000, scope=repo)
            names.append(store.add(draft).memory.id)

    with pytest.raises(FullError, match="the disk is full: nothing was stored"):
        fill()

    assert names
    assert [memory.id for memory in store.all()] == names
    store.close()
    again = MemoryStore(tiny_disk / "m.sqlite3", clock=clock)
    assert [memory.id for memory in again.all()] == names
    assert again.notice is None
    again.close()


def test_a_full_disk_keeps_the_snapshot_valid(tiny_disk: Path, store: MemoryStore, repo: Scope) -> None:
    from pi_autonomous_session_control.memory import Snapshot  # noqa: PLC0415  # only here
    from pi_autonomous_session_control.memory._snapshot import read  # noqa: PLC0415  # as above

    snapshot = Snapshot(store, tiny_disk / "s.json", repo)
    store.add(Draft(content="small", scope=repo))
    assert snapshot.save().written
    for number in range(20):
        store.add(Draft(content=f"{number} " + "z" * 50_000, scope=repo))

    saved = snapshot.save()

    assert "No space left" in str(saved.message)
    assert [entry.content for entry in read(snapshot.path).entries] == ["small"]
    assert [file.name for file in tiny_disk.iterdir()] == ["s.json"]
    assert len(store.all()) == 21


def test_a_read_only_folder_can_be_read_and_says_so(tiny_disk: Path, clock: Clock, repo: Scope) -> None:
    path = tiny_disk / "m.sqlite3"
    filled(path, clock, 3)
    subprocess.run(["mount", "-o", "remount,ro", tiny_disk], check=True)  # noqa: S607  # as mount

    store = MemoryStore(path, clock=clock)

    assert len(store.all()) == 3
    assert len(store.recall(Search("memory", [repo]))) == 3
    assert "can be read but not written" in str(store.notice)
    with pytest.raises(ReadOnlyError, match="can't be written"):
        store.add(Draft(content="new", scope=repo))
    store.close()
    with pytest.raises(UnavailableError, match="can't be made: Read-only file system"):
        MemoryStore(tiny_disk / "none.sqlite3", clock=clock)
