"""What is on the disk, with git and without."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pi_autonomous_session_control.mirror._worktree import WorkTree, glance

if TYPE_CHECKING:
    from pathlib import Path


_GIT = shutil.which("git") or "git"


@pytest.fixture(params=["git", "folder"])
def work(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    (folder / "dirty.txt").write_text("clean")
    if request.param == "git":
        run(folder, "init", "-q")
        run(folder, "add", ".")
        run(folder, "commit", "-qm", "one")
    (folder / "dirty.txt").write_text("dirty at the beginning")
    return folder


def run(folder: Path, *args: str) -> None:
    identity = ["-c", "user.email=a@b.c", "-c", "user.name=n"]
    subprocess.run([_GIT, *identity, *args], cwd=folder, check=True, capture_output=True)


def begun(work: Path, kept: bytes | None = None) -> WorkTree:
    tree = WorkTree(work)
    tree.begin(kept)
    return tree


def seen(tree: WorkTree, work: Path) -> dict[str, str]:
    return {os.path.relpath(found.path, work): found.op for found in tree.look()}


def test_what_is_there_at_the_beginning_is_no_change(work: Path) -> None:
    assert seen(begun(work), work) == {}


def test_files_that_come_change_and_go_are_told_once(work: Path) -> None:
    tree = begun(work)
    (work / "new.txt").write_text("new")
    (work / "dirty.txt").write_text("dirtier")
    (work / "old.txt").unlink()
    assert seen(tree, work) == {"new.txt": "create", "dirty.txt": "modify", "old.txt": "delete"}
    assert seen(tree, work) == {}
    (work / "old.txt").write_text("another")
    (work / "new.txt").unlink()
    assert seen(tree, work) == {"old.txt": "create", "new.txt": "delete"}


def test_a_file_that_is_put_back_is_told(work: Path) -> None:
    tree = begun(work)
    (work / "old.txt").write_text("changed")
    assert seen(tree, work) == {"old.txt": "modify"}
    (work / "old.txt").write_text("old")
    assert seen(tree, work) == {"old.txt": "modify"}


def test_what_a_tool_named_is_not_told_again(work: Path) -> None:
    tree = begun(work)
    path = str(work / "new.txt")
    (work / "new.txt").write_text("new")
    found = tree.look_at(path, glance(path))
    assert found is not None
    assert (found.op, seen(tree, work)) == ("create", {})


def test_another_process_goes_on_from_what_was_kept(work: Path) -> None:
    tree = begun(work)
    (work / "new.txt").write_text("new")
    tree.look()
    kept = tree.keep()
    (work / "new.txt").write_text("newer, while nobody looked")
    assert seen(begun(work, kept), work) == {"new.txt": "modify"}


@pytest.mark.parametrize("work", ["git"], indirect=True)
def test_a_commit_is_no_change_of_a_file(work: Path) -> None:
    tree = begun(work)
    (work / "new.txt").write_text("new")
    assert seen(tree, work) == {"new.txt": "create"}
    run(work, "add", ".")
    run(work, "commit", "-qm", "two")
    assert seen(tree, work) == {}


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    run(tmp_path, "init", "-q")
    (tmp_path / "a.txt").write_text("a")
    tree = begun(tmp_path)
    (tmp_path / "b ü\n.txt").write_text("b")
    assert seen(tree, tmp_path) == {"b ü\n.txt": "create"}


def test_pipes_and_broken_links_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    tree = begun(tmp_path)
    (tmp_path / "a.txt").write_text("a")
    assert seen(tree, tmp_path) == {"a.txt": "create"}
