"""A catalogue that is damaged, killed, shared, or on a disk that fails."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from catalogue_support import many, stems
from session_stage import Tale

from pi_session_persistence.catalogue import Catalogue, CatalogueError, DamagedCatalogueError, Places
from pi_session_persistence.catalogue import _indexing as indexing

if TYPE_CHECKING:
    from pathlib import Path

INDEXER = """
import sys
from pathlib import Path
from pi_session_persistence.catalogue import Catalogue, Places
with Catalogue(Path(sys.argv[1])) as catalogue:
    catalogue.refresh(Places((Path(sys.argv[2]),)))
"""


def indexer(file: Path, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", INDEXER, str(file), str(folder)], stderr=subprocess.PIPE)


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"", b"SQLite format 3\0" + b"\1" * 4000])
def test_a_catalogue_that_is_none_is_made_anew(tmp_path: Path, folder: Path, content: bytes) -> None:
    Tale("one").write(folder / "one.jsonl")
    file = tmp_path / "c.sqlite3"
    file.write_bytes(content)
    with Catalogue(file) as catalogue:
        catalogue.refresh(Places((folder,)))
        assert stems(catalogue) == ["one"]


def test_a_catalogue_of_another_version_is_made_anew(tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "c.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    Tale("one").write(folder / "one.jsonl")
    with Catalogue(file) as catalogue:
        catalogue.refresh(Places((folder,)))
        assert stems(catalogue) == ["one"]


def test_a_catalogue_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CatalogueError, match="PI_SESSION_CACHE names another folder"):
        Catalogue(tmp_path / "file" / "c.sqlite3")


def test_several_processes_index_at_once(tmp_path: Path, folder: Path) -> None:
    many(folder, 300)
    file = tmp_path / "c.sqlite3"
    running = [indexer(file, folder) for _ in range(3)]
    assert [process.communicate()[1] for process in running] == [b""] * 3
    with Catalogue(file) as catalogue:
        assert len(catalogue.sessions()) == 300
        assert catalogue.search("pears").total == 300


def test_killed_while_indexing_it_goes_on_where_it_was(tmp_path: Path, folder: Path) -> None:
    many(folder, 600)
    file = tmp_path / "c.sqlite3"
    for delay in (0.15, 0.3, 0.5):
        process = indexer(file, folder)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with Catalogue(file) as catalogue:
        before = len(catalogue.sessions())
        assert catalogue.refresh(Places((folder,))).indexed == 600 - before
        assert catalogue.search("pears").total == 600


def test_a_file_that_breaks_off_while_it_is_read_leaves_nothing_behind(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tale = Tale("s-1")
    tale.user("pear")
    file = tale.write(folder / "s.jsonl")

    def refused(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(indexing, "ends", refused)
        assert catalogue.refresh(Places((folder,))).unread == [file]
    assert (catalogue.sessions(), catalogue.search("pear").total) == ([], 0)
    assert catalogue.refresh(Places((folder,))).indexed == 1


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_wrong_with_the_catalogue_it_is_made_anew(tmp_path: Path, folder: Path, seed: int) -> None:
    many(folder, 40)
    file = tmp_path / "c.sqlite3"
    with Catalogue(file) as catalogue:
        catalogue.refresh(Places((folder,)))
    chance = random.Random(seed)  # noqa: S311  # no secret
    data = bytearray(file.read_bytes())
    for _ in range(chance.choice([1, 5, 50])):
        place, length = chance.randrange(len(data)), chance.choice([1, 100, 5000])
        data[place : place + length] = chance.randbytes(len(data[place : place + length]))
    file.write_bytes(data)
    Tale("new").write(folder / "new.jsonl")
    assert used(file, folder) or used(file, folder)


def used(file: Path, folder: Path) -> bool:
    """Use a catalogue in every way; tell whether it could be used."""
    try:
        with Catalogue(file) as catalogue:
            catalogue.refresh(Places((folder,)))
            catalogue.search("pears")
            catalogue.said(0)
            catalogue.sums()
            return bool(catalogue.sessions())
    except DamagedCatalogueError:
        return False


def test_an_error_of_the_disk_does_not_remove_the_catalogue(three: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def refused(*_: object) -> None:
        raise full

    monkeypatch.setattr("pi_session_persistence.catalogue._catalogue.search", refused)
    with pytest.raises(CatalogueError, match="see that it can be written and the disk is not full"):
        three.search("pear")
    assert three.file.exists()
    assert len(three.sessions()) == 3


def test_a_catalogue_that_may_only_be_read_is_told(three: Catalogue, folder: Path) -> None:
    three._database.execute("PRAGMA query_only = 1")
    Tale("four").write(folder / "four.jsonl")
    with pytest.raises(CatalogueError, match="readonly database; see that it can be written"):
        three.refresh(Places((folder,)))
    assert len(three.sessions()) == 3
