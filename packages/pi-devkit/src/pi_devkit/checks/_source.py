"""R01 to R03 and R05: what the tree itself has to say."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from pi_devkit._errors import DevkitError
from pi_devkit._text import read_text
from pi_devkit.checks._metadata import metadata_of
from pi_devkit.checks._model import Outcome, judge
from pi_devkit.components import canonical, problems, resolve_tag

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pi_devkit.checks._context import Context

__all__ = ["changelog", "metadata", "registered", "versions"]

_DATE: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_UNFINISHED: Final = re.compile(r"\b(TODO|TBD|FIXME|unreleased)\b", re.IGNORECASE)


def registered(context: Context) -> Outcome:
    """R01: listed, released at all, without anything that ended or is not committed."""
    component = context.component
    found = [line for line in problems(context.workspace) if line.startswith(f"{component.name}: ")]
    if not component.released:
        found.append(f"its state is {component.state!r}; only what is 'ready' is released")
    if not context.asked.dirty:
        said = context.workspace.git("status", "--porcelain", "--", component.path, "components.toml", "uv.lock")
        if not said.ok:
            found.append(f"git can't tell what is committed: {said.tail(1)}")
        changed = [line[3:] for line in said.out.splitlines() if said.ok]
        if changed:
            more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
            found.append(f"{changed[0]}{more} is not committed; commit it, or look with --allow-dirty")
    return judge(found)


def metadata(context: Context) -> Outcome:
    """R02: pyproject.toml is valid and says what people look for."""
    from validate_pyproject.api import Validator  # noqa: PLC0415  # of the extra `release`
    from validate_pyproject.errors import ValidationError  # noqa: PLC0415  # as above
    from validate_pyproject.plugins import list_from_entry_points  # noqa: PLC0415  # as above

    found = []
    given = context.source.pyproject.get("tool")
    tools = given if isinstance(given, dict) else {}
    # The schemas of all tools that there are take seconds to compile.
    wanted = [one for one in list_from_entry_points() if not one.tool or one.tool in tools]
    try:
        Validator(plugins=wanted)(context.source.pyproject)
    except ValidationError as error:
        found.append(f"pyproject.toml: {' '.join(str(error).split())[:300]}")
    return judge([*found, *_project(context)])


def _project(context: Context) -> Iterator[str]:
    project = context.source.project
    for key in ("description", "readme", "requires-python", "keywords", "classifiers", "license", "license-files"):
        if not project.get(key):
            yield f"project.{key} is missing; write it"
    if not isinstance(project.get("license", ""), str):
        yield "project.license is a table; write an SPDX expression such as 'MIT'"
    if not _lists(project, "classifiers", "Typing :: Typed"):
        yield "project.classifiers lacks 'Typing :: Typed'; the package has py.typed"
    if _lists(project, "dynamic", "version"):
        yield "project.version is dynamic; write it, so that a release can be read from the tree"


def _lists(project: dict[str, Any], key: str, wanted: str) -> bool:
    # What is no list at all is told by the schema.
    given = project.get(key)
    return isinstance(given, list) and wanted in given


def versions(context: Context) -> Outcome:
    """R03: the version is the same everywhere."""
    wanted = context.version
    said = dict(_versions(context))
    found = [
        f"{place} says {text or 'nothing'}, pyproject.toml says {wanted}; they have to agree"
        for place, text in said.items()
        if _version(text) != wanted
    ]
    if context.asked.tag:
        try:
            resolve_tag(context.workspace, context.asked.tag)
        except DevkitError as error:
            found.append(str(error))
        if not context.asked.tag.startswith(f"{context.component.name}-v"):
            found.append(f"the tag {context.asked.tag!r} is not one of {context.component.name}")
    return judge(found, version=str(wanted))


def _versions(context: Context) -> Iterator[tuple[str, str]]:
    root, component = context.workspace.root, context.component
    manifest = root / ".release-please-manifest.json"
    yield (
        ".release-please-manifest.json",
        str(_json(read_text(manifest) if manifest.is_file() else "{}").get(component.path, "")),
    )
    yield "uv.lock", _locked(root / "uv.lock", component.name)
    releases = context.source.releases()
    yield "the newest section of CHANGELOG.md", releases[0][0] if releases else ""
    for path in (context.artifacts.sdist, context.artifacts.wheel):
        yield f"the file name {path.name!r}", _named(path)
    yield "the wheel's METADATA", str(metadata_of(context).version)


def _locked(lock: Path, name: str) -> str:
    try:
        packages = tomllib.loads(read_text(lock)).get("package", []) if lock.is_file() else []
    except tomllib.TOMLDecodeError as error:
        raise DevkitError(f"uv.lock is not TOML: {error}; settle what is in conflict, and run `uv lock`") from error
    found = [one.get("version", "") for one in packages if canonical(one.get("name", "")) == canonical(name)]
    return str(found[0]) if found else ""


def _named(path: Path) -> str:
    try:
        if path.name.endswith(".whl"):
            return str(parse_wheel_filename(path.name)[1])
        return str(parse_sdist_filename(path.name)[1])
    except (InvalidWheelFilename, InvalidSdistFilename):
        return ""


def changelog(context: Context) -> Outcome:
    """R05: the changelog has a finished section for this version."""
    sections = [one for one in context.source.releases() if _version(one[0]) == context.version]
    if not sections:
        return judge([f"CHANGELOG.md has no section for {context.version}; write `## {context.version} (YYYY-MM-DD)`"])
    _, heading, text = sections[0]
    found = []
    if not _says_something(text):
        found.append(f"the section of {context.version} in CHANGELOG.md is empty; say what users get")
    if not _dated(heading):
        found.append(f"the section of {context.version} in CHANGELOG.md has no date; write that day as YYYY-MM-DD")
    if mark := _UNFINISHED.search(f"{heading}\n{text}"):
        found.append(f"the section of {context.version} in CHANGELOG.md says {mark[0]!r}; finish it")
    return judge(found)


def _says_something(text: str) -> bool:
    plain = _COMMENT.sub("", text)
    return any(re.search(r"\w", line) for line in plain.splitlines() if not line.lstrip().startswith("#"))


def _dated(heading: str) -> bool:
    for text in _DATE.findall(heading):
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            continue
        return True
    return False


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _json(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
