"""Which pi a command uses, its version, and whether there is a Node that runs it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from pi_host._errors import HandledError

__all__ = ["Pi", "find_pi", "node_problem", "node_version"]

_VERSION_SECONDS = 30.0

_HOW_TO_GET_ONE = (
    "install it with `npm install -g @earendil-works/pi-coding-agent`, name one with --pi or PI_HOST_PI, "
    "or `pip install 'pi-host[demo]'`, which brings its own"
)


class Pi(NamedTuple):
    """A pi that can be started.

    Attributes:
        argv: the start of its command line.
        found_by: how it was found: ``--pi``, ``PI_HOST_PI``, ``PATH`` or ``pi-testkit``.
        version: such as ``1.5.2``; empty if it can't be told.
        node: the Node that will run it; empty if there is none, ``None`` if this pi is no Node script.
        wanted_node: the oldest Node it accepts, such as ``22.19.0``; empty if it does not say.
    """

    argv: tuple[str, ...]
    found_by: str
    version: str
    node: str | None
    wanted_node: str


def find_pi(wanted: str | None, *, fetch: bool = True) -> Pi:
    """Return the pi to use: the one asked for, ``PI_HOST_PI``, ``pi`` on the path, then that of pi-testkit.

    Args:
        wanted: path or name given on the command line.
        fetch: whether pi-testkit may download one.

    Raises:
        HandledError: there is none.
    """
    if wanted:
        return _from_path(wanted, "--pi")
    if given := os.environ.get("PI_HOST_PI"):
        return _from_path(given, "PI_HOST_PI")
    if found := shutil.which("pi"):
        return _from_path(found, "PATH")
    return _provisioned(fetch=fetch)


def node_problem(pi: Pi) -> str | None:
    """Return what is wrong with the Node that would run ``pi``, and how to mend it; ``None`` if nothing is."""
    if pi.node is None:
        return None
    wants = f"pi {pi.version or '(unknown version)'} needs Node {pi.wanted_node or '20'} or newer"
    mend = "install a newer Node (https://nodejs.org, nvm, fnm), or `pip install 'pi-host[demo]'` and leave out --pi"
    if not pi.node:
        return f"{wants}, and there is no `node` on the path; {mend}"
    version = node_version(pi.node)
    if not version:
        return f"{wants}, and {pi.node!r} does not tell its version; {mend}"
    if _numbers(version) < _numbers(pi.wanted_node):
        return f"{wants}, and {pi.node!r} is {version}; {mend}"
    return None


def node_version(node: str) -> str:
    """Return the version of a Node executable, empty if it does not run."""
    return _first_line([node, "--version"]).removeprefix("v")


def _from_path(wanted: str, found_by: str) -> Pi:
    path = shutil.which(wanted) or (wanted if Path(wanted).is_file() else None)
    if path is None:
        raise HandledError(f"{found_by} names {wanted!r}, which is no program; {_HOW_TO_GET_ONE}")
    script = Path(path).resolve()
    about = _package(script)
    is_script = script.suffix in {".js", ".mjs", ".cjs"} or _has_node_shebang(script)
    node = (shutil.which("node") or "") if is_script else None
    argv = (path,) if os.access(path, os.X_OK) else (node or "node", path)
    version = str(about.get("version", "")) or ("" if is_script else _first_line([*argv, "--version"]))
    return Pi(argv, found_by, version, node, _oldest(about))


def _provisioned(*, fetch: bool) -> Pi:
    try:
        from pi_testkit import pis  # noqa: PLC0415  # an extra, and only wanted without a pi of the user's own
    except ImportError:
        raise HandledError(f"no pi found; {_HOW_TO_GET_ONE}") from None
    try:
        install = pis.find() if not fetch else pis.provision()
    except pis.ProvisionError as error:
        raise HandledError(f"no pi on the path, and none could be fetched: {error}; {_HOW_TO_GET_ONE}") from error
    if install is None:
        raise HandledError(f"no pi on the path, and none fetched yet (`pi-host demo` fetches one); {_HOW_TO_GET_ONE}")
    return Pi(tuple(install.argv), "pi-testkit", install.version, str(install.node), _oldest(_package(install.cli)))


def _package(script: Path) -> dict[str, object]:
    """The package.json of the pi that ``script`` belongs to; empty if it is not laid out as a package."""
    for folder in script.parents[:6]:
        try:
            about = json.loads((folder / "package.json").read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(about, dict) and str(about.get("name", "")).endswith("/pi-coding-agent"):
            return about
    return {}


def _oldest(about: dict[str, object]) -> str:
    engines = about.get("engines")
    found = re.search(r"\d+(\.\d+)*", str(engines.get("node", ""))) if isinstance(engines, dict) else None
    return found[0] if found else ""


def _has_node_shebang(script: Path) -> bool:
    with script.open("rb") as file:
        return bool(re.match(rb"#!.*\bnode\b", file.readline(200)))


def _first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # the user's own pi or Node
            command, capture_output=True, text=True, check=True, timeout=_VERSION_SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return (done.stdout.strip().splitlines() or [""])[0]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("-", maxsplit=1)[0].split(".") if part.isdigit())
