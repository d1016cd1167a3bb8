"""Asks a Python of its own what the plugins are and whether they load."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from pi_host import _manifest
from pi_host._errors import HandledError, PluginError
from pi_host.cli._probe import Line, Request
from pi_host.commandline import say_error

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pi_host._discovery import Selection
    from pi_host._plugins import Plugin

__all__ = ["ANY_PI", "Found", "prepare", "probe"]

#: Stands for the version of a pi that is not there: newer than whatever a plugin asks for.
ANY_PI = "999"

#: How long all imports together may take, seconds; the bridge gives a starting host as much.
_SECONDS = 30.0


class Found(NamedTuple):
    """What a look at the plugins came to.

    Attributes:
        plugins: all of them, in running order.
        problems: what is wrong with the configuration files.
        crashed: names of those whose import took Python down.
    """

    plugins: list[Plugin]
    problems: list[str]
    crashed: list[str]


def probe(selection: Selection, *, pi_version: str, manifest: Path | None = None) -> Found:
    """Load the selected plugins in another process. One that crashes it counts as broken.

    Args:
        selection: which plugins.
        pi_version: version of pi; empty if it can't be told.
        manifest: where to keep the manifest; ``None`` to look only.

    Raises:
        HandledError: a plugin that was asked for by name does not exist, or Python itself does not work.
    """
    crashed: dict[str, str] = {}
    while True:
        request = Request(
            agent_dir=str(selection.agent_dir),
            project=str(selection.project) if selection.project else None,
            autoload=selection.autoload,
            explicit=selection.explicit,
            # What a crash has left out must not be remembered as the truth.
            manifest=str(manifest) if manifest and not crashed else None,
            pi_version=pi_version or ANY_PI,
            skip=crashed,
        )
        lines, ending, said = _run(request)
        last = lines[-1] if lines else Line()
        if last.error is not None:
            raise HandledError(last.error)
        if last.loading is None and lines:
            return Found(last.plugins, last.problems, list(crashed))
        if last.loading is None or last.loading in crashed:
            raise HandledError(f"looking at the plugins failed: Python {ending}{said}; run `pi-host doctor`")
        crashed[last.loading] = f"its import {ending}{said}"


def prepare(selection: Selection, *, pi_version: str, cache: Path) -> None:
    """Make sure that pi knows the plugins at its next start, and that those asked for by name can be loaded.

    Args:
        selection: which plugins.
        pi_version: version of pi; empty if it can't be told.
        cache: folder of the manifests.

    Raises:
        HandledError: a plugin that was asked for by name can't be loaded.
    """
    path = _manifest.path_for(cache, sys.executable, selection)
    known = _manifest.read(path)
    if known is not None and known.is_fresh and not selection.explicit:
        return
    found = probe(selection, pi_version=pi_version, manifest=path)
    for plugin in found.plugins:
        trouble = PluginError(plugin.name, plugin.problem or "can't be used")
        if plugin.source == "explicit" and plugin.status != "active":
            raise HandledError(str(trouble))
        if plugin.name in found.crashed:
            # pi tells about other broken plugins itself; this one costs a second start of Python each time.
            say_error("pi-host", f"{trouble}; the others run without it; mend it, or `pi-host disable {plugin.name}`")


def _run(request: Request) -> tuple[list[Line], str, str]:
    # The flags are those that the bridge starts the host with, so that both import the same.
    command: Sequence[str] = (sys.executable, "-E", "-P", "-m", "pi_host.cli._probe")
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter
            command, input=msgspec.json.encode(request), capture_output=True, check=False, timeout=_SECONDS
        )
        out, err, ending = done.stdout, done.stderr, _ending(done.returncode)
    except subprocess.TimeoutExpired as error:
        out, err, ending = error.stdout or b"", error.stderr or b"", f"took more than {_SECONDS:g} s"
    said = err.decode(errors="replace").strip().splitlines()
    return [msgspec.json.decode(line, type=Line) for line in out.splitlines()], ending, f" ({said[-1]})" if said else ""


def _ending(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended Python with exit code {code}"
