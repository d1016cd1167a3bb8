"""A new extension in a repository of its own, as somebody with only Python and uv meets it; takes minutes.

``uvx nox -s template`` runs this: it is not collected unless it is named.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from live_support import FLOOR_AND_CEILING, build, devkit, environment, must
from template_support import CASES, ROOT, STANDALONE, commit, copier_cli, git, render, run

if TYPE_CHECKING:
    from pathlib import Path

    from template_support import History

pytestmark = pytest.mark.timeout(900)

#: What the general families of repo-review ask for and a new extension lacks on purpose.
LACKING = {
    "PY006": "its checks are nox sessions; hooks of git are for each to choose",
    "NOX201": "`uvx nox` brings nox, and all else is in the environment that uv keeps",
    "NOX202": "the noxfile is read by nox and not run",
    "NOX203": "as NOX202",
    "SEC001": "our own tests run zizmor over its workflows, which it gets by updates",
}


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What would be on the index."""
    return build(tmp_path_factory.mktemp("wheels"), "pi-host", "pi-testkit")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every standalone case, committed."""
    folder = tmp_path_factory.mktemp("made")
    found = {name: render(CASES[name], folder) for name in STANDALONE}
    for path in found.values():
        git(path, "init", "--quiet")
        commit(path, "from the template")
    return found


def venv(folder: Path, wheels: Path) -> dict[str, str]:
    """Make a fresh environment in ``folder/venv``; returns what makes uv install into it."""
    must("uv", "venv", "--quiet", folder / "venv", cwd=folder, env=environment(python="3.13"))
    return environment(wheels, VIRTUAL_ENV=str(folder / "venv"), HOME=str(folder))


def plugins(folder: Path, env: dict[str, str]) -> dict[str, str]:
    """What the host in ``folder/venv`` finds, with what it says of it."""
    told = json.loads(must(folder / "venv" / "bin" / "pi-host", "plugins", "--json", cwd=folder, env=env))
    return {plugin["name"]: plugin["status"] for plugin in told["plugins"]}


@pytest.fixture(params=STANDALONE)
def extension(request: pytest.FixtureRequest, made: dict[str, Path]) -> Path:
    """One after the other."""
    return made[request.param]


def test_t10_t12_every_check_passes_at_the_first_run(extension: Path, wheels: Path) -> None:
    python = CASES[extension.name].python_floor
    said = must("uvx", "nox", cwd=extension, env=environment(wheels, python=python))
    assert "skipped" not in said
    assert git(extension, "status", "--porcelain") == "?? uv.lock\n"


@pytest.mark.parametrize("python", FLOOR_AND_CEILING)
def test_t12_in_any_order_on_the_oldest_and_the_newest_python_with_every_line_run(
    python: str, extension: Path, wheels: Path
) -> None:
    case = CASES[extension.name]
    words = ["uv", "run", "--isolated", "--with", "pytest-randomly", "--with", "pytest-cov"]
    coverage = [f"--cov={case.module}", "--cov-fail-under=100", "--cov-report=term-missing"]
    env = environment(wheels, python=max(python, case.python_floor))
    said = must(*words, "pytest", *coverage, cwd=extension, env=env)
    assert "passed" in said
    assert "skipped" not in said


def test_t14_a_review_of_the_whole_finds_only_what_is_left_out_on_purpose(extension: Path) -> None:
    must("repo-review", "--ignore", ",".join(LACKING), ".", cwd=extension)


def test_t10_the_words_are_spelt_as_they_are_elsewhere(extension: Path) -> None:
    must("uvx", "codespell", "--skip", "uv.lock,./.venv,./.git", ".", cwd=extension)


def test_t15_it_works_in_real_pi_in_each_version(extension: Path, wheels: Path) -> None:
    env = environment(wheels, python=CASES[extension.name].python_floor)
    said = must("uvx", "nox", "-s", "live", cwd=extension, env=env)
    assert "skipped" not in said
    assert {"pi 1.5.2", "pi 0.87.1", "pi 0.74.2"} <= set(said.replace(":", "\n").splitlines())


def test_t16_what_is_built_twice_is_the_same(extension: Path, tmp_path: Path) -> None:
    hashes = []
    for attempt in ("one", "two"):
        env = environment(python="3.13", SOURCE_DATE_EPOCH="1700000000")
        must("uv", "build", "--quiet", "--out-dir", tmp_path / attempt, cwd=extension, env=env)
        files = sorted((tmp_path / attempt).iterdir())
        hashes.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files})
    assert hashes[0] == hashes[1]
    must("twine", "check", "--strict", *sorted((tmp_path / "one").glob("*.[wt]*")), cwd=tmp_path)


def test_t16_installed_beside_the_host_it_is_found(extension: Path, wheels: Path, tmp_path: Path) -> None:
    case = CASES[extension.name]
    newest = environment(python="3.13")
    must("uv", "build", "--quiet", "--wheel", "--out-dir", tmp_path / "dist", cwd=extension, env=newest)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    env = venv(tmp_path, wheels)
    must("uv", "pip", "install", "--quiet", wheel, cwd=tmp_path, env=env)
    assert plugins(tmp_path, env) == {case.plugin: "active"}


def test_t17_two_work_side_by_side(made: dict[str, Path], wheels: Path, tmp_path: Path) -> None:
    env = venv(tmp_path, wheels)
    must("uv", "pip", "install", "--quiet", *made.values(), cwd=tmp_path, env=env)
    assert plugins(tmp_path, env) == dict.fromkeys((CASES[name].plugin for name in STANDALONE), "active")


def test_t19_every_check_passes_after_an_update(tmp_path: Path, history: History, wheels: Path) -> None:
    devkit("new", "my-extension", "--standalone", "--defaults", cwd=tmp_path)
    folder = tmp_path / "my-extension"
    git(folder, "init", "--quiet")
    commit(folder)
    history.release("v0.2.0", {"noxfile.py.jinja": ("Every check there is:", "All checks there are:")})
    assert copier_cli("update", "--defaults", cwd=folder).returncode == 0
    must("uvx", "nox", cwd=folder, env=environment(wheels))


def test_a_new_user_with_only_python_and_uv_gets_there(tmp_path: Path) -> None:
    """Nothing but our wheels and the index: `uvx pi-devkit new`, and then what the README says."""
    ours = build(tmp_path / "wheels", "pi-host", "pi-testkit", "pi-devkit")
    path = f"{os.path.dirname(shutil.which('uv') or '')}:{os.defpath}"  # noqa: PTH120  # a word of PATH, no path
    env = environment(
        ours, HOME=str(tmp_path / "home"), PATH=path, UV_CACHE_DIR=must("uv", "cache", "dir", cwd=ROOT).strip()
    )
    (tmp_path / "home").mkdir()
    said = must("uvx", "pi-devkit", "new", "my-extension", cwd=tmp_path, env=env)
    assert "next:\n  cd my-extension\n  git init\n  uvx nox\n" in said
    must("uvx", "nox", cwd=tmp_path / "my-extension", env=env)
    said = must("uv", "run", "pi-host", "plugins", cwd=tmp_path / "my-extension", env=env)
    assert "my-extension" in said
    assert run("git", "status", cwd=tmp_path / "my-extension").returncode != 0  # no repository was asked for
