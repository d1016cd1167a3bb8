"""R04, R23 and R26: what was released before."""

from __future__ import annotations

import re
import tarfile
from typing import TYPE_CHECKING

from packaging.version import Version

from pi_devkit._commands import needs, run
from pi_devkit._errors import DevkitError, EnvironmentMissingError
from pi_devkit.checks._model import Outcome, judge, not_asked, passed

if TYPE_CHECKING:
    from pathlib import Path

    from pi_devkit.checks._context import Context
    from pi_devkit.components import Component

__all__ = ["api", "at_tag", "dependents", "last_release", "newer"]


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


def last_release(context: Context, component: Component) -> str:
    """The tag of a component's last release, but for the one that is being made; empty if there is none.

    Args:
        context: where.
        component: which component.

    Raises:
        EnvironmentMissingError: git has no tag of it, and lacks the history that could have one.
    """
    tags = [tag for tag in context.workspace.tags(component) if tag != context.asked.tag]
    if not tags and context.workspace.git("rev-parse", "--is-shallow-repository").out.strip() != "false":
        raise EnvironmentMissingError("this is a part of the history, without its tags: `git fetch --unshallow --tags`")
    return tags[0] if tags else ""


def newer(context: Context) -> Outcome:
    """R04: the version is newer than every release, and the index has it not."""
    tag, version = last_release(context, context.component), context.version
    found = []
    if tag and Version(tag.removeprefix(f"{context.component.name}-v")) >= version:
        found.append(f"{version} is not newer than the last release, {tag}; raise the version")
    if context.bench.offline:
        return judge(found) if found else not_asked("the index", "--offline")
    name = context.component.name
    if _on_index(context, f"{name}=={version}"):
        if context.asked.dist and not found:
            return _taken_up(context, f"{name}=={version}")
        found.append(f"the index has {name} {version} already; raise the version")
    elif not tag and _on_index(context, name):
        found.append(
            f"the index has {name}, and git no tag of a release: `git fetch --tags`, or choose another name if it is "
            "somebody else's"
        )
    return judge(found, "first release" if not tag else f"after {tag}")


def _on_index(context: Context, requirement: str) -> bool:
    target = context.bench.fresh("index")
    done = run(["uv", "pip", "install", "--dry-run", "--no-deps", "--target", target, requirement])
    if done.ok:
        return True
    if "No solution found" in done.err:
        return False
    raise EnvironmentMissingError(f"the index could not be asked for {requirement}: {done.tail(1)}; or use --offline")


def _taken_up(context: Context, requirement: str) -> Outcome:
    """Judge a release that broke off after the index had got something of it: it may go on with the same files."""
    words = ["uv", "pip", "compile", "--quiet", "--no-cache", "--no-deps", "--generate-hashes", "-"]
    done = run(words, cwd=context.bench.folder, stdin=requirement)
    there = set(re.findall(r"sha256:([0-9a-f]{64})", done.out))
    if not done.ok or not there:
        raise EnvironmentMissingError(f"the index does not tell the hashes of {requirement}: {done.tail(1)}; ask later")
    if others := there - set(context.artifacts.hashes().values()):
        line = f"the index has {len(others)} other files of {requirement} than those given; raise the version"
        return judge([line])
    return passed(f"taken up again: the index has {len(there)} of the files that are given")


def api(context: Context) -> Outcome:
    """R23: what changed for whoever imports it fits the step of the version."""
    tag = last_release(context, context.component)
    if not tag:
        return passed("first release: there is no promise yet that could be broken")
    before = Version(tag.removeprefix(f"{context.component.name}-v"))
    lines = _broken(context, at_tag(context, tag, context.component) / "src")
    if _may_break(before, context.version):
        return passed(f"what broke since {tag}, and the version allows: {len(lines)}", breaking=lines)
    step = "raise the minor version" if context.version.major == 0 else "raise the major version"
    return judge([f"{line}; {step}, or keep it" for line in lines], f"nothing broke since {tag}")


def _broken(context: Context, before: Path) -> list[str]:
    """What whoever imports it misses, one line each.

    Args:
        context: the component.
        before: the sources of the last release.
    """
    needs("griffe")
    import griffe  # noqa: PLC0415  # of the extra `release`

    package = context.component.import_name
    if not (before / package).is_dir():
        return [f"{package}: there was a package of another name"]
    old, new = griffe.load(package, search_paths=[before]), griffe.load(package, search_paths=[context.unpacked])
    return [f"{one.obj.path}: {one.kind.value}" for one in griffe.find_breaking_changes(old, new)]


def _may_break(before: Version, now: Version) -> bool:
    # Before 1.0 a minor version may break what the one before had.
    return now.major > before.major or (before.major == 0 and now.minor > before.minor)


def dependents(context: Context) -> Outcome:
    """R26: the last releases of what builds on it still work with it."""
    from pi_devkit.checks._suites import run_suite  # noqa: PLC0415  # which needs this module

    found, notes = [], []
    for other in context.workspace.dependents(context.component):
        tag = last_release(context, other)
        if not tag:
            notes.append(f"first release: {other.name} has not been released yet")
            continue
        folder = at_tag(context, tag, other)
        found += [f"{tag}: {line}" for line in run_suite(context, other, folder, context.pythons[-1]).problems]
        notes.append(f"{tag} works with it")
    return judge(found, *(notes or ["nothing in the repository builds on it"]))
