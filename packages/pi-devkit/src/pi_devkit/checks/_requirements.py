"""R11 and R12: what the wheel says it needs, and what it imports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import tomlkit
from packaging.version import InvalidVersion, Version

from pi_devkit._commands import run_tool
from pi_devkit._errors import DevkitError
from pi_devkit.checks._metadata import metadata_of
from pi_devkit.checks._model import Outcome, judge
from pi_devkit.components import NEXT, canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement
    from packaging.specifiers import SpecifierSet

    from pi_devkit.checks._context import Context
    from pi_devkit.components import Component

__all__ = ["imports", "requirements"]

_LOWER, _UPPER = {">=", ">", "==", "~=", "==="}, {"<", "<=", "==", "~=", "==="}


def requirements(context: Context) -> Outcome:
    """R11: siblings are bounded on both sides, and nothing else is bounded too much."""
    metadata = metadata_of(context)
    siblings = {canonical(one.name): one for one in context.workspace.components if one != context.component}
    found: list[str] = []
    for requirement in metadata.requires_dist or []:
        found += _any(context, requirement)
        sibling = siblings.get(canonical(requirement.name))
        if sibling is not None:
            found += _sibling(context, sibling, requirement)
    found += _python(metadata.requires_python)
    if NEXT in (context.workspace.folder(context.component) / "pyproject.toml").read_text("utf-8"):
        found.append(f"a bound in pyproject.toml still has the marker `# {NEXT}`; write the version it waits for")
    return judge(found, requires=[str(one) for one in metadata.requires_dist or []])


def _any(context: Context, requirement: Requirement) -> Iterator[str]:
    if requirement.url:
        yield f"{requirement.name} is required from {requirement.url!r}; an index takes versions only"
    pre = [str(one) for one in requirement.specifier if _version(one.version).is_prerelease]
    if pre and not context.version.is_prerelease:
        yield f"{requirement.name}{pre[0]} names a prerelease, which a release must not need"


def _sibling(context: Context, sibling: Component, requirement: Requirement) -> Iterator[str]:
    version = context.workspace.source(sibling).version
    # Between friends there is no promise: what is private may change with every minor version.
    friend = context.component.name in sibling.friends
    cap = Version(f"{version.major}.{version.minor + 1}") if friend else Version(str(version.major + 1))
    advice = f"write `{requirement.name}>={version},<{cap}`"
    specifier, floor = requirement.specifier, _floor(context, sibling)
    lower = [_version(one.version) for one in specifier if one.operator in _LOWER]
    if not lower:
        yield f"{requirement.name} has no lower bound: any old version would do; {advice}"
    elif max(lower) < floor:
        yield f"{requirement.name} may be as old as {max(lower)}, which nobody proves it with; write `>={floor}`"
    if not any(one.operator in _UPPER and _version(one.version) <= cap for one in specifier):
        yield f"{requirement.name} has no upper bound at {cap} or below, where it may break; {advice}"
    if not specifier.contains(version, prereleases=True):
        yield f"{requirement.name}{specifier} leaves out {version}, which it is proved with; {advice}"


def _floor(context: Context, sibling: Component) -> Version:
    # What is released by this very commit counts as not released yet: its tag must not change the verdict.
    said = context.workspace.git("tag", "--list", "--merged", "HEAD", "--no-contains", "HEAD", f"{sibling.name}-v*")
    before = set(said.out.split())
    for tag in context.workspace.tags(sibling):
        version = Version(tag.removeprefix(f"{sibling.name}-v"))
        if tag in before and not version.is_prerelease:
            return version
    return context.workspace.source(sibling).version


def _python(specifier: SpecifierSet | None) -> Iterator[str]:
    for one in specifier or ():
        if one.operator in {"<", "<=", "==", "~="}:
            yield f"requires-python has {str(one)!r}; an upper bound keeps people from newer Pythons: leave it out"


def _version(text: str) -> Version:
    try:
        return Version(text.removesuffix(".*"))
    except InvalidVersion as error:
        raise DevkitError(f"a requirement names {text!r}, which is no version; write one like 1.2.3") from error


def imports(context: Context) -> Outcome:
    """R12: it imports the standard library, itself, and what it requires."""
    folder = context.unpacked
    # Without its `tool` tables: in `tool.deptry` it could excuse itself.
    stated = {name: table for name, table in context.source.pyproject.items() if name != "tool"}
    (folder / "pyproject.toml").write_text(tomlkit.dumps(stated), "utf-8")
    report = folder.parent / "deptry.json"
    modules = context.clean.probe("names", {})["modules"]
    names = ",".join(f"{name}={'|'.join(found)}" for name, found in sorted(modules.items()))
    # What is required and not imported may be a plugin or a program; the others are about the reverse.
    words = ["--json-output", str(report), "--ignore", "DEP002,DEP005", "--package-module-name-map", names]
    done = run_tool("deptry", ".", "--no-ansi", *words, cwd=folder)
    if not report.is_file():
        raise DevkitError(f"deptry did not look at the wheel:\n{done.tail()}")
    found = [
        f"{one['location']['file']}:{one['location']['line']} imports {one['module']!r}, {_lacks(one['error']['code'])}"
        for one in json.loads(report.read_text("utf-8"))
        if one["module"] != context.component.import_name
    ]
    return judge(found)


def _lacks(code: str) -> str:
    if code == "DEP004":
        return "which a dependency group brings, and no user gets those; add it to the requirements"
    return "which no requirement brings; add one"
