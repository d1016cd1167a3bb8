from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from template_support import commit, copier_cli, git

from pi_devkit._errors import DevkitError, EnvironmentMissingError
from pi_devkit.fresh import Answers, drift, fresh, newer, rehearse
from pi_devkit.scaffold import standalone

if TYPE_CHECKING:
    from pathlib import Path

    from template_support import History

NEWER = {"noxfile.py.jinja": ("Every check there is:", "All checks there are:")}


def test_a_new_extension_is_up_to_date(extension: Path) -> None:
    report = fresh(extension)
    assert (report.version, report.newer, report.changed, report.drifted, report.problems) == ("v0.1.0", "", (), (), ())


def test_a_newer_version_is_told_with_what_it_changes_and_nothing_is_touched(extension: Path, history: History) -> None:
    history.release("v0.2.0", NEWER)
    report = fresh(extension)
    assert (report.newer, report.problems) == ("0.2.0", ())
    assert report.changed == (".copier-answers.yml", "noxfile.py")
    assert git(extension, "status", "--porcelain") == ""


def test_a_prerelease_is_no_newer_version(extension: Path, history: History) -> None:
    history.release("v0.2.0rc1", NEWER)
    assert newer(extension) == ""


def test_an_update_can_be_rehearsed_to_a_version_in_between(extension: Path, history: History) -> None:
    history.release("v0.2.0", NEWER)
    history.release("v0.3.0", {"README.md.jinja": ("## Security", "## Safety")})
    assert rehearse(extension, to="v0.2.0").changed == (".copier-answers.yml", "noxfile.py")


def test_conflict_markers_that_were_committed_are_found(extension: Path, history: History) -> None:
    # An update that was committed without looking leaves these; the next one must not pass over them.
    noxfile = extension / "noxfile.py"
    noxfile.write_text(noxfile.read_text("utf-8") + "<<<<<<< before updating\n", "utf-8")
    commit(extension)
    history.release("v0.2.0", NEWER)
    assert rehearse(extension).conflicts == ("noxfile.py: has conflict markers",)


def test_what_is_in_conflict_is_told_without_a_newer_version(extension: Path, history: History) -> None:
    noxfile = extension / "noxfile.py"
    noxfile.write_text(noxfile.read_text("utf-8").replace("Every check there is:", "Mine:"), "utf-8")
    commit(extension)
    history.release("v0.2.0", NEWER)
    assert copier_cli("update", "--defaults", cwd=extension).returncode == 0
    problem = "noxfile.py: is in conflict: mend it, then `git add noxfile.py` and commit"
    assert fresh(extension).problems == (problem,)
    commit(extension, "without looking")
    marked = "noxfile.py: has conflict markers: choose what holds, remove them and commit"
    assert (fresh(extension).version, fresh(extension).problems) == ("v0.2.0", (marked,))


def test_what_was_put_aside_is_told(extension: Path) -> None:
    (extension / "docs" / "usage.md.rej").write_text("@@ -1 +1 @@\n", "utf-8")
    (problem,) = fresh(extension).problems
    assert problem.startswith("docs/usage.md.rej: an update could not apply this")


def test_a_line_under_a_heading_is_no_conflict_marker(extension: Path) -> None:
    (extension / "docs" / "usage.md").write_text("Summary\n=======\n", "utf-8")
    assert fresh(extension).problems == ()


def test_a_file_of_the_template_that_was_changed_is_told_but_no_problem(extension: Path) -> None:
    (extension / "noxfile.py").write_text("# mine\n", "utf-8")
    (extension / ".github" / "dependabot.yml").unlink()
    (extension / "README.md").write_text("# mine\n", "utf-8")
    assert drift(Answers.read(extension)) == [".github/dependabot.yml", "noxfile.py"]
    assert fresh(extension).problems == ()


def test_without_a_template_in_reach_nothing_is_said_about_the_extension(
    extension: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "url./nowhere/at/all.insteadOf")
    with pytest.raises(EnvironmentMissingError, match="the template can't be reached"):
        fresh(extension)


def test_without_a_repository_there_is_no_rehearsal(tmp_path: Path) -> None:
    folder = standalone("my-extension", tmp_path / "my-extension", {}).folder
    with pytest.raises(DevkitError, match="is in no git repository"):
        rehearse(folder)


def test_without_a_commit_there_is_no_rehearsal(tmp_path: Path) -> None:
    folder = standalone("my-extension", tmp_path / "my-extension", {}).folder
    git(folder, "init", "--quiet")
    with pytest.raises(DevkitError, match=r"has no commit with \.copier-answers\.yml"):
        rehearse(folder)
