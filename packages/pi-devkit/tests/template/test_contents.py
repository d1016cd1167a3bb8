"""What every case contains: the points 1 to 8 of the list."""

from __future__ import annotations

import ast
import os
import re
import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from template_support import CASES, STANDALONE, WORKSPACE, files, render, run
from validate_pyproject.api import Validator

from pi_devkit._yaml import read_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def valid() -> Iterator[Validator]:
    """Checks a pyproject.toml; with the tools of others left out, it needs no network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VALIDATE_PYPROJECT_NO_NETWORK", "1")
        yield Validator(plugins=[])


def _pyproject(project: Path) -> dict[str, Any]:
    return tomllib.loads((project / "pyproject.toml").read_text("utf-8"))


def _marked(project: Path, mark: str) -> set[str]:
    """Names of the functions of the plugin that bear a decorator."""
    tree = ast.parse((project / "src" / CASES[project.name].module / "plugin.py").read_text("utf-8"))
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if mark in {ast.unparse(decorator).partition("(")[0] for decorator in node.decorator_list}
    }


def test_t1_pyproject_says_all_that_an_index_and_a_user_need(project: Path, valid: Validator) -> None:
    case, document = CASES[project.name], _pyproject(project)
    valid(document)
    told = document["project"]
    assert (told["name"], told["version"], told["readme"]) == (case.name, "0.1.0", "README.md")
    assert (told["description"], told["authors"]) == (case.description, [{"name": case.author}])
    assert (told["license"], told["license-files"]) == (case.license, ["LICENSE"])
    assert told["requires-python"] == f">={case.python_floor}"
    assert {"Homepage", "Source", "Changelog", "Issues"} == set(told["urls"])
    assert case.layout == "standalone" or told["urls"]["Source"].endswith(f"/packages/{case.name}")
    assert "Typing :: Typed" in told["classifiers"]
    assert any(re.fullmatch(r"pi-host>=0\.\d+\.\d+,<1", line) for line in told["dependencies"])
    assert told["entry-points"]["pi_host.plugins"] == {case.plugin: f"{case.module}.plugin"}


def test_t1_what_goes_into_wheel_and_sdist_is_listed_and_siblings_come_from_the_workspace(project: Path) -> None:
    tool = _pyproject(project)["tool"]
    assert tool["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert tool["hatch"]["build"]["targets"]["sdist"]["only-include"]
    sources = tool.get("uv", {}).get("sources", {})
    wanted = {"pi-host": {"workspace": True}, "pi-testkit": {"workspace": True}} if project.name in WORKSPACE else {}
    assert sources == wanted


def test_t2_the_package_is_typed_keeps_its_inside_private_and_repeats_no_version(project: Path) -> None:
    case = CASES[project.name]
    package = project / "src" / case.module
    assert {"__init__.py", "_calls.py", "plugin.py", "py.typed"} <= set(files(package))
    text = (package / "__init__.py").read_text("utf-8")
    assert ('__all__ = ["Calls"]' in text) is case.public_api
    assert ("__all__: list[str] = []" in text) is not case.public_api
    assert not any("0.1.0" in path.read_text("utf-8") for path in package.rglob("*.py"))


def test_t3_there_is_a_hook_a_command_a_tool_and_a_setting_with_its_default(project: Path) -> None:
    assert {"agent_start", "tool_call"} <= _marked(project, "hookimpl")
    assert _marked(project, "command") == {"show"}
    assert _marked(project, "tool") == {"count"}
    text = (project / "src" / CASES[project.name].module / "plugin.py").read_text("utf-8")
    assert 'ctx.options.get("limit", LIMIT)' in text


def test_t3_it_minds_a_pi_without_a_user_and_one_without_the_newest_event(project: Path) -> None:
    text = (project / "src" / CASES[project.name].module / "plugin.py").read_text("utf-8")
    assert "ctx.has_ui" in text
    assert "agent_settled" in _marked(project, "hookimpl")  # since pi 0.80.4 only


def test_t4_each_kind_of_test_is_there_and_the_live_ones_wait_to_be_named(project: Path) -> None:
    there = set(files(project / "tests"))
    assert {"test_calls.py", "test_distribution.py", "test_plugin.py", "live_pi.py"} <= there
    assert ("test_cli.py" in there) == (CASES[project.name].kind == "cli")
    assert ("smoke.py" in there) == (project.name in WORKSPACE)


def test_t5_the_papers_are_there_and_links_lead_out_of_the_page(project: Path) -> None:
    readme = (project / "README.md").read_text("utf-8")
    assert not readme.startswith("---")
    assert "## Security" in readme
    assert all(target.startswith("https://") for target in re.findall(r"\]\(([^)]*)\)", readme))
    assert "\n## Unreleased\n\n## 0.1.0 (" in (project / "CHANGELOG.md").read_text("utf-8")
    assert (
        CASES[project.name].author in (project / "LICENSE").read_text("utf-8")
        or CASES[project.name].license == "Apache-2.0"
    )


def test_t6_the_answers_are_kept_and_what_was_computed_is_not(project: Path) -> None:
    answers = read_mapping(project / ".copier-answers.yml")
    assert {name: answer for name, answer in answers.items() if not name.startswith("_")} == CASES[project.name].answers


def test_t5_what_looks_like_html_in_the_description_is_shown(rendered: dict[str, Path]) -> None:
    readme = (rendered["pi-aardvark"] / "README.md").read_text("utf-8")
    assert "&lt;quickly>" in readme
    assert "<quickly>" not in readme


def test_t5_the_comments_in_a_block_of_the_page_are_in_one_column(project: Path) -> None:
    blocks = re.findall(r"```console\n(.*?)```", (project / "README.md").read_text("utf-8"), re.DOTALL)
    assert [len({line.index(" # ") for line in block.splitlines()}) for block in blocks] == [1, 1]


@pytest.mark.parametrize(
    ("address", "tag", "why"),
    [
        ("https://github.com/ada/x", "v0.1.0", ""),
        ("https://github.com/OWNER/x", "v0.1.0", "replace OWNER"),
        ("https://github.com/ada/x", "v0.2.0", "the tag is v0.2.0, the version 0.1.0"),
    ],
)
def test_t8_a_release_without_an_owner_or_with_another_version_is_refused(
    address: str, tag: str, why: str, tmp_path: Path
) -> None:
    folder = render(replace(CASES["my-extension"], repository=address), tmp_path)
    steps = read_mapping(folder / ".github" / "workflows" / "release.yml")["jobs"]["build"]["steps"]
    script = "".join(step["run"] for step in steps if step.get("name", "").startswith("The ")).replace("pip ", "true ")
    done = run("bash", "-e", "-c", script, cwd=folder, env={**os.environ, "TAG": tag})
    assert done.returncode == (1 if why else 0), done.stderr
    assert why in done.stdout


@pytest.mark.parametrize("name", WORKSPACE)
def test_t8_a_package_of_a_workspace_brings_nothing_that_the_workspace_has(
    name: str, rendered: dict[str, Path]
) -> None:
    top = {path.name for path in rendered[name].iterdir()}
    assert top == {
        ".copier-answers.yml",
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "docs",
        "pyproject.toml",
        "src",
        "tests",
    }
    assert not {"ruff", "mypy", "pytest"} & set(_pyproject(rendered[name])["tool"])


@pytest.mark.parametrize("name", STANDALONE)
def test_t8_one_of_its_own_has_the_checks_but_no_lock_and_no_hooks(name: str, rendered: dict[str, Path]) -> None:
    top = {path.name for path in rendered[name].iterdir()}
    assert {".github", ".gitignore", "noxfile.py"} <= top
    assert not {"uv.lock", ".githooks", ".pre-commit-config.yaml"} & top


def test_t8_nothing_is_left_to_do_and_nothing_tells_of_a_machine(project: Path) -> None:
    for file in files(project):
        text = (project / file).read_text("utf-8")
        assert not re.search(r"\b(TODO|FIXME|XXX)\b", text), file
        assert not re.search(r"/(home|root|Users)/", text), file
    assert all(any(folder.iterdir()) for folder in project.rglob("*") if folder.is_dir())


def test_t18_the_pages_say_for_whom_they_are(project: Path) -> None:
    (page,) = (project / "docs").glob("*.md")
    head = page.read_text("utf-8").split("---\n")[1]
    assert re.fullmatch(r"summary: .+\nread_when: .+\n", head)
