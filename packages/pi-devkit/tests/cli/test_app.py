from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from pi_devkit.checks import Bench
from pi_devkit.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from devkit_support import Repository


def _run(folder: Path, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", "from pi_devkit.cli import main; main()", *words]
    env = {**os.environ, "PATH": path or os.environ["PATH"]}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def test_list_shows_versions_and_states(plain: Repository) -> None:
    plain.git("tag", "pi-sample-base-v0.0.9")
    done = _run(plain.root, "list", "--json")
    rows = {row["name"]: row for row in json.loads(done.stdout)["components"]}
    assert (rows["pi-sample-base"]["version"], rows["pi-sample-base"]["released"]) == ("0.1.0", "pi-sample-base-v0.0.9")


def test_list_works_in_a_folder_below(plain: Repository) -> None:
    assert "pi-sample" in _run(plain.sample / "src", "list").stdout


def test_matrix_of_what_a_change_concerns(plain: Repository) -> None:
    plain.write("packages/pi-sample/new.txt", "x")
    done = _run(plain.root, "matrix", "--affected", "main", "--json")
    assert [row["component"] for row in json.loads(done.stdout)["include"]] == ["pi-sample"]
    assert "pi-sample-base" not in _run(plain.root, "matrix", "--affected", "main").stdout


def test_what_was_written_is_told_to_programs(plain: Repository) -> None:
    (plain.root / ".github/labels.yml").unlink()
    assert json.loads(_run(plain.root, "sync", "--json").stdout) == {"wrote": [".github/labels.yml"]}
    wrote = json.loads(_run(plain.root, "bump", "pi-sample", "0.2.0", "--json").stdout)["wrote"]
    assert {"packages/pi-sample/pyproject.toml", ".release-please-manifest.json"} <= set(wrote)


def test_check_fails_until_sync(plain: Repository) -> None:
    (plain.root / ".github/labels.yml").unlink()
    done = _run(plain.root, "check")
    assert done.returncode == 1
    assert done.stderr == "pi-devkit: .github/labels.yml is missing; `pi-devkit sync` writes it\n"
    assert _run(plain.root, "sync").stdout == "wrote .github/labels.yml\n"
    assert _run(plain.root, "check").returncode == 0


def test_resolve_tag_for_a_workflow(plain: Repository) -> None:
    done = _run(plain.root, "resolve-tag", "pi-sample-v0.1.0", "--env")
    assert "RELEASE_COMPONENT=pi-sample\n" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["resolve-tag", "pi-sample-v9.0.0"], "'pi-sample-v9.0.0' says 9.0.0, pyproject.toml says 0.1.0"),
        (["release-check", "pi-nothing"], "there is no component 'pi-nothing'"),
        (["release-check", "pi-sample", "--only", "R99"], "there is no check 'R99'"),
        (["release-check", "pi-sample-base", "--dist", ".", "--only", "R07"], "has to have one"),
        (["matrix", "--affected", "nowhere"], "git knows no commit 'nowhere'"),
        (["canary", "pi-sample", "--pi", "9.9.9"], "the npm registry has no pi '9.9.9'"),
        (["resolve-tag", "v1"], "'v1' is no release tag; they look like"),
        (["bump", "pi-sample", "0.0.1"], "pi-sample is at 0.1.0, and 0.0.1 is not newer; choose a newer one"),
        (["new", "pi-sample"], "'pi-sample'"),
        (["new", "Sample"], "'Sample' can't be the name of an extension"),
        (["fresh", "packages/nothing"], "there is no folder 'packages/nothing'"),
        (["canary", "pi-sample-base"], "there is nothing to run"),
        (["policy", "pi-nothing"], "there is no component 'pi-nothing'"),
    ],
)
def test_a_mistake_is_one_readable_line(plain: Repository, words: list[str], said: str) -> None:
    done = _run(plain.root, *words)
    assert done.returncode == 1
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    if done.stderr:
        assert re.fullmatch(r"pi-devkit: .*\n", done.stderr)


def test_outside_a_repository_it_says_so(tmp_path: Path) -> None:
    done = _run(tmp_path, "list")
    assert done.returncode == 1
    assert re.fullmatch(r"pi-devkit: there is no components\.toml in '.*' or above; run this inside.*\n", done.stderr)


def test_what_is_not_committed_is_one_readable_line(plain: Repository) -> None:
    plain.write("packages/pi-sample/scratch.txt", "x")
    done = _run(plain.root, "release-check", "pi-sample", "--only", "R01", "--json")
    ((report,),) = [json.loads(done.stdout)["reports"]]
    assert done.returncode == 1
    assert report["checks"][0]["lines"] == [
        "packages/pi-sample/scratch.txt is not committed; commit it, or look with --allow-dirty"
    ]


