from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from reading_support import call, called

from pi_host.sessionfile import Session, read_header
from pi_session_persistence import Registry, lock
from pi_session_persistence.registry import is_beginning

if TYPE_CHECKING:
    from pathlib import Path


def test_a_fork_under_a_new_id_has_all_branches_and_names_its_parent(file: Path, tmp_path: Path) -> None:
    ids = Registry(tmp_path / "ids")
    ids.claim("task", file=file)
    before = file.read_bytes()
    done = call("fork", "task", "task-b")
    record = ids.get("task-b")
    assert record is not None
    assert done.out == f"{record.pi_file}\n"
    assert record.parent == "task"
    assert record.checkpoint is not None
    assert is_beginning(record.pi_file, record.checkpoint)
    header = read_header(record.pi_file)
    assert header is not None
    assert (header.parent_session, header.cwd) == (str(file), str(tmp_path))
    assert header.fields["externalId"] == "task-b"
    assert len(Session.read(record.pi_file).entries) == 11
    assert stat.S_IMODE(record.pi_file.stat().st_mode) == 0o600
    assert file.read_bytes() == before


def test_a_fork_may_begin_at_an_entry_go_to_a_file_and_run_elsewhere(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "else"
    folder.mkdir()
    target = tmp_path / "fork.jsonl"
    data = called("fork", file, "--out", target, "--entry", "good point", "--cwd", folder)
    assert data == {
        "file": str(target),
        "external_id": None,
        "session_id": data["session_id"],
        "parent": str(file),
        "cwd": str(folder),
        "leaf": "e5",  # the label that the entry has
        "entries": 5,
    }
    assert Registry(tmp_path / "ids").records() == []


def test_a_session_in_use_can_be_forked(file: Path, tmp_path: Path) -> None:
    with lock(file, what="somebody"):
        assert call("fork", file, "--out", tmp_path / "fork.jsonl").code == 0


def test_nothing_that_is_there_is_overwritten(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "there.jsonl"
    target.write_text("mine")
    assert "is there already" in call("fork", file, "--out", target).err
    assert target.read_text() == "mine"
    assert call("fork", file, "new").code == 0
    assert "'new' has a session already" in call("fork", file, "new").err


def test_one_name_for_the_new_session_is_needed(file: Path, tmp_path: Path) -> None:
    assert call("fork", file).code == 2
    assert call("fork", file, "new", "--out", tmp_path / "x.jsonl").code == 2


@pytest.mark.parametrize("words", [(), ("--cwd", "/nowhere/at/all")])
def test_a_folder_that_is_gone_is_told_before_anything_is_made(
    file: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    file.write_bytes(file.read_bytes().replace(f'"cwd": "{tmp_path}"'.encode(), b'"cwd": "/nowhere/at/all"'))
    assert "'/nowhere/at/all' is no folder" in call("fork", file, "new", *words).err
    assert Registry(tmp_path / "ids").records() == []


def test_a_fork_that_fails_leaves_no_id_behind(file: Path, tmp_path: Path) -> None:
    file.write_bytes(file.read_bytes().partition(b"\n")[2].replace(b'"type"', b'"kind"'))
    assert call("fork", file, "new").code == 1
    assert Registry(tmp_path / "ids").records() == []
