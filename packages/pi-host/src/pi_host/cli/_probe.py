"""Loads the plugins, says what became of them, and ends: ``python -m pi_host.cli._probe``.

A process of its own, so that a plugin that crashes Python or hangs takes no command down. A request comes in on
standard input; JSON lines go out, one before each import, so that the culprit of a crash is known.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pi_host._discovery import Selection
from pi_host._errors import PluginError
from pi_host._loading import load_plugins
from pi_host._plugins import Plugin, load

if TYPE_CHECKING:
    from typing import TextIO

__all__ = ["Line", "Request", "main"]


class Request(msgspec.Struct, kw_only=True):
    """What is to be loaded.

    Attributes:
        agent_dir: pi's agent dir.
        project: root of a project whose plugins are to be loaded, too.
        autoload: whether installed plugins are loaded without being asked for.
        explicit: plugins asked for by name.
        manifest: where to keep the manifest; ``None`` to look only.
        pi_version: version of pi.
        skip: plugins that are not to be imported, with the reason.
    """

    agent_dir: str
    project: str | None = None
    autoload: bool = True
    explicit: tuple[str, ...] = ()
    manifest: str | None = None
    pi_version: str
    skip: dict[str, str] = {}


class Line(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One line of the answer.

    Attributes:
        loading: the plugin whose import begins.
        plugins: the last line: every plugin, in running order.
        problems: the last line: what is wrong with the configuration.
        error: the last line: why nothing was loaded.
    """

    loading: str | None = None
    plugins: list[Plugin] = []
    problems: list[str] = []
    error: str | None = None


def main() -> None:
    """Answer one request."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    # Plugins may print while they are imported; that goes to standard error.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        _say(answers, _answer(request, answers))
    sys.stderr.flush()
    os._exit(0)  # threads that plugins left behind must not hold this up


def _answer(request: Request, answers: TextIO) -> Line:
    def loader(plugin: Plugin) -> Any:
        if plugin.name in request.skip:
            raise PluginError(plugin.name, request.skip[plugin.name])
        _say(answers, Line(loading=plugin.name))
        return load(plugin)

    selection = Selection(
        Path(request.agent_dir),
        project=Path(request.project) if request.project else None,
        autoload=request.autoload,
        explicit=request.explicit,
    )
    manifest = Path(request.manifest) if request.manifest else None
    try:
        loaded = load_plugins(selection, manifest, pi_version=request.pi_version, loader=loader)
    except PluginError as error:
        return Line(error=str(error))
    return Line(plugins=loaded.registry.plugins, problems=loaded.manifest.problems)


def _say(answers: TextIO, line: Line) -> None:
    answers.write(msgspec.json.encode(line).decode() + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