def test_a_missing_changelog_is_one_readable_line(plain: Repository) -> None:
    (plain.sample / "CHANGELOG.md").unlink()
    done = _run(plain.root, "release-check", "pi-sample", "--only", "R05", "--json")
    assert json.loads(done.stdout)["reports"][0]["checks"][0]["lines"] == [
        "CHANGELOG.md has no section for 0.1.0; write `## 0.1.0 (YYYY-MM-DD)`"
    ]


def test_a_tag_without_a_changelog_is_one_readable_line(plain: Repository) -> None:
    (plain.sample / "CHANGELOG.md").unlink()
    done = _run(plain.root, "resolve-tag", "pi-sample-v0.1.0")
    said = "pi-devkit: 'pi-sample-v0.1.0' says 0.1.0, the changelog begins with nothing; write its section first\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_a_wheel_that_was_changed_is_exit_code_1(plain: Repository, tmp_path: Path) -> None:
    with Bench(plain.workspace()) as bench:
        bench.hand_over(bench.artifacts(bench.workspace.component("pi-sample-base")), tmp_path / "dist")
    (tmp_path / "dist" / "SHA256SUMS").unlink()
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel, "a") as archive:
        archive.writestr("pi_sample_base/more.py", "")
    words = ["release-check", "pi-sample-base", "--only", "R06", "--dist", str(tmp_path / "dist"), "--json"]
    done = _run(plain.root, *words)
    (check,) = json.loads(done.stdout)["reports"][0]["checks"]
    assert done.returncode == 1
    assert check["lines"] == ["pi_sample_base/more.py is in the wheel from the sdist only"]


@pytest.mark.parametrize(
    ("words", "program"),
    [(["list"], "git"), (["matrix", "--affected", "main"], "git"), (["canary", "pi-sample"], "uv")],
)
def test_a_program_that_is_not_here_is_exit_code_2(plain: Repository, words: list[str], program: str) -> None:
    done = _run(plain.root, *words, path="/nowhere")
    said = f"pi-devkit: there is no program '{program}' here; install it and try again\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_a_release_check_without_git_is_no_verdict(plain: Repository) -> None:
    done = _run(plain.root, "release-check", "pi-sample", "--only", "R01", path="/nowhere")
    assert done.returncode == 2
    assert "there is no program 'git' here" in done.stdout
    assert "can't be told on this machine" in done.stdout


def test_a_part_that_is_not_installed_is_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, plain: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(plain.root)
    monkeypatch.setitem(sys.modules, "repo_review.checks", None)
    monkeypatch.setattr("sys.argv", ["pi-devkit", "policy"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = "pi-devkit: the module 'repo_review.checks' is not installed; `pip install 'pi-devkit[release]'` brings it\n"
    assert capsys.readouterr().err == said


def test_a_python_that_is_not_here_is_exit_code_2(plain: Repository) -> None:
    done = _run(plain.root, "release-check", "pi-sample-base", "--only", "R13", "--python", "3.99", "--json")
    assert done.returncode == 2
    assert "there is no Python 3.99 here" in done.stdout


def test_a_waiver_is_told_with_its_reason(plain: Repository) -> None:
    (plain.sample / "CHANGELOG.md").write_text("# Changelog\n")
    row = '[[components.pi-sample.waivers]]\ncheck = "R05"\nreason = "soon"\nuntil = 2099-01-01\n'
    plain.append("components.toml", f"\n{row}")
    done = _run(plain.root, "release-check", "pi-sample", "--only", "R05", "--json")
    (check,) = json.loads(done.stdout)["reports"][0]["checks"]
    assert done.returncode == 0
    assert (check["status"], check["lines"][0]) == ("waived", "until 2099-01-01: soon")


def test_files_that_were_not_proved_are_not_handed_over(plain: Repository, tmp_path: Path) -> None:
    words = ["release-check", "pi-sample-base", "--only", "R01", "--allow-dirty", "--out", str(tmp_path / "out")]
    done = _run(plain.root, *words)
    assert done.returncode == 2
    assert "leave out --only" in " ".join(done.stderr.replace("│", " ").split())
    assert not (tmp_path / "out").exists()


def test_what_passes_one_check_is_not_called_fit_for_release(plain: Repository) -> None:
    done = _run(plain.root, "release-check", "pi-sample-base", "--only", "R01", "--allow-dirty")
    assert "pi-sample-base 0.1.0: passes R01" in done.stdout
    assert "could be released" not in done.stdout


def test_where_nothing_is_ready_nothing_is_proved(plain: Repository) -> None:
    text = (plain.root / "components.toml").read_text().replace('import = "', 'state = "internal"\nimport = "')
    plain.write("components.toml", text)
    done = _run(plain.root, "release-check", "--quick")
    assert (done.returncode, done.stderr) == (
        1,
        "pi-devkit: there is nothing to prove: no component of components.toml is `ready`\n",
    )
