from __future__ import annotations

import json
from typing import TYPE_CHECKING

from template_support import commit, extension, history
from typer.testing import CliRunner

from pi_devkit.cli._app import app

if TYPE_CHECKING:
    from pathlib import Path

    from template_support import History

__all__ = ["extension", "history"]

NEWER = {"noxfile.py.jinja": ("Every check there is:", "All checks there are:")}


def fresh(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["fresh", *words], catch_exceptions=False)
    return done.exit_code, done.output


def test_an_extension_that_is_up_to_date_is_told_so(extension: Path) -> None:
    assert fresh(str(extension)) == (0, "up to date with the template, v0.1.0\n")


def test_a_newer_version_fails_when_it_is_strict(extension: Path, history: History) -> None:
    history.release("v0.2.0", NEWER)
    code, said = fresh(str(extension), "--strict")
    assert code == 1
    assert "there is 0.2.0: `uvx copier update --defaults` gets it\n  would change .copier-answers.yml\n" in said


def test_conflict_markers_end_with_1_although_it_is_up_to_date(extension: Path) -> None:
    readme = extension / "README.md"
    readme.write_text(readme.read_text("utf-8") + "<<<<<<< before updating\n", "utf-8")
    marked = "problem: README.md: has conflict markers: choose what holds, remove them and commit\n"
    assert fresh(str(extension)) == (1, marked)


def test_a_conflict_ends_with_1_and_programs_can_read_it(extension: Path, history: History) -> None:
    noxfile = extension / "noxfile.py"
    noxfile.write_text(noxfile.read_text("utf-8").replace("Every check there is:", "Mine:"), "utf-8")
    commit(extension)
    history.release("v0.2.0", NEWER)
    code, said = fresh(str(extension), "--json")
    assert code == 1
    assert json.loads(said)["problems"] == ["noxfile.py: changed here and in the template, in the same place"]
    assert json.loads(said)["drifted"] == ["noxfile.py"]
