"""New extensions beside the packages of this repository, in a copy of it; takes minutes.

``uvx nox -s template`` runs this: it is not collected unless it is named.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from live_support import build, checkout, devkit, environment, must, serve
from template_support import commit, git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.timeout(900)

KINDS = ("hooks", "tool", "cli", "companion")


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository with an extension of each kind, committed with its lock."""
    root = checkout(tmp_path_factory.mktemp("work") / "repository")
    for kind in KINDS:
        devkit("new", f"pi-of-{kind}", "--kind", kind, "--workspace", "--defaults", cwd=root)
    must("uv", "lock", "--quiet", cwd=root)
    commit(root, "feat: four extensions")
    return root


def test_t11_what_is_generated_and_the_lock_are_right_at_once(workspace: Path) -> None:
    devkit("check", cwd=workspace)
    must("uv", "lock", "--check", cwd=workspace)
    devkit("sync", cwd=workspace)
    assert git(workspace, "status", "--porcelain") == ""


@pytest.mark.parametrize("kind", KINDS)
def test_t13_each_kind_could_be_released_at_once(kind: str, workspace: Path) -> None:
    told = json.loads(devkit("release-check", f"pi-of-{kind}", "--quick", "--json", cwd=workspace))
    (report,) = told["reports"]
    statuses = {check["id"]: check["status"] for check in report["checks"]}
    assert set(statuses.values()) == {"passed"}, statuses


@pytest.mark.parametrize("kind", KINDS)
def test_t14_each_kind_keeps_the_rules_of_the_workspace(kind: str, workspace: Path) -> None:
    said = devkit("policy", f"pi-of-{kind}", cwd=workspace)
    assert said == "every rule is kept, but for those left out in pyproject.toml\n"


def test_t14_the_workspace_still_keeps_its_own_with_them(workspace: Path) -> None:
    devkit("policy", cwd=workspace)


@pytest.mark.parametrize("kind", KINDS)
def test_t15_each_kind_works_in_each_pi(kind: str, workspace: Path) -> None:
    told = json.loads(devkit("canary", f"pi-of-{kind}", "--python", "3.13", "--json", cwd=workspace))
    assert {row["pi"]: row["ok"] for row in told["rows"]} == {"1.5.2": True, "0.87.1": True, "0.74.2": True}


def test_t18_its_page_is_in_the_list_of_documents(workspace: Path) -> None:
    told = json.loads(devkit("docs-list", "--json", cwd=workspace))
    listed = json.dumps(told)
    assert all(f"packages/pi-of-{kind}/docs/usage.md" in listed for kind in KINDS)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """An index of our own, empty but for what the extension needs of us; gives its address."""
    with serve(build(tmp_path / "index", "pi-host")) as address:
        yield address


def test_t25_from_nothing_to_installed_from_an_index(workspace: Path, index: str, tmp_path: Path) -> None:
    devkit("new", "pi-story", "--kind", "tool", "--workspace", "--defaults", cwd=workspace)
    folder = workspace / "packages" / "pi-story"
    must("uv", "lock", "--quiet", cwd=workspace)
    commit(workspace, "feat(pi-story): begin")
    plugin = folder / "src" / "pi_story" / "plugin.py"
    plugin.write_text(plugin.read_text("utf-8").replace("LIMIT = 20", "LIMIT = 30"), "utf-8")
    commit(workspace, "feat(pi-story): ask later")

    # What the release request changes, done by hand.
    devkit("bump", "pi-story", "0.2.0", cwd=workspace)
    changelog = folder / "CHANGELOG.md"
    news = "# Changelog\n\n## 0.2.0 (2026-01-02)\n\n- Asks later.\n"
    changelog.write_text(changelog.read_text("utf-8").replace("# Changelog\n\n## Unreleased\n", news), "utf-8")
    commit(workspace, "chore: release")
    git(workspace, "tag", "pi-story-v0.2.0")

    assert devkit("resolve-tag", "pi-story-v0.2.0", cwd=workspace).startswith("pi-story 0.2.0 from packages/pi-story")
    words = ["--tag", "pi-story-v0.2.0", "--offline", "--out", str(tmp_path / "dist")]
    devkit("release-check", "pi-story", *words, cwd=workspace)
    must("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=tmp_path / "dist")

    files = sorted((tmp_path / "dist").glob("pi_story-0.2.0*"))
    must("twine", "upload", "--repository-url", index, "-u", "ada", "-p", "none", *files, cwd=tmp_path)
    must("uv", "venv", "--quiet", tmp_path / "venv", cwd=tmp_path)
    env = environment(VIRTUAL_ENV=str(tmp_path / "venv"), HOME=str(tmp_path))
    must("uv", "pip", "install", "--quiet", "--index", f"{index}/simple/", "pi-story==0.2.0", cwd=tmp_path, env=env)
    told = json.loads(must(tmp_path / "venv" / "bin" / "pi-host", "plugins", "--json", cwd=tmp_path, env=env))
    assert {plugin["name"]: plugin["status"] for plugin in told["plugins"]} == {"story": "active"}
