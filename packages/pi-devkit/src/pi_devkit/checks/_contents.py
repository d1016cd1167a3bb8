"""R08: what may be in the artifacts, both ways."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from pi_devkit._commands import run_tool
from pi_devkit.checks._model import Outcome, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pi_devkit.checks._context import Context

__all__ = ["contents"]

_METADATA: Final = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
_SDIST: Final = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO", ".gitignore")
_NEEDED: Final = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO")

#: The beginnings of keys that some service gives out, and what private keys begin with.
_SECRETS: Final = re.compile(
    rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\r?\n"
    rb"|\bgh[opsur]_[A-Za-z0-9]{36}|\bgithub_pat_\w{50}"
    rb"|\bsk-(?:ant|proj)-[\w-]{20}"
    rb"|\bpypi-AgEI[\w-]{50}"
    rb"|\bAKIA[A-Z0-9]{16}\b"
)


def contents(context: Context) -> Outcome:
    """R08: everything that is declared is in them, and nothing else is."""
    found = [*_wheel(context), *_sdist(context), *_text(context), *_tool(context)]
    return judge(found, wheel=len(context.wheel), sdist=len(context.sdist))


def _wheel(context: Context) -> Iterator[str]:
    package = context.component.import_name
    globs = [f"{package}/*.py", f"{package}/py.typed", *context.component.wheel]
    allowed = [*globs, *(context.dist_info + name for name in _METADATA)]
    for name in _outside(context.wheel, allowed):
        yield f"{name} is in the wheel, but not declared: add a glob to `wheel` in components.toml, or leave it out"
    for glob in _unused(context.wheel, globs):
        yield f"nothing in the wheel fits {glob!r}; a file is missing, or the glob is of no use"
    for name in context.wheel:
        if name.endswith(".py") and ("/tests/" in name or name.split("/")[-1].startswith(("test_", "conftest."))):
            yield f"{name} is a test; tests stay out of the wheel"


def _sdist(context: Context) -> Iterator[str]:
    modules = [f"src/{name}" for name in context.wheel if not name.startswith(context.dist_info)]
    allowed = [*_SDIST, *modules, *context.component.sdist]
    for name in _outside(context.sdist, allowed):
        yield f"{name} is in the sdist, but not declared: add a glob to `sdist` in components.toml, or leave it out"
    for name in (*_NEEDED, *modules, *context.component.sdist):
        if not any(fnmatchcase(one, name) for one in context.sdist):
            yield f"nothing in the sdist fits {name!r}; add it to tool.hatch.build.targets.sdist"


def _text(context: Context) -> Iterator[str]:
    root = str(context.workspace.root).encode() + b"/"
    for kind, files in (("wheel", context.wheel), ("sdist", context.sdist)):
        for name, data in files.items():
            if _SECRETS.search(data):
                yield f"{name} of the {kind} has something in it that looks like a key; take it out, and revoke it"
            if root in data:
                yield f"{name} of the {kind} names a folder of this machine, {root.decode()!r}; take it out"


def _tool(context: Context) -> Iterator[str]:
    # What it says about files beside the package is said above, with what to do about it.
    words = ["--no-config", "--ignore", "W004,W005,W009,W010", str(context.artifacts.wheel)]
    done = run_tool("check_wheel_contents", *words)
    if not done.ok:
        yield from (line.partition(": ")[2] or line for line in done.out.strip().splitlines())


def _outside(names: Iterable[str], globs: Iterable[str]) -> list[str]:
    wanted = list(globs)
    return sorted(name for name in names if not any(name == glob or fnmatchcase(name, glob) for glob in wanted))


def _unused(names: Iterable[str], globs: Iterable[str]) -> list[str]:
    there = list(names)
    return [glob for glob in globs if not any(fnmatchcase(name, glob) for name in there)]
