"""Finds plugins, without importing any of them.

Entry points of installed distributions first, then single files in the agent dir, then single files of a trusted
project. Names are unique: the first one found keeps its name, a later one of the same name is refused and says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_host._errors import PluginError
from pi_host._manifest import encodable
from pi_host._plugins import Plugin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pi_host._config import Config
    from pi_host._plugins import Source

__all__ = ["GROUP", "Selection", "find"]

GROUP: Final = "pi_host.plugins"


class Selection:
    """Which plugins are wanted.

    Args:
        agent_dir: pi's agent dir; its ``python/`` folder holds single-file plugins.
        project: root of a trusted project, whose ``.pi/python/`` folder holds more; ``None`` for none.
        autoload: whether installed entry points are loaded without being asked for.
        explicit: names of entry points, modules or paths of files asked for by name.
    """

    def __init__(
        self, agent_dir: Path, *, project: Path | None = None, autoload: bool = True, explicit: Iterable[str] = ()
    ) -> None:
        self.agent_dir = agent_dir
        self.project = project
        self.autoload = autoload
        self.explicit = tuple(explicit)

    @property
    def folders(self) -> dict[Path, Source]:
        """The folders that hold single-file plugins."""
        folders: dict[Path, Source] = {self.agent_dir / "python": "file"}
        if self.project is not None:
            folders[self.project / ".pi" / "python"] = "project"
        return folders


def find(selection: Selection, config: Config) -> list[Plugin]:
    """Return every plugin there is, in running order, disabled ones included.

    Raises:
        PluginError: a plugin was asked for by name and does not exist.
    """
    found: dict[str, Plugin] = {}
    refused: list[Plugin] = []
    for plugin in _candidates(selection):
        _check_encoding(plugin)
        first = found.setdefault(plugin.name, plugin)
        if first is not plugin:
            plugin.status = "refused"
            plugin.problem = f"its name is already taken by {first.target!r}; rename one of them"
            refused.append(plugin)
        elif plugin.name in config.disabled and plugin.source != "explicit":
            plugin.status = "disabled"
    return [*sorted(found.values(), key=lambda plugin: config.rank(plugin.name)), *refused]


def _candidates(selection: Selection) -> Iterator[Plugin]:
    installed = list(_entry_points()) if selection.autoload or selection.explicit else []
    files = [
        Plugin(name=path.stem, source=source, target=str(path))
        for folder, source in selection.folders.items()
        for path in sorted(folder.glob("*.py"))
        # Editors keep locks, backups and swap files beside the file that they edit.
        if not path.name.startswith(".") and path.stem != "__init__"
    ]
    asked = [_asked_for(wanted, [*installed, *files]) for wanted in selection.explicit]
    for plugin in asked:
        plugin.source = "explicit"
    yield from asked
    yield from (plugin for plugin in installed if selection.autoload and plugin not in asked)
    yield from (plugin for plugin in files if plugin not in asked)


def _entry_points() -> Iterator[Plugin]:
    from importlib.metadata import entry_points  # noqa: PLC0415  # 30 ms, paid only when the installed set changed

    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        distribution = point.dist
        yield Plugin(
            name=point.name,
            source="entry-point",
            target=point.value,
            distribution=distribution.name if distribution else None,
            version=distribution.version if distribution else None,
        )


def _check_encoding(plugin: Plugin) -> None:
    name, target = encodable(plugin.name), encodable(plugin.target)
    if target != plugin.target or name != plugin.name:
        # Neither the manifest nor pi could be told of it as it is.
        plugin.name, plugin.target, plugin.status = name, target, "broken"
        plugin.problem = f"its name is not UTF-8: {target!r}; rename the file or folder"


def _asked_for(wanted: str, there: list[Plugin]) -> Plugin:
    path = Path(wanted)
    target = str(path.resolve()) if wanted.endswith(".py") else wanted
    for plugin in there:
        if wanted == plugin.name or target == plugin.target:
            return plugin
    if wanted.endswith(".py"):
        if not path.is_file():
            raise PluginError(wanted, f"there is no file {str(path)!r}")
        return Plugin(name=path.stem, source="explicit", target=target)
    if "." in wanted or ":" in wanted:
        return Plugin(name=wanted, source="explicit", target=wanted)
    raise PluginError(wanted, "no installed distribution brings it; `pi-host plugins` lists those that are there")
