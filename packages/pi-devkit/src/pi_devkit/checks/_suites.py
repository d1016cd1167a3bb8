"""R22: the tests of a component, run against what is installed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import tomlkit

from pi_devkit._errors import DevkitError
from pi_devkit.checks._model import Outcome, judge
from pi_devkit.proving import build

if TYPE_CHECKING:
    from pi_devkit._commands import Done
    from pi_devkit.checks._context import Context
    from pi_devkit.components import Component

__all__ = ["Suite", "run_suite", "suites"]

#: How long the tests of one component may take on one Python, seconds.
_SECONDS: Final = 1800.0

#: How many failed tests are named.
_SHOWN: Final = 20

#: What is drawn at random is the same each time, and no test fails because the machine is slow: see Hypothesis's `ci`.
_ENVIRONMENT: Final = {"CI": "1"}

#: What a shell starts in the background ignores interrupts, and so would the programs that tests interrupt.
_PYTEST: Final = """
import os, runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
os.chdir({tree!r})
sys.argv = {argv!r}
runpy.run_module("pytest", run_name="__main__")
"""


def suites(context: Context) -> Outcome:
    """R22: the tests pass on the oldest Python with the oldest requirements, and on the newest with the newest."""
    pythons = context.pythons
    folder = context.workspace.folder(context.component)
    found: list[str] = []
    notes = []
    for python in dict.fromkeys((pythons[0], pythons[-1])):
        lowest = python == context.workspace.project.pythons[0]
        suite = run_suite(context, context.component, folder, python, lowest=lowest)
        label = f"Python {python}{', oldest requirements' if lowest else ''}"
        found += [f"{label}: {line}" for line in suite.problems]
        notes.append(f"{label}: {suite.said}")
    if context.component.repository_tests:
        notes.append(f"about the repository, and not run: {', '.join(context.component.repository_tests)}")
    return judge(found, *notes)


class Suite(NamedTuple):
    """What came of the tests of one component.

    Attributes:
        problems: what failed, one line each.
        said: the last line of the output, which counts them.
    """

    problems: list[str]
    said: str = ""


def run_suite(context: Context, component: Component, source: Path, python: str, *, lowest: bool = False) -> Suite:
    """Run the tests of a folder against wheels.

    Args:
        context: the component that is proved; its wheel is installed in any case.
        component: whose tests they are.
        source: the component's folder.
        python: such as ``3.13``.
        lowest: whether direct requirements get the oldest version that they allow.

    Raises:
        EnvironmentMissingError: there is no such Python here.
        DevkitError: a sibling does not build.
    """
    if not (source / "tests").is_dir():
        return Suite([f"{component.name} has no folder `tests`"])
    venv = context.environment(python)
    wheels = context.wheels(testkit=True)
    if component != context.component:
        wheels.append(
            build(
                source, context.bench.fresh("dependent"), epoch=context.bench.epoch, offline=context.bench.offline
            ).wheel
        )
    extras = [
        f"{component.name}[{extra}]"
        for extra in context.workspace.source(component).project.get("optional-dependencies", {})
    ]
    try:
        venv.install(*wheels, *extras, *_requirements(context), lowest=lowest)
    except DevkitError as error:
        return Suite(str(error).splitlines())
    tree = _tree(context, component, source)
    script = _PYTEST.format(tree=str(tree), argv=["pytest", "-q", "-n", "2", f"{component.path}/tests"])
    done = venv.run("-c", script, env=_ENVIRONMENT, timeout=_SECONDS)
    last = (done.out.strip().splitlines() or [""])[-1]
    if done.ok and " passed" not in f" {last}":
        return Suite([f"no test was passed: {last}"], last)
    return Suite([] if done.ok else _failures(done), last)


def _failures(done: Done) -> list[str]:
    """The tests that failed; the end of the output if it names none."""
    named = [line for line in done.out.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    more = [f"and {len(named) - _SHOWN} more"] if len(named) > _SHOWN else []
    return [*named[:_SHOWN], *more] or done.tail().splitlines()


def _requirements(context: Context) -> list[str]:
    groups: dict[str, Any] = context.workspace.pyproject().get("dependency-groups", {})
    return [
        one for name in context.workspace.project.test_groups for one in groups.get(name, []) if isinstance(one, str)
    ]


def _tree(context: Context, component: Component, source: Path) -> Path:
    """The tests and what they read, laid out as in the repository, without the sources."""
    tree = context.bench.fresh("tests")
    tree.mkdir()
    left_out = {source / name for name in component.repository_tests}

    def ignored(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name == "__pycache__" or Path(folder, name) in left_out]

    shutil.copytree(source / "tests", tree / component.path / "tests", ignore=ignored)
    root = context.workspace.root
    for glob in component.test_files:
        for path in root.glob(glob):
            if path.is_file():
                target = tree / path.relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    settings = context.workspace.pyproject().get("tool", {}).get("pytest", {})
    (tree / "pyproject.toml").write_text(tomlkit.dumps({"tool": {"pytest": settings}}), "utf-8")
    return tree
