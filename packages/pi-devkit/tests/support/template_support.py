"""The template on every combination of answers that matters, and its released history, played."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import copier
import pytest

from pi_devkit.components import Workspace
from pi_devkit.scaffold import SOURCE, standalone

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[4]
TEMPLATE: Final = ROOT / "templates" / "extension"

#: Whom git believes that it commits for; the tests must not depend on who runs them.
GIT: Final = (
    "git",
    "-c",
    "user.name=Ada",
    "-c",
    "user.email=ada@example.org",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "init.defaultBranch=main",
)


@dataclass(frozen=True)
class Case:
    """One combination of answers."""

    name: str
    kind: str = "hooks"
    layout: str = "standalone"
    license: str = "MIT"
    python_floor: str = "3.11"
    public_api: bool = False
    description: str = "Counts the tool calls of an answer and asks before there are too many."
    author: str = "Ada Lovelace"
    repository: str = ""

    @property
    def answers(self) -> dict[str, str | bool]:
        """What copier is told."""
        return {**vars(self), "repository": self.repository or f"https://github.com/ada/{self.name}"}

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    @property
    def plugin(self) -> str:
        return self.name.removeprefix("pi-")


COMPONENTS: Final = """\
# What gets released.
schema = 1

[project]
repository = "https://github.com/ada/things"
owners = ["@ada"]

[[pi]]
version = "1.5.2"
status = "current"

# One table per component.
[components.pi-host]
path = "packages/pi-host"
kind = "host"
state = "internal"
import = "pi_host"
public = ["pi_host", "pi_host.events", "pi_host.sessionfile"]
"""

_ODD: Final = "Says \"no\" & asks 'why' of \\ C:\\tools: <quickly> — naïvely, 100 %"
_LONG: Final = "pi-an-extension-with-quite-a-long-name-x"

#: Each answer at least once, each kind in both layouts, and names and texts that are awkward.
CASES: Final = {
    case.name: case
    for case in (
        Case("my-extension"),
        Case("pi-typed-tool", kind="tool", license="Apache-2.0", python_floor="3.12", public_api=True),
        Case(_LONG, kind="cli", author="Žofie Ångström-O'Neill", description=_ODD),
        Case("x2go3-notes", kind="companion", python_floor="3.13"),
        Case("pi-aardvark", layout="workspace", author='The "Quoted" Society', description=_ODD),
        Case("pi-2nd-tool", kind="tool", layout="workspace", public_api=True),
        Case("pi-zebra", kind="cli", layout="workspace", license="Apache-2.0"),
        Case("pi-jigsaw", kind="companion", layout="workspace"),
    )
}
STANDALONE: Final = [name for name, case in CASES.items() if case.layout == "standalone"]
WORKSPACE: Final = [name for name, case in CASES.items() if case.layout == "workspace"]


def render(case: Case, folder: Path) -> Path:
    """Render a case into ``folder/NAME``."""
    copier.run_copy(str(TEMPLATE), folder / case.name, data=case.answers, defaults=True, quiet=True)
    return folder / case.name


def workspace(folder: Path) -> Workspace:
    """Make a workspace with the rules of this one and no packages."""
    (folder / "packages").mkdir(parents=True)
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    (folder / "components.toml").write_text(COMPONENTS, "utf-8")
    return Workspace.find(folder)


def files(folder: Path) -> list[str]:
    """The files below a folder, sorted, git's own left out."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in found if not path.startswith(".git/"))


def git(folder: Path, *words: str) -> str:
    """Run git and return what it says."""
    done = subprocess.run([*GIT, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def commit(folder: Path, message: str = "more") -> None:
    """Commit everything in a folder."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def run(*words: str | Path, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program, whatever it ends with."""
    return subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def copier_cli(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run copier as a user does, and never with ``--trust``."""
    return run(sys.executable, "-m", "copier", *words, cwd=cwd)


class History:
    """The repository that the template is published in, with one version so far: the template as it is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(TEMPLATE, folder)
        git(folder, "init", "--quiet")
        self._tag("v0.1.0")

    def release(self, version: str, changes: Mapping[str, tuple[str, str]]) -> None:
        """Publish a version in which, by file, one text stands in the place of another; a new file has no old text."""
        for name, (old, new) in changes.items():
            path = self._find(name)
            text = path.read_text("utf-8") if path.exists() else ""
            if old not in text:
                message = f"{old!r} is not in {path}"
                raise LookupError(message)
            path.write_text(text.replace(old, new) if old else text + new, "utf-8")
        self._tag(version)

    def environment(self) -> dict[str, str]:
        """What makes git find it where the canonical source says; nothing of the user's configuration is changed."""
        url = f"https://github.com/{SOURCE.removeprefix('gh:')}.git"
        return {
            # copier keeps clones by address, and each test has other contents at the same one.
            "COPIER_CACHE_DIR": str(self.folder.with_name("cache")),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.folder}.insteadOf",
            "GIT_CONFIG_VALUE_0": url,
        }

    def _find(self, name: str) -> Path:
        found = [path for path in self.folder.rglob(name) if ".git" not in path.relative_to(self.folder).parts[:1]]
        return found[0] if found else self.folder / "template" / name

    def _tag(self, version: str) -> None:
        commit(self.folder, version)
        git(self.folder, "tag", version)


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """The published template, which git finds in place of the canonical one."""
    made = History(tmp_path / "history")
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def extension(tmp_path: Path, history: History) -> Path:
    """A new extension, committed in a repository of its own."""
    assert history.folder.is_dir()
    made = standalone("my-extension", tmp_path / "my-extension", {})
    git(made.folder, "init", "--quiet")
    commit(made.folder, "from the template")
    return made.folder
