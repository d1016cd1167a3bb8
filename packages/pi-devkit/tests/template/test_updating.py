"""How extensions follow the template: the points 19 to 22 of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from template_support import Case, commit, copier_cli, files, git

from pi_devkit.fresh import fresh, rehearse
from pi_devkit.scaffold import standalone

if TYPE_CHECKING:
    from pathlib import Path

    from template_support import History

NEWER = {"noxfile.py.jinja": ("Every check there is:", "All checks there are:")}


def update(extension: Path, *words: str) -> str:
    """Update it as a user does; returns what git then says of it."""
    done = copier_cli("update", "--defaults", *words, cwd=extension)
    assert done.returncode == 0, done.stderr
    return git(extension, "status", "--porcelain", "--untracked-files=all")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def work(extension: Path) -> None:
    """What somebody does in the first week: a version, a changelog, a module, a test, some words."""
    edit(extension / "pyproject.toml", 'version = "0.1.0"', 'version = "0.2.0"')
    edit(extension / "CHANGELOG.md", "## Unreleased\n", "## 0.2.0\n\n- asks politely\n")
    edit(extension / "src" / "my_extension" / "plugin.py", "LIMIT = 20", "LIMIT = 50")
    edit(extension / "README.md", "Develop", "Work on it")
    (extension / "src" / "my_extension" / "manners.py").write_text('"""Please and thank you."""\n', "utf-8")
    (extension / "tests" / "test_calls.py").unlink()
    commit(extension, "a week of work")


def test_t19_a_week_of_work_survives_an_update_without_a_conflict(tmp_path: Path, history: History) -> None:
    extension = standalone("my-extension", tmp_path / "my-extension", {"kind": "cli"}).folder
    git(extension, "init", "--quiet")
    commit(extension)
    work(extension)
    history.release(
        "v0.2.0",
        {
            **NEWER,
            "plugin.py.jinja": ("LIMIT = 20", "LIMIT = 30"),
            "README.md.jinja": ("## Security", "## Safety"),
            "SUPPORT.md": ("", "# Support\n"),
        },
    )
    assert rehearse(extension).conflicts == ()
    update(extension)
    assert "All checks there are" in (extension / "noxfile.py").read_text("utf-8")
    assert "## Safety" in (extension / "README.md").read_text("utf-8")
    assert "## Work on it" in (extension / "README.md").read_text("utf-8")
    assert (extension / "SUPPORT.md").is_file()
    assert 'version = "0.2.0"' in (extension / "pyproject.toml").read_text("utf-8")
    assert "asks politely" in (extension / "CHANGELOG.md").read_text("utf-8")
    assert "LIMIT = 50" in (extension / "src" / "my_extension" / "plugin.py").read_text("utf-8")
    assert not list(extension.rglob("*.rej"))


def test_t19_an_update_over_several_versions_is_one_update(extension: Path, history: History) -> None:
    work(extension)
    history.release("v0.2.0", NEWER)
    history.release("v0.3.0", {"noxfile.py.jinja": ("All checks there are:", "The checks:")})
    history.release("v0.10.0", {"README.md.jinja": ("## Security", "## Safety")})
    update(extension)
    assert "The checks:" in (extension / "noxfile.py").read_text("utf-8")
    assert "_commit: v0.10.0" in (extension / ".copier-answers.yml").read_text("utf-8")


def test_t19_a_package_of_a_workspace_is_updated_where_it_is(tmp_path: Path, history: History) -> None:
    case = Case("pi-aardvark", layout="workspace")
    root = tmp_path / "work"
    (root / "packages").mkdir(parents=True)
    answers = [f"--data={name}={answer}" for name, answer in case.answers.items()]
    copied = copier_cli("copy", "--defaults", *answers, "gh:pi-python/extension-template", "packages/x", cwd=root)
    assert copied.returncode == 0, copied.stderr
    git(root, "init", "--quiet")
    commit(root)
    history.release("v0.2.0", {"README.md.jinja": ("## Security", "## Safety")})
    report = fresh(root / "packages" / "x")
    assert (report.newer, report.problems) == ("0.2.0", ())
    assert set(report.changed) == {".copier-answers.yml", "README.md"}


def test_t20_a_conflict_is_reported_although_copier_ends_with_success(extension: Path, history: History) -> None:
    edit(extension / "noxfile.py", "Every check there is:", "My checks:")
    commit(extension)
    history.release("v0.2.0", NEWER)
    assert fresh(extension).problems == ("noxfile.py: changed here and in the template, in the same place",)
    assert "UU noxfile.py" in update(extension)  # which is what copier calls a success


def test_t21_a_file_that_was_deleted_does_not_come_back(extension: Path, history: History) -> None:
    (extension / "docs" / "usage.md").unlink()
    (extension / "tests" / "test_calls.py").unlink()
    commit(extension)
    history.release("v0.2.0", {"usage.md.jinja": ("At the limit", "Then"), **NEWER})
    update(extension)
    assert not {"docs/usage.md", "tests/test_calls.py"} & set(files(extension))


@pytest.mark.parametrize(
    ("question", "answer", "file", "text"),
    [
        ("license", "Apache-2.0", "LICENSE", "Apache License"),
        ("python_floor", "3.13", "pyproject.toml", 'requires-python = ">=3.13"'),
        ("repository", "https://github.com/ada/x", "pyproject.toml", 'Homepage = "https://github.com/ada/x"'),
        ("description", "Does good.", "README.md", "Does good."),
        ("author", "Ada", "LICENSE", "Ada"),
    ],
)
def test_t21_some_answers_can_be_changed(extension: Path, question: str, answer: str, file: str, text: str) -> None:
    work(extension)
    assert "U" not in update(extension, "--data", f"{question}={answer}")
    assert text in (extension / file).read_text("utf-8")
    assert fresh(extension).problems == ()


def test_t21_which_answers_can_be_changed_is_told_where_they_are(extension: Path) -> None:
    lines = (extension / ".copier-answers.yml").read_text("utf-8").splitlines()
    head = " ".join(line for line in lines if line.startswith("#"))
    assert all(name in head for name in ("license", "python_floor", "repository", "description", "author"))
    assert not any(name in head for name in ("kind", "layout", "public_api"))


def test_t21_to_update_twice_is_to_update_once(extension: Path, history: History) -> None:
    history.release("v0.2.0", NEWER)
    update(extension)
    commit(extension)
    assert update(extension) == ""


def test_t22_a_question_that_is_gone_or_new_is_no_obstacle(extension: Path, history: History) -> None:
    history.release(
        "v0.2.0",
        {
            "copier.yml": ("public_api:\n", "telemetry:\n  type: bool\n  default: false\n\nexports_names:\n"),
            "__init__.py.jinja": ("public_api", "exports_names"),
            "test_distribution.py.jinja": ("public_api", "exports_names"),
        },
    )
    assert "U" not in update(extension)
    answers = (extension / ".copier-answers.yml").read_text("utf-8")
    assert "public_api" not in answers
    assert "telemetry: false" in answers


def test_t22_nothing_of_the_template_asks_to_be_trusted(history: History) -> None:
    text = (history.folder / "copier.yml").read_text("utf-8")
    assert not any(f"\n{key}:" in text for key in ("_tasks", "_migrations", "_jinja_extensions"))
