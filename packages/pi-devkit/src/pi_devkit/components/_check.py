"""Holds ``components.toml`` against the tree, both ways."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pi_devkit._errors import DevkitError
from pi_devkit.components._parse import FILE_NAME
from pi_devkit.components._source import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_devkit.components._model import Component
    from pi_devkit.components._workspace import Workspace

__all__ = ["problems"]


def problems(workspace: Workspace) -> list[str]:
    """Everything in which the file and the tree differ.

    Args:
        workspace: the repository.

    Returns:
        One line each; empty if all is well.
    """
    found = list(_membership(workspace))
    for component in workspace.components:
        found += [f"{component.name}: {line}" for line in _component(workspace, component)]
    return found


def _membership(workspace: Workspace) -> Iterator[str]:
    members = set(workspace.members())
    paths = [component.path for component in workspace.components]
    for path in sorted(members - set(paths)):
        yield f"{path} is a member of the workspace, but no component: add its table to {FILE_NAME}"
    for component in workspace.components:
        if component.path not in members:
            yield f"{component.name}: {component.path!r} is no member of the workspace; see tool.uv.workspace.members"
        if paths.count(component.path) > 1:
            yield f"{component.name}: another component has the folder {component.path!r} too"


def _component(workspace: Workspace, component: Component) -> Iterator[str]:
    yield from _references(workspace, component)
    yield from _expired(component)
    if not workspace.folder(component).is_dir():
        return
    try:
        source = workspace.source(component)
        _ = source.version, source.requirements()
    except DevkitError as error:
        yield str(error)
        return
    if source.name != component.name:
        yield f"pyproject.toml calls it {source.name!r}; the name there and the key in {FILE_NAME} are one"
    yield from _floor(workspace, component)
    yield from _sources(workspace, component)
    yield from _urls(workspace, component)
    yield from _tests(workspace, component)


def _references(workspace: Workspace, component: Component) -> Iterator[str]:
    known = workspace.file.components
    for name in (*component.friends, *component.consumes):
        if name not in known:
            yield f"names {name!r}, which is no component"
    for name, modules in component.consumes.items():
        provider = known.get(name)
        if provider is None or component.name in provider.friends:
            continue
        for module in modules:
            if module not in provider.public:
                yield f"consumes {module!r}, which {name} does not list in `public`"
    versions = {profile.version for profile in workspace.file.pis}
    for version in (*(component.pi or ()), *(failure.pi for failure in component.expected_failures)):
        if version not in versions:
            yield f"names pi {version!r}; the [[pi]] tables have {', '.join(sorted(versions))}"


def _expired(component: Component) -> Iterator[str]:
    today = dt.datetime.now(dt.UTC).date()
    for waiver in component.waivers:
        if waiver.until < today:
            yield f"its waiver of {waiver.check} ended on {waiver.until}: mend what it excuses, or renew it"
    for failure in component.expected_failures:
        if failure.until < today:
            yield f"its expected failure with pi {failure.pi} ended on {failure.until}: mend it, or renew it"


def _floor(workspace: Workspace, component: Component) -> Iterator[str]:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415  # as in Workspace.tags

    requires, oldest = workspace.source(component).project.get("requires-python", ""), workspace.project.pythons[0]
    try:
        runs = SpecifierSet(str(requires)).contains(oldest)
    except InvalidSpecifier:
        yield f"project.requires-python is {requires!r}; write a bound like '>={oldest}'"
        return
    if not runs:
        yield f"requires Python {requires}, and a Python that one package refuses, {oldest}, is lost to the workspace"


def _sources(workspace: Workspace, component: Component) -> Iterator[str]:
    source = workspace.source(component)
    given: object = source.pyproject
    for key in ("tool", "uv", "sources"):
        given = given.get(key, {}) if isinstance(given, dict) else given
    if not isinstance(given, dict):
        yield f"tool.uv.sources is {given!r}; write a table"
        return
    names = {canonical(other.name) for other in workspace.components}
    for name, value in given.items():
        if canonical(name) in names and value != {"workspace": True}:
            yield f"tool.uv.sources.{name} is {value!r}; a sibling is always `{{ workspace = true }}`"


def _urls(workspace: Workspace, component: Component) -> Iterator[str]:
    repository, branch = workspace.project.repository, workspace.project.branch
    wanted = {
        "Source": f"{repository}/tree/{branch}/{component.path}",
        "Changelog": f"{repository}/blob/{branch}/{component.path}/CHANGELOG.md",
        "Issues": f"{repository}/issues",
    }
    urls = workspace.source(component).project.get("urls", {})
    if not isinstance(urls, dict):
        yield f"project.urls is {urls!r}; write a table with {', '.join(wanted)}"
        return
    for label, url in wanted.items():
        if urls.get(label) != url:
            yield f"project.urls.{label} is {urls.get(label)!r}; write {url!r}"


def _tests(workspace: Workspace, component: Component) -> Iterator[str]:
    tests = workspace.folder(component) / "tests"
    for name in component.repository_tests:
        path = (workspace.folder(component) / name).resolve()
        if not path.exists() or not path.is_relative_to(tests.resolve()):
            yield f"repository-tests names {name!r}, which is no file and no folder of its tests; take it out"
