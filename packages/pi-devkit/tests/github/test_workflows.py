"""The workflows, ours and those of a new extension: what schemas and zizmor ask for, and what a release promises."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml  # type: ignore[import-untyped]  # ships no types
from template_support import ROOT, TEMPLATE, Case, render, run

from pi_devkit.components import Workspace

if TYPE_CHECKING:
    from pathlib import Path

GITHUB: Final = ROOT / ".github"
OURS: Final = sorted((GITHUB / "workflows").glob("*.yml"))
PIN: Final = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder ``.github`` of a new extension."""
    return render(Case("my-extension"), tmp_path_factory.mktemp("rendered")) / ".github"


def _workflow(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((GITHUB / "workflows" / f"{name}.yml").read_text("utf-8"))
    return loaded


def _jobs() -> list[Any]:
    return [
        pytest.param(job, id=f"{path.stem}-{name}")
        for path in OURS
        for name, job in yaml.safe_load(path.read_text("utf-8"))["jobs"].items()
    ]


def _schema(name: str, *files: Path) -> str:
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{name}"]
    done = run(*words, *map(str, files), cwd=ROOT)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_workflows_are_those_that_are_known() -> None:
    names = ["ci", "compat", "label", "release", "template", "vouch-check", "vouch-manage"]
    assert [path.stem for path in OURS] == names


def test_every_file_has_the_form_that_github_reads(theirs: Path) -> None:
    workflows = [*OURS, *(theirs / "workflows").glob("*.yml")]
    assert _schema("github-workflows", *workflows) == ""
    forms = [path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]
    assert _schema("github-issue-forms", *forms) == ""
    assert _schema("github-issue-config", GITHUB / "ISSUE_TEMPLATE" / "config.yml") == ""
    assert _schema("dependabot", GITHUB / "dependabot.yml", theirs / "dependabot.yml") == ""


def test_zizmor_finds_nothing_even_when_it_is_pedantic(theirs: Path) -> None:
    done = run("zizmor", "--offline", "--quiet", "--persona", "auditor", str(GITHUB), str(theirs), cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_zizmor_is_told_to_ignore_has_a_reason() -> None:
    ignored = [line for path in OURS for line in path.read_text("utf-8").splitlines() if "zizmor: ignore" in line]
    assert len(ignored) == 3
    assert all(re.search(r"ignore\[[\w-]+\] \w+", line) for line in ignored)


def test_every_action_is_pinned_by_its_hash_and_says_which_version_that_is() -> None:
    files = [*OURS, *(TEMPLATE / "template" / ".github" / "workflows").iterdir()]
    uses = [line.strip() for path in files for line in path.read_text("utf-8").splitlines() if "uses: " in line]
    assert uses
    assert [line for line in uses if not PIN.search(line)] == []


def test_an_action_has_one_version_here_and_in_the_template() -> None:
    files = [*OURS, *(TEMPLATE / "template" / ".github" / "workflows").iterdir()]
    pins = {found[:3] for path in files for found in PIN.findall(path.read_text("utf-8"))}
    assert len({name for name, _, _ in pins}) == len(pins)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_workflow_may_nothing_until_a_job_asks(path: Path) -> None:
    assert yaml.safe_load(path.read_text("utf-8"))["permissions"] == {}


@pytest.mark.parametrize("job", _jobs())
def test_a_job_ends_and_says_what_it_may(job: dict[str, Any]) -> None:
    assert job["timeout-minutes"] <= 60
    assert "permissions" in job


def test_ci_runs_the_test_command_of_the_readme_and_nothing_else() -> None:
    steps = _workflow("ci")["jobs"]["check"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == [".ci/run"]
    (command,) = re.findall(r"^\$ (.*uvx nox)\b", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert (ROOT / ".ci" / "run").read_text("utf-8").splitlines()[-1] == command
    assert _workflow("ci")["jobs"]["check"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]


def test_the_pis_that_are_tried_are_those_of_the_components() -> None:
    versions = [profile.version for profile in Workspace.find(ROOT).file.pis]
    assert _workflow("compat")["jobs"]["supported"]["strategy"]["matrix"]["pi"] == versions


def test_a_release_goes_step_by_step_and_hands_on_the_files_it_proved() -> None:
    jobs = _workflow("release")["jobs"]
    assert {name: job.get("needs") for name, job in jobs.items()} == {
        "plan": None,
        "build": "plan",
        "prove": ["plan", "build"],
        "publish": ["plan", "prove"],
        "verify": ["plan", "publish"],
        "show": ["plan", "verify"],
        "template": ["plan", "verify"],
    }
    given, taken = {}, {}
    for name, job in jobs.items():
        for step in job["steps"]:
            artifact = step.get("with", {}).get("name", "").partition("-")[0]
            if "upload-artifact@" in step.get("uses", ""):
                given[name] = artifact
            if "download-artifact@" in step.get("uses", ""):
                taken[name] = artifact
    assert given == {"build": "built", "prove": "proved", "verify": "verified"}
    assert taken == {
        "prove": "built",
        "publish": "proved",
        "verify": "proved",
        "show": "verified",
        "template": "verified",
    }


@pytest.mark.skipif(shutil.which("jq") is None, reason="what the step runs, jq, is not on this machine")
def test_a_tag_is_taken_apart_at_its_last_version(tmp_path: Path) -> None:
    (step,) = [step for step in _workflow("release")["jobs"]["plan"]["steps"] if step.get("id") == "matrix"]
    made = json.dumps({"packages/pi-v2-notes--tag_name": "pi-v2-notes-v0.4.0-beta.1", "packages/x--sha": "0a"})
    output = tmp_path / "output"
    env = {"PATH": os.environ["PATH"], "MADE": made, "TAG": "pi-lane-v1.0.0", "GITHUB_OUTPUT": str(output)}
    subprocess.run(["/bin/bash", "-e", "-c", step["run"]], env=env, check=True, capture_output=True)
    matrix, some = output.read_text().splitlines()
    assert json.loads(matrix.removeprefix("matrix=")) == {
        "include": [
            {"tag": "pi-v2-notes-v0.4.0-beta.1", "component": "pi-v2-notes", "version": "0.4.0-beta.1"},
            {"tag": "pi-lane-v1.0.0", "component": "pi-lane", "version": "1.0.0"},
        ]
    }
    assert some == "any=true"


def test_only_the_publishing_job_may_speak_for_us_to_the_index_and_it_sees_no_sources() -> None:
    jobs = _workflow("release")["jobs"]
    assert [name for name, job in jobs.items() if "id-token" in job["permissions"]] == ["publish"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["environment"] == "pypi-${{ matrix.component }}"
    assert not any("checkout" in step.get("uses", "") for step in jobs["publish"]["steps"])


def test_what_is_built_sees_no_secret() -> None:
    text = (GITHUB / "workflows" / "release.yml").read_text("utf-8")
    for name in ("build", "prove", "publish", "verify"):
        body = text.split(f"\n  {name}:\n")[1].split("\n\n  ")[0]
        assert "secrets." not in body, name


def test_the_vouch_check_reads_a_name_and_nothing_of_the_request() -> None:
    text = (GITHUB / "workflows" / "vouch-check.yml").read_text("utf-8")
    used = set(re.findall(r"\$\{\{ (github\.event\.[\w.]+) \}\}", text))
    assert used == {
        "github.event.pull_request.number",
        "github.event.pull_request.author_association",
        "github.event.pull_request.user.login",
        "github.event.repository.default_branch",
    }
    (job,) = _workflow("vouch-check")["jobs"].values()
    assert job["steps"][0]["with"]["ref"] == "${{ github.event.repository.default_branch }}"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_no_shell_sees_an_expression(path: Path) -> None:
    for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
        assert not any("${{" in step.get("run", "") for step in job["steps"])
