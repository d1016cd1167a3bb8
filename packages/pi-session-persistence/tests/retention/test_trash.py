"""The trash: sessions go there with all that is theirs, and come back as they were."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest
from retention_support import candidate, old_session

from pi_session_persistence import BusyError, Registry, lock
from pi_session_persistence.retention import RetentionError, Trash, Trashed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An old session with side files and an external id."""
    return old_session(tmp_path / "sessions" / "s.jsonl", external_id="TASK")


def put(file: Path) -> Trashed:
    return Trash().put(candidate(file), quiet_s=60)


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir() if path.is_file()}


def test_what_comes_back_is_as_it_was(file: Path) -> None:
    before, record = everything(file.parent), Registry().get("TASK")
    put(file)
    assert everything(file.parent) == {}
    assert Registry().get("TASK") is None
    assert Trash().restore(Trash().find("TASK")) == file
    assert everything(file.parent) == before
    after = Registry().get("TASK")
    assert after is not None
    assert record is not None
    assert (after.created, after.checkpoint, after.pi_session_id) == (
        record.created,
        record.checkpoint,
        record.pi_session_id,
    )
    assert Trash().entries() == []
    assert [path.name for path in file.parent.iterdir() if path.is_dir()] == []


def test_it_is_private_and_found_by_all_its_names(file: Path) -> None:
    one = put(file)
    assert one.folder.stat().st_mode & 0o077 == 0
    for name in (one.key, "TASK", "s-1", str(file)):
        assert Trash().find(name) == one
    with pytest.raises(RetentionError, match="nothing in the trash is called 'other'"):
        Trash().find("other")


def test_a_session_in_use_stays(file: Path) -> None:
    with lock(file, what="a test"), pytest.raises(BusyError):
        put(file)
    os.utime(file)
    with pytest.raises(BusyError, match="written to just now"):
        put(file)
    assert file.exists()
    assert Trash().entries() == []


def test_a_link_stays(file: Path) -> None:
    link = file.with_name("link.jsonl")
    link.symlink_to(file)
    with pytest.raises(RetentionError, match="no regular file"):
        put(link)
    assert link.is_symlink()


def test_no_file_is_overwritten_by_what_comes_back(file: Path) -> None:
    one = put(file)
    file.write_text("a new one")
    with pytest.raises(RetentionError, match="is there again"):
        Trash().restore(one)
    assert file.read_text() == "a new one"
    assert Trash().entries() == [one]


def test_an_id_that_stands_for_another_file_by_now_keeps_it(file: Path, tmp_path: Path) -> None:
    one = put(file)
    Registry().claim("TASK", file=tmp_path / "other.jsonl")
    with pytest.raises(RetentionError, match="pi-session forget TASK"):
        Trash().restore(one)
    assert one.file.exists()


def test_side_files_of_a_new_session_in_its_place_are_left_alone(file: Path) -> None:
    one = put(file)
    new = old_session(file)
    assert Trash().entries() == [one]
    assert len(everything(new.parent)) == 3
    assert len(Trash().find("TASK").names) == 4


def test_several_of_one_name_are_told_apart_by_their_keys(file: Path) -> None:
    keys = {put(file).key, put(old_session(file)).key}
    with pytest.raises(RetentionError, match="name one of") as caught:
        Trash().find("s-1")
    assert all(key in str(caught.value) for key in keys)


def test_what_is_deleted_is_gone(file: Path, home: Path) -> None:
    one = put(file)
    Trash().delete(one)
    assert list(file.parent.iterdir()) == []
    assert list((home / "trash").iterdir()) == []


def test_a_disk_that_is_away_keeps_its_links(file: Path, tmp_path: Path) -> None:
    one = put(file)
    file.parent.rename(tmp_path / "away")
    os.utime(Trash().folder / one.key, (1, 1), follow_symlinks=False)
    assert Trash().entries() == []
    (tmp_path / "away").rename(file.parent)
    assert Trash().entries() == [one]


def test_a_link_to_nothing_goes_when_nobody_can_be_about_to_fill_it(file: Path) -> None:
    one = put(file)
    link = Trash().folder / one.key
    shutil.rmtree(one.folder)
    one.folder.mkdir()
    os.utime(link, (time.time(), time.time()), follow_symlinks=False)
    assert Trash().entries() == []
    assert link.is_symlink()
    os.utime(link, (1, 1), follow_symlinks=False)
    assert Trash().entries() == []
    assert not link.is_symlink()


def test_a_session_without_a_manifest_is_not_thrown_away(file: Path) -> None:
    one = put(file)
    (one.folder / "manifest.json").unlink()
    os.utime(Trash().folder / one.key, (1, 1), follow_symlinks=False)
    with pytest.raises(RetentionError, match="has no manifest"):
        Trash().entries()
    assert one.file.exists()


def test_a_name_that_is_no_text_travels_too(tmp_path: Path) -> None:
    file = old_session(tmp_path / "sessions" / os.fsdecode(b"\xff\xfe.jsonl"))
    assert Trash().restore(put(file)) == file
    assert file.exists()
