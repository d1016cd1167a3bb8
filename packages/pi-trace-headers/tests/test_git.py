from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pi_trace_headers._git import commit_of

if TYPE_CHECKING:
    from pathlib import Path


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main")
    command = [shutil.which("git") or "git", *identity, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init")
    git(root, "commit", "--allow-empty", "-m", "one")
    return root


def test_the_commit_of_a_branch(repository: Path) -> None:
    assert commit_of(str(repository)) == git(repository, "rev-parse", "HEAD")


def test_the_commit_seen_from_a_folder_inside(repository: Path) -> None:
    inside = repository / "a" / "b"
    inside.mkdir(parents=True)
    assert commit_of(str(inside)) == git(repository, "rev-parse", "HEAD")


def test_the_commit_of_a_detached_head(repository: Path) -> None:
    git(repository, "checkout", "--detach")
    assert commit_of(str(repository)) == git(repository, "rev-parse", "HEAD")


def test_the_commit_when_references_are_packed(repository: Path) -> None:
    git(repository, "pack-refs", "--all")
    assert commit_of(str(repository)) == git(repository, "rev-parse", "HEAD")


def test_the_commit_of_a_worktree(repository: Path, tmp_path: Path) -> None:
    git(repository, "commit", "--allow-empty", "-m", "two")
    git(repository, "worktree", "add", "-b", "other", str(tmp_path / "tree"), "HEAD~1")
    git(repository, "pack-refs", "--all")
    assert commit_of(str(tmp_path / "tree")) == git(repository, "rev-parse", "other")


def test_no_commit_yet_is_none(tmp_path: Path) -> None:
    git(tmp_path, "init")
    assert commit_of(str(tmp_path)) is None


def test_what_is_no_repository_has_none(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/at/all\n")
    assert commit_of(str(tmp_path)) is None
