"""What `pi-host doctor` looks at. Each check says what it found and, if something is wrong, how to mend it."""

from __future__ import annotations

import platform
import re
import sys
import tempfile
from collections import deque
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from pi_host import _config
from pi_host._errors import ConfigError, HandledError
from pi_host.cli._package import Installed, Scope
from pi_host.cli._places import cache, tilde
from pi_host.cli._settings import is_listed
from pi_host.cli.plugins import look
from pi_host.launch import agent_dir
from pi_host.pis import find_pi, node_problem, node_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_host._plugins import Plugin

__all__ = ["Finding", "examine"]

#: An import above this many milliseconds is worth a word: every start of pi waits for it.
_SLOW_IMPORT: Final = 50.0

#: How much of the log is searched for crashes, in lines.
_LOG_LINES: Final = 400

#: The last line of a traceback, and what Python says when it is killed from inside.
_CRASH: Final = re.compile(r"^(Fatal Python error: .*|[\w.]*(Error|Exception|Interrupt|Exit)(: .*)?)$")


class Finding(NamedTuple):
    """One thing looked at.

    Attributes:
        subject: what was looked at.
        level: ``ok``, ``warning``, or ``error`` for what is broken.
        text: what was found.
        mend: how to mend it; empty if there is nothing to mend.
    """

    subject: str
    level: Literal["ok", "warning", "error"]
    text: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    """Run all checks."""
    yield from _python()
    yield from _pi()
    yield _writable("agent dir", agent_dir(), "check its owner, or point PI_CODING_AGENT_DIR elsewhere")
    yield from _installation("install", Scope.choose(project=False))
    if Scope.choose(project=True).package.exists():
        yield from _installation("install (project)", Scope.choose(project=True))
    yield from _configuration()
    yield from _plugins()
    yield _writable("cache", cache(), "check its owner, or point PI_HOST_CACHE elsewhere")
    yield from _log(cache() / "host.log")


def _python() -> Iterator[Finding]:
    yield Finding("pi-host", "ok", version("pi-host"))
    text = f"{platform.python_version()} at {sys.executable}"
    if Installed.now().is_temporary:
        mend = "`uv tool install pi-host` (or pipx) gives an environment that stays"
        yield Finding("python", "warning", f"{text}, which may be thrown away", mend)
    else:
        yield Finding("python", "ok", text)


def _pi() -> Iterator[Finding]:
    try:
        pi = find_pi(None, fetch=False)
    except HandledError as error:
        yield _wrong("pi", str(error))
        return
    yield Finding("pi", "ok", f"{pi.version or 'of unknown version'} at {tilde(pi.argv[-1])} (by {pi.found_by})")
    if problem := node_problem(pi):
        yield _wrong("node", problem)
    elif pi.node:
        yield Finding("node", "ok", f"{node_version(pi.node)} at {tilde(pi.node)}")


def _installation(subject: str, scope: Scope) -> Iterator[Finding]:
    try:
        listed = is_listed(scope)
    except (ConfigError, OSError) as error:
        yield _wrong(subject, str(error))
        return
    renew = "run `pi-host install`" + (" --project" if scope.flags else "")
    installed = Installed.read(scope)
    if installed is None:
        if listed or scope.package.exists():
            yield Finding(subject, "error", f"{tilde(scope.package)} is missing or damaged", renew)
        else:
            yield Finding(subject, "ok", "no; `pi-host run` loads the plugins for one launch, `pi-host install` always")
    elif not listed:
        yield Finding(subject, "warning", f"pi's settings don't name {tilde(scope.package)}", renew)
    elif installed.missing:
        yield Finding(subject, "error", f"{installed.missing} is gone, so pi starts without plugins", renew)
    elif installed.python != sys.executable:
        yield Finding(subject, "warning", f"pi uses another Python than this one: {installed.python}", renew)
    elif installed.version != version("pi-host"):
        yield Finding(subject, "warning", f"made by pi-host {installed.version}, this is another", renew)
    else:
        yield Finding(subject, "ok", f"pi loads {tilde(scope.package)}")


def _configuration() -> Iterator[Finding]:
    for path in (agent_dir() / _config.FILE_NAME, Path.cwd() / ".pi" / _config.FILE_NAME):
        try:
            _config.read(path)
        except ConfigError as error:
            yield Finding("config", "error", str(error), "mend this line; until then the file counts as empty")
        else:
            if path.exists():
                yield Finding("config", "ok", f"{tilde(path)} is valid")


def _plugins() -> Iterator[Finding]:
    try:
        found = look()
    except HandledError as error:
        yield _wrong("plugins", str(error))
        return
    for plugin in found.plugins:
        yield _plugin(plugin)
    if not found.plugins:
        yield Finding("plugins", "ok", "none yet")


def _plugin(plugin: Plugin) -> Finding:
    subject = f"plugin {plugin.name}"
    disable = f"correct it, or `pi-host disable {plugin.name}`"
    if plugin.status == "refused":
        # To disable the name would disable the one that has it, too.
        text, _, mend = (plugin.problem or "refused").partition("; ")
        return Finding(f"{subject} ({plugin.distribution or plugin.target})", "warning", text, mend or disable)
    if plugin.status == "broken":
        return Finding(subject, "error", plugin.problem or "broken", disable)
    if plugin.problem:
        return Finding(subject, "warning", plugin.problem, disable)
    if plugin.import_ms > _SLOW_IMPORT:
        text = f"its import takes {plugin.import_ms:.0f} ms, and every start of pi waits for it"
        return Finding(subject, "warning", text, "import what is big inside the functions that need it")
    return Finding(subject, "ok", f"{plugin.status}, import {plugin.import_ms:.1f} ms")


def _writable(subject: str, folder: Path, mend: str) -> Finding:
    there = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Finding(subject, "error", f"{tilde(there)} can't be written: {error.strerror}", mend)
    return Finding(subject, "ok", tilde(folder) if there == folder else f"{tilde(folder)}, made when it is needed")


def _log(path: Path) -> Iterator[Finding]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            crashes = [line.strip() for line in deque(file, _LOG_LINES) if _CRASH.match(line)]
    except OSError:
        return
    if crashes:
        yield Finding("log", "warning", f"last failure: {crashes[-1]}", f"all of it is in {tilde(path)}")


def _wrong(subject: str, message: str) -> Finding:
    # Messages that end a command say first what is wrong, then how to mend it.
    text, _, mend = message.partition("; ")
    return Finding(subject, "error", text, mend)
