"""A package of a workspace: what is changed for it at the root; point 7 of the list."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from template_support import workspace

from pi_devkit import generate
from pi_devkit._errors import DevkitError
from pi_devkit.components import Workspace, problems
from pi_devkit.scaffold import member

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def work(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "work")


@pytest.mark.parametrize("kind", ["hooks", "tool", "cli", "companion"])
def test_t7_t11_afterwards_the_workspace_agrees_with_itself(kind: str, work: Workspace) -> None:
    made = member("pi-weather", work, {"kind": kind})
    after = Workspace.find(work.root)
    assert made.folder == work.root / "packages" / "pi-weather"
    assert [line for line in problems(after) if "pi-weather" in line] == []
    assert generate.drift(after) == []
    assert "/packages/pi-weather/ @ada" in (work.root / ".github" / "CODEOWNERS").read_text("utf-8")


def test_t7_its_row_says_what_it_promises(work: Workspace) -> None:
    member("pi-weather", work, {"kind": "cli"})
    component = Workspace.find(work.root).component("pi-weather")
    assert (component.import_name, component.kind, component.state) == ("pi_weather", "extension", "ready")
    assert component.promises == {
        "plugins": ["weather"],
        "commands": ["weather"],
        "tools": ["pi_weather_calls"],
        "scripts": ["pi-weather"],
    }
    path, function = component.smoke.split(":")
    assert f"def {function}()" in (work.root / component.path / path).read_text("utf-8")


@pytest.mark.parametrize("name", ["components.toml", "pyproject.toml"])
def test_t7_no_line_of_the_root_is_lost_or_moved(name: str, work: Workspace) -> None:
    before = (work.root / name).read_text("utf-8").splitlines()
    member("pi-weather", work, {})
    after = iter((work.root / name).read_text("utf-8").splitlines())
    assert [line for line in before if line not in after] == []  # each is looked for behind the one before it


def test_t7_the_checks_of_the_root_learn_of_it(work: Workspace) -> None:
    member("pi-aaa", work, {})
    document = tomllib.loads((work.root / "pyproject.toml").read_text("utf-8"))
    assert "pi-aaa" in document["project"]["dependencies"]
    assert document["tool"]["uv"]["sources"]["pi-aaa"] == {"workspace": True}
    assert "packages/pi-aaa/src" in document["tool"]["mypy"]["mypy_path"]


def test_a_root_that_has_none_of_these_lists_gets_none(work: Workspace) -> None:
    text = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
    (work.root / "pyproject.toml").write_text(text, "utf-8")
    member("pi-weather", work, {})
    assert (work.root / "pyproject.toml").read_text("utf-8") == text


def test_t23_a_name_that_is_taken_is_refused(work: Workspace) -> None:
    member("pi-weather", work, {})
    before = (work.root / "components.toml").read_text("utf-8")
    with pytest.raises(DevkitError, match="there is a component 'pi-weather' already; choose another name"):
        member("pi-weather", Workspace.find(work.root), {})
    assert (work.root / "components.toml").read_text("utf-8") == before


def test_a_floor_above_that_of_the_root_is_refused(work: Workspace) -> None:
    with pytest.raises(
        DevkitError, match=r"python_floor is '3\.13', but the root runs on Python >=3\.11, .*; use '3\.11'"
    ):
        member("pi-weather", work, {"python_floor": "3.13"})
    assert list((work.root / "packages").iterdir()) == []


def test_a_floor_above_that_of_another_package_is_refused(work: Workspace) -> None:
    member("pi-aaa", work, {})
    (work.root / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["packages/*"]\n', "utf-8")
    with pytest.raises(DevkitError, match=r"pi-aaa runs on Python >=3\.11"):
        member("pi-weather", Workspace.find(work.root), {"python_floor": "3.12"})


def test_a_floor_that_takes_no_python_away_is_fine(work: Workspace) -> None:
    root = work.root / "pyproject.toml"
    root.write_text(
        root.read_text("utf-8").replace('requires-python = ">=3.11"', 'requires-python = ">=3.13"'), "utf-8"
    )
    assert member("pi-weather", work, {"python_floor": "3.13"}).files


def test_what_fails_changes_nothing_at_the_root(work: Workspace) -> None:
    before = (work.root / "components.toml").read_text("utf-8")
    with pytest.raises(DevkitError):
        member("pi-weather", work, {"kind": "nonsense"})
    assert (work.root / "components.toml").read_text("utf-8") == before
    assert list((work.root / "packages").iterdir()) == []
