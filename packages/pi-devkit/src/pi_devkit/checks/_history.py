"""R04, R23 and R26: what was released before."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from packaging.version import Version

from pi_devkit._commands import run
from pi_devkit._errors import DevkitError, EnvironmentMissingError
from pi_devkit.checks._model import Outcome, judge, not_asked, passed

if TYPE_CHECKING:
    from pathlib import Path

    from pi_devkit.checks._context import Context
    from pi_devkit.components import Component

__all__ = ["api", "at_tag", "dependents", "newer"]


def at_tag(context: Context, tag: str, component: Component) -> Path:
    """A component's folder as it was at a tag.

    Args:
        context: where.
        tag: the tag.
        component: which component.

    Raises:
        DevkitError: git has it not.
    """
    folder = context.bench.fresh(tag)
    folder.mkdir()
    archive = folder / "tree.tar"
    done = context.workspace.git("archive", "--format=tar", f"--output={archive}", tag, "--", component.path)
    if not done.ok:
        raise DevkitError(f"git has no {component.path!r} at {tag!r}: {done.tail(1)}; fetch the tags")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / component.path


def previous(context: Context) -> str:
    """The tag of the release before; empty if there is none."""
    tags = [tag for tag in context.workspace.tags(context.component) if tag != context.asked.tag]
    return tags[0] if tags else ""


def newer(context: Context) -> Outcome:
    """R04: the version is newer than every release, and the index has it not."""
    tag, version = previous(context), context.version
    found = []
    if tag and Version(tag.removeprefix(f"{context.component.name}-v")) >= version:
        found.append(f"{version} is not newer than the last release, {tag}; raise the version")
    if context.bench.offline:
        return judge(found) if found else not_asked("the index", "--offline")
    name = context.component.name
    if _on_index(context, f"{name}=={version}"):
        found.append(f"the index has {name} {version} already; raise the version")
    elif not tag and _on_index(context, name):
        found.append(f"the index has a {name} of somebody else, since nothing was released from here; choose a name")
    return judge(found, "first release" if not tag else f"after {tag}")


def _on_index(context: Context, requirement: str) -> bool:
    target = context.bench.fresh("index")
    done = run(["uv", "pip", "install", "--dry-run", "--no-deps", "--target", target, requirement])
    if done.ok:
        return True
    if "No solution found" in done.err:
        return False
    raise EnvironmentMissingError(f"the index could not be asked for {requirement}: {done.tail(1)}; or use --offline")


def api(context: Context) -> Outcome:
    """R23: what changed for whoever imports it fits the step of the version."""
    import griffe  # noqa: PLC0415  # of the extra `release`

    tag = previous(context)
    if not tag:
        return passed("first release: there is no promise yet that could be broken")
    before = Version(tag.removeprefix(f"{context.component.name}-v"))
    package = context.component.import_name
    old = griffe.load(package, search_paths=[at_tag(context, tag, context.component) / "src"])
    new = griffe.load(package, search_paths=[context.unpacked])
    lines = [
        " ".join(one.explain(griffe.ExplanationStyle.ONE_LINE).split())
        for one in griffe.find_breaking_changes(old, new)
    ]
    if _may_break(before, context.version):
        return passed(f"{len(lines)} breaking changes since {tag}, which the version allows", breaking=lines)
    step = "raise the minor version" if context.version.major == 0 else "raise the major version"
    return judge([f"{line}; {step}, or keep it" for line in lines], f"nothing broke since {tag}")


def _may_break(before: Version, now: Version) -> bool:
    # Before 1.0 a minor version may break what the one before had.
    return now.major > before.major or (before.major == 0 and now.minor > before.minor)


def dependents(context: Context) -> Outcome:
    """R26: the last releases of what builds on it still work with it."""
    from pi_devkit.checks._suites import run_suite  # noqa: PLC0415  # which needs this module

    found, notes = [], []
    for other in context.workspace.dependents(context.component):
        tags = context.workspace.tags(other)
        if not tags:
            notes.append(f"first release: {other.name} has not been released yet")
            continue
        folder = at_tag(context, tags[0], other)
        found += [f"{tags[0]}: {line}" for line in run_suite(context, other, folder, context.pythons[-1]).problems]
        notes.append(f"{tags[0]} works with it")
    return judge(found, *(notes or ["nothing in the repository builds on it"]))
