from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_devkit._errors import DevkitError
from pi_devkit.fresh import Answers
from pi_devkit.scaffold import ANSWERS_FILE, standalone

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return standalone("my-extension", tmp_path / "my-extension", {}).folder


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_a_new_extension_has_no_problems(folder: Path) -> None:
    assert Answers.read(folder).problems() == []


@pytest.mark.parametrize(
    "source",
    ["/home/ada/template", "../template", "git@github.com:ada/x.git", "https://ada:secret@github.com/ada/x.git", "''"],
)
def test_a_source_that_others_cannot_reach_is_a_problem(folder: Path, source: str) -> None:
    edit(folder / ANSWERS_FILE, "gh:pi-python/extension-template", source)
    (problem,) = Answers.read(folder).problems()
    assert "it has to be like gh:OWNER/REPOSITORY" in problem


@pytest.mark.parametrize("commit", ["1a2b3c4", "main", "v0.1.0-3-g1a2b3c4", "0.1.0.post3.dev0+1a2b3c4", "''"])
def test_a_state_that_is_no_released_version_is_a_problem(folder: Path, commit: str) -> None:
    edit(folder / ANSWERS_FILE, "_commit: v0.1.0", f"_commit: {commit}")
    (problem,) = Answers.read(folder).problems()
    assert problem.startswith("_commit is ")
    assert problem.endswith("update to one")


@pytest.mark.parametrize(
    ("old", "new", "question", "remedy"),
    [
        ('name = "my-extension"', 'name = "yours"', "name", "the line in .copier-answers.yml"),
        ('license = "MIT"', 'license = "0BSD"', "license", "`uvx copier update --defaults --data license=0BSD`"),
        (
            'requires-python = ">=3.11"',
            'requires-python = ">=3.13"',
            "python_floor",
            "`uvx copier update --defaults --data python_floor=3.13`",
        ),
    ],
)
def test_an_answer_that_is_no_longer_so_is_a_problem(
    folder: Path, old: str, new: str, question: str, remedy: str
) -> None:
    edit(folder / "pyproject.toml", old, new)
    (problem,) = Answers.read(folder).problems()
    assert problem.startswith(f"the answer of {question} is ")
    assert problem.endswith(remedy)


def test_what_was_not_made_from_the_template_is_told(tmp_path: Path) -> None:
    with pytest.raises(DevkitError, match="was not made by `pi-devkit new`"):
        Answers.read(tmp_path)


@pytest.mark.parametrize(("text", "why"), [("- a\n- b\n", "no names and values"), ("a: [", "is no YAML")])
def test_an_answers_file_that_is_none_is_one_line(folder: Path, text: str, why: str) -> None:
    (folder / ANSWERS_FILE).write_text(text, "utf-8")
    with pytest.raises(DevkitError, match=why) as caught:
        Answers.read(folder)
    assert "\n" not in str(caught.value)
