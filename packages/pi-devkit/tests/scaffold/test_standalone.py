"""An extension of its own: what it remembers of the template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from template_support import TEMPLATE, files

from pi_devkit._yaml import read_mapping
from pi_devkit.scaffold import SOURCE, questions, standalone, tag

if TYPE_CHECKING:
    from pathlib import Path


def test_it_remembers_the_published_template_and_not_this_machine(tmp_path: Path) -> None:
    made = standalone("my-extension", tmp_path / "new", {})
    answers = read_mapping(made.folder / ".copier-answers.yml")
    assert (answers["_src_path"], answers["_commit"]) == (SOURCE, tag())
    assert str(TEMPLATE) not in (made.folder / ".copier-answers.yml").read_text("utf-8")


def test_all_files_are_told(tmp_path: Path) -> None:
    made = standalone("my-extension", tmp_path / "new", {})
    assert list(made.files) == files(made.folder)
    assert made.changed == ()


def test_a_fresh_git_repository_is_as_good_as_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    assert "pyproject.toml" in standalone("my-extension", tmp_path, {}).files


def test_what_is_computed_is_not_asked() -> None:
    assert list(questions()) == [
        "layout",
        "name",
        "description",
        "kind",
        "author",
        "repository",
        "license",
        "python_floor",
        "public_api",
    ]
    assert questions()["kind"].choices["hooks"] == "Nothing else"
    assert questions()["license"].choices == {"MIT": "MIT", "Apache-2.0": "Apache-2.0"}
