from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pi_devkit

PACKAGE = Path(pi_devkit.__file__).parent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "VOUCHED.td"
    path.write_text("ada\n-eve\n", "utf-8")
    return path


def run(verb: str, file: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run it as the workflows do: with what comes with Python, and nothing of an environment."""
    # Of the folder that the package is in, nothing but the package: an environment has all sorts of things there.
    alone = file.parent / "alone"
    alone.mkdir()
    (alone / PACKAGE.name).symlink_to(PACKAGE)
    words = [sys.executable, "-S", "-m", "pi_devkit.vouch", verb, str(file)]
    env = {"PYTHONPATH": str(alone), "PATH": os.defpath, **variables}
    return subprocess.run(words, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("author", "association", "code"),
    [
        ("ada", "NONE", 0),
        ("zoe", "FIRST_TIME_CONTRIBUTOR", 3),
        ("zoe", "CONTRIBUTOR", 3),
        ("zoe", "MEMBER", 0),
        ("eve", "NONE", 4),
        ("dependabot[bot]", "NONE", 0),
    ],
)
def test_the_code_tells_the_workflow_what_to_do(file: Path, author: str, association: str, code: int) -> None:
    assert run("check", file, VOUCH_AUTHOR=author, VOUCH_ASSOCIATION=association).returncode == code


def test_an_order_changes_the_file(file: Path) -> None:
    done = run("apply", file, VOUCH_COMMENT="!vouch @Zoe writes well")
    assert (done.returncode, done.stdout) == (0, "vouch zoe\n")
    assert file.read_text("utf-8") == "ada\n-eve\nzoe writes well\n"


@pytest.mark.parametrize(("comment", "code"), [("Nice work", 3), ("!unvouch zoe", 1), ("!vouch $(id)", 1)])
def test_what_is_no_order_changes_nothing(file: Path, comment: str, code: int) -> None:
    before = file.read_text("utf-8")
    done = run("apply", file, VOUCH_COMMENT=comment)
    assert done.returncode == code
    assert done.stderr.count("\n") == (1 if code == 1 else 0)
    assert file.read_text("utf-8") == before


def test_a_list_that_is_not_right_lets_nobody_in(file: Path) -> None:
    file.write_text("@ada\n", "utf-8")
    done = run("check", file, VOUCH_AUTHOR="ada")
    assert done.returncode == 1
    assert "line 1" in done.stderr
