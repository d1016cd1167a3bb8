"""A release of pi-lane, rehearsed in a copy of this repository as the release workflow makes it; takes minutes.

``uvx nox -s template`` runs this: it is not collected unless it is named. Our own distributions come from an index on
this machine, what they need of others from wherever this machine gets it.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
from live_support import build, checkout, devkit, environment, must, serve
from template_support import commit, git, run

from pi_devkit.canary import find_pi, run_row
from pi_devkit.components import Workspace
from pi_devkit.proving import Venv

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(900)

TAG = "pi-lane-v0.2.0"


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository, with a release of pi-lane behind it and one more prepared and tagged."""
    root = checkout(tmp_path_factory.mktemp("release") / "repository")
    git(root, "tag", "pi-lane-v0.1.0")
    readme = root / "packages/pi-lane/README.md"
    readme.write_text(readme.read_text("utf-8") + "\nIt is rehearsed, too.\n", "utf-8")
    (root / "changelog.d" / "+rehearsed.feature.md").write_text("`pi-lane` is rehearsed, too.\n", "utf-8")
    commit(root, "feat(pi-lane): rehearse")
    # The news of the project, from the fragments; then what the release request changes, done by hand.
    must("towncrier", "build", "--yes", "--version", "2026.01", "--date", "2026-01-02", cwd=root)
    devkit("bump", "pi-lane", "0.2.0", cwd=root)
    changelog = root / "packages/pi-lane/CHANGELOG.md"
    news = "# Changelog\n\n## 0.2.0 (2026-01-02)\n\n- It is rehearsed.\n"
    changelog.write_text(changelog.read_text("utf-8").replace("# Changelog\n", news, 1), "utf-8")
    commit(root, "chore: release")
    git(root, "tag", TAG)
    return root


@pytest.fixture(scope="session")
def dist(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the release, as the build job hands them on."""
    folder = tmp_path_factory.mktemp("built") / "dist"
    variables = devkit("resolve-tag", TAG, "--env", cwd=repository).splitlines()
    assert {"RELEASE_COMPONENT=pi-lane", "RELEASE_VERSION=0.2.0", "RELEASE_PRERELEASE=false"} <= set(variables)
    words = ["--quick", "--offline", "--tag", TAG, "--out", str(folder)]
    devkit("release-check", "pi-lane", *words, cwd=repository)
    return folder


@pytest.fixture(scope="session")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Venv:
    """An environment of a user who got it from the index."""
    folder = tmp_path_factory.mktemp("user")
    files = sorted(dist.glob("pi_lane-0.2.0*"))
    with serve(build(folder / "index", "pi-host")) as address:
        must("twine", "upload", "--repository-url", address, "-u", "ada", "-p", "none", *files, cwd=folder)
        must("uv", "venv", "--quiet", folder / "venv", cwd=folder)
        env = environment(VIRTUAL_ENV=str(folder / "venv"), HOME=str(folder))
        hashes = [line.split()[0] for line in (dist / "SHA256SUMS").read_text("utf-8").splitlines()]
        wanted = " ".join(["pi-lane==0.2.0", *(f"--hash=sha256:{one}" for one in hashes)])
        (folder / "wanted.txt").write_text(wanted, "utf-8")
        words = ["uv", "pip", "install", "--quiet", "--no-cache", "--index", f"{address}/simple/"]
        must(*words, "--no-deps", "--require-hashes", "-r", "wanted.txt", cwd=folder, env=env)
        must(*words, "pi-lane==0.2.0", cwd=folder, env=env)
    return Venv(folder / "venv")


def test_what_users_were_to_be_told_is_in_the_news_and_waits_no_more(repository: Path) -> None:
    news = (repository / "CHANGELOG.md").read_text("utf-8")
    assert news.startswith("## 2026.01 (2026-01-02)\n")
    assert "- `pi-lane` is rehearsed, too.\n" in news
    assert git(repository, "ls-files", "changelog.d/*.md") == ""


def test_what_was_built_is_proved_and_nothing_is_built_for_that(repository: Path, dist: Path) -> None:
    before = {path.name: path.read_bytes() for path in dist.iterdir()}
    only = [word for check in ("R04", "R21", "R23", "R25") for word in ("--only", check)]
    words = [*only, "--offline", "--tag", TAG, "--dist", str(dist), "--json"]
    (report,) = json.loads(devkit("release-check", "pi-lane", *words, cwd=repository))["reports"]
    told = {check["id"]: (check["status"], *check["lines"][:1]) for check in report["checks"]}
    assert told["R04"] == ("waived", "--offline: the index was not asked")
    assert told["R21"] == ("passed", "installed over pi-lane-v0.1.0")
    assert told["R25"] == ("passed",)
    assert told["R23"][0] == "passed"
    assert {path.name: path.read_bytes() for path in dist.iterdir()} == before
    must("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=dist)


def test_a_wheel_that_was_changed_afterwards_is_not_published(repository: Path, dist: Path, tmp_path: Path) -> None:
    changed = tmp_path / "dist"
    shutil.copytree(dist, changed)
    (wheel,) = changed.glob("*.whl")
    data = bytearray(wheel.read_bytes())
    with zipfile.ZipFile(wheel) as archive:
        # The time that the first file bears: nothing that is unpacked differs.
        data[archive.infolist()[0].header_offset + 10] ^= 1
    wheel.write_bytes(data)
    told = run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=changed)
    assert told.returncode == 1
    assert f"{wheel.name}: FAILED\n" in told.stdout
    words = ["release-check", "pi-lane", "--only", "R25", "--offline", "--dist", str(changed)]
    done = run("pi-devkit", *words, cwd=repository)
    assert done.returncode == 1
    assert "fails R06" in done.stdout
    # Whoever changes a file may change the list, too; the commit can't be changed.
    (changed / "SHA256SUMS").unlink()
    done = run("pi-devkit", *words, cwd=repository)
    assert done.returncode == 1
    assert "fails R25" in done.stdout


def test_whoever_installs_it_from_the_index_has_the_plugin(installed: Venv, tmp_path: Path) -> None:
    env = environment(HOME=str(tmp_path))
    told = must(installed.folder / "bin" / "pi-host", "plugins", "--json", cwd=tmp_path, env=env)
    (plugin,) = json.loads(told)["plugins"]
    assert (plugin["name"], plugin["distribution"], plugin["status"]) == ("lane", "pi-lane", "active")
    assert must(installed.folder / "bin" / "pil", "--version", cwd=tmp_path, env=env) == "pil 0.2.0\n"


def test_it_works_in_real_pi(repository: Path, installed: Venv, tmp_path: Path) -> None:
    component = Workspace.find(repository).component("pi-lane")
    row = run_row(component, installed, find_pi("1.5.2"), tmp_path / "pi", python="3.11")
    assert row.problems == ()
