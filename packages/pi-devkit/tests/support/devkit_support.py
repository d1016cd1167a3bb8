"""A small repository with two good components, to which tests do one bad thing."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

from pi_devkit import generate
from pi_devkit.checks import CHECKS, Asked, Bench, Report, prove
from pi_devkit.components import Workspace

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["QUICK", "Repository"]

QUICK = tuple(check.id for check in CHECKS if check.quick)

REPOSITORY = "https://example.org/team/extensions"

COMPONENTS = f"""\
schema = 1

[project]
repository = "{REPOSITORY}"
owners = ["@team"]
pythons = ["3.11", "3.11"]
everywhere = ["uv.lock"]
test-groups = ["test"]

[[pi]]
version = "1.5.2"
status = "current"

# What both use.
[components.pi-sample-base]
path = "packages/pi-sample-base"
kind = "library"
import = "pi_sample_base"
public = ["pi_sample_base"]
smoke = "tests/smoke.py:smoke"

[components.pi-sample]
path = "packages/pi-sample"
kind = "extension"
import = "pi_sample"
public = ["pi_sample"]
consumes = {{ pi-sample-base = ["pi_sample_base"] }}
smoke = "tests/smoke.py:smoke"
promises = {{ plugins = ["sample"], commands = ["sample"] }}
"""

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "0.1.0"
description = "A component."
readme = "README.md"
requires-python = ">=3.11"
license = "MIT"
license-files = ["LICENSE"]
keywords = ["pi"]
classifiers = ["Typing :: Typed"]
dependencies = [{dependencies}]

[project.urls]
Source = "{repository}/tree/main/packages/{name}"
Changelog = "{repository}/blob/main/packages/{name}/CHANGELOG.md"
Issues = "{repository}/issues"
{more}
[tool.hatch.build.targets.wheel]
packages = ["src/{module}"]

[tool.hatch.build.targets.sdist]
only-include = ["src", "CHANGELOG.md"]
"""

BASE = '''"""Says things."""

__all__ = ["greet", "part"]


def greet(name: str) -> str:
    """Greet."""
    return f"hello {name}"


def part(name: str) -> str:
    """Say farewell."""
    return f"bye {name}"
'''

PLUGIN = '''"""The plugin."""

from pi_sample_base import greet
from pi_host import command, hookimpl


@hookimpl
def session_start():
    """Do nothing."""


@command
def sample(args: str) -> str:
    """Greet."""
    return greet(args)
'''

SMOKE = '''"""Smoke."""

from pi_sample import plugin
from pi_testkit import FakePi


def smoke():
    with FakePi(plugin) as pi:
        pi.run_command("sample", "you")
        assert "hello you" in str([notice.message for notice in pi.notices])
'''

TEST = """from pi_sample_base import part
from pi_sample import plugin


def test_it_greets():
    assert plugin.sample("you") == "hello you"


def test_it_parts():
    assert part("you") == "bye you"
"""


class Repository:
    """A repository in a folder.

    Args:
        root: the folder; new.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("components.toml", COMPONENTS)
        workspace = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
        self.write("pyproject.toml", f'[dependency-groups]\ntest = ["pytest>=9", "pytest-xdist>=3.8"]\n\n{workspace}')
        self.write(".gitignore", "dist/\n__pycache__/\n")
        lock = "".join(
            f'\n[[package]]\nname = "{name}"\nversion = "0.1.0"\n' for name in ("pi-sample-base", "pi-sample")
        )
        self.write("uv.lock", f"version = 1\n{lock}")
        self._component("pi-sample-base", "", "")
        self.write("packages/pi-sample-base/src/pi_sample_base/__init__.py", BASE)
        self.write("packages/pi-sample-base/src/pi_sample_base/_inner.py", '"""Private."""\n\nSECRET = 1\n')
        self.write(
            "packages/pi-sample-base/tests/smoke.py",
            'from pi_sample_base import greet\n\n\ndef smoke():\n    greet("x")\n',
        )
        points = '\n[project.entry-points."pi_host.plugins"]\nsample = "pi_sample.plugin"\n'
        sources = "\n[tool.uv.sources]\npi-sample-base = { workspace = true }\n"
        self._component("pi-sample", '"pi-sample-base>=0.1.0,<1", "pi-host>=0.1.0,<1"', points + sources)
        self.write("packages/pi-sample/src/pi_sample/__init__.py", '"""A sample."""\n')
        self.write("packages/pi-sample/src/pi_sample/plugin.py", PLUGIN)
        self.write("packages/pi-sample/tests/smoke.py", SMOKE)
        self.write("packages/pi-sample/tests/test_sample.py", TEST)
        self.git("init", "-q", "-b", "main")
        self.commit()

    @property
    def sample(self) -> Path:
        """The folder of ``pi-sample``."""
        return self.root / "packages" / "pi-sample"

    def write(self, path: str, text: str) -> None:
        """Write a file."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace what stands in a file exactly as given."""
        text = (self.root / path).read_text("utf-8")
        assert old in text, f"{path} has no {old!r}"
        self.write(path, text.replace(old, new, 1))

    def append(self, path: str, text: str) -> None:
        """Add to the end of a file."""
        self.write(path, (self.root / path).read_text("utf-8") + text)

    def bump(self, name: str, version: str, before: str = "0.1.0") -> None:
        """Prepare a release, as release-please does."""
        self.edit(f"packages/{name}/pyproject.toml", f'version = "{before}"', f'version = "{version}"')
        self.edit("uv.lock", f'name = "{name}"\nversion = "{before}"', f'name = "{name}"\nversion = "{version}"')
        section = f"# Changelog\n\n## {version} (2026-02-02)\n\n- Something.\n"
        self.edit(f"packages/{name}/CHANGELOG.md", "# Changelog\n", section)

    def git(self, *words: str) -> str:
        """Run git."""
        names = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", str(self.root), *names, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def commit(self) -> None:
        """Commit everything, what is generated included."""
        generate.write(self.workspace())
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "feat: something", "--allow-empty")

    def workspace(self) -> Workspace:
        """The workspace, as it is now."""
        return Workspace.find(self.root)

    def prove(self, name: str = "pi-sample", **asked: Any) -> Report:
        """Run checks."""
        bench_options = {name: asked.pop(name) for name in ("offline", "audit") if name in asked}
        with Bench(self.workspace(), **bench_options) as bench:
            return prove(bench, bench.workspace.component(name), Asked(**asked))

    def manifest(self) -> dict[str, str]:
        """The manifest of versions."""
        found: dict[str, str] = json.loads((self.root / ".release-please-manifest.json").read_text("utf-8"))
        return found

    def _component(self, name: str, dependencies: str, more: str) -> None:
        module = name.replace("-", "_")
        folder = f"packages/{name}"
        text = PYPROJECT.format(name=name, module=module, dependencies=dependencies, more=more, repository=REPOSITORY)
        self.write(f"{folder}/pyproject.toml", text)
        self.write(f"{folder}/README.md", f"# {name}\n\nWorks.\n")
        self.write(f"{folder}/LICENSE", "MIT License\n\nDo what you like.\n")
        self.write(f"{folder}/CHANGELOG.md", "# Changelog\n\n## 0.1.0 (2026-01-01)\n\n- It begins.\n")
        self.write(f"{folder}/src/{module}/py.typed", "")
