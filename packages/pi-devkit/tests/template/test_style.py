"""Every case by the tools that this repository is checked with: point 10 of the list."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from template_support import CASES, STANDALONE, WORKSPACE, run, workspace

from pi_devkit.components import Workspace
from pi_devkit.scaffold import member

if TYPE_CHECKING:
    from pathlib import Path


def _ruff(*words: str | Path, cwd: Path) -> str:
    done = run(sys.executable, "-m", "ruff", *words, cwd=cwd)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("name", STANDALONE)
def test_t10_by_its_own_rules_there_is_nothing_to_format_and_nothing_to_mend(
    name: str, rendered: dict[str, Path]
) -> None:
    assert _ruff("format", "--no-cache", "--diff", ".", cwd=rendered[name]) == ""
    assert _ruff("check", "--no-cache", ".", cwd=rendered[name]) == ""


def test_t10_by_the_rules_of_the_workspace_there_is_nothing_to_format_and_nothing_to_mend(tmp_path: Path) -> None:
    scratch = workspace(tmp_path / "work")
    for name in WORKSPACE:
        answers = {
            key: str(value).lower() if isinstance(value, bool) else value for key, value in CASES[name].answers.items()
        }
        member(name, Workspace.find(scratch.root), {key: answers[key] for key in answers.keys() - {"name", "layout"}})
    assert _ruff("format", "--no-cache", "--diff", ".", cwd=scratch.root) == ""
    assert _ruff("check", "--no-cache", ".", cwd=scratch.root) == ""


def test_t10_types_are_right(rendered: dict[str, Path]) -> None:
    name = next(name for name in STANDALONE if CASES[name].kind == "cli")
    done = run(sys.executable, "-m", "mypy", "--cache-dir", "/dev/null", "src", cwd=rendered[name])
    assert done.returncode == 0, done.stdout
