"""What the installed plugins offer, on disk, so that pi can be told before Python runs.

The bridge reads this file when pi loads its extensions: which events to subscribe to, which flags to declare, which
tools and commands to register. It is compiled by the host from the plugins it has just registered, and holds the size
and time of everything it was compiled from, so that both ends can tell with a few ``stat`` calls whether it is still
true. Nobody ever has to update it by hand.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_host import _config
from pi_host._config import Config
from pi_host._plugins import Plugin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_host._discovery import Selection
    from pi_host._registry import Registry

__all__ = [
    "FORMAT",
    "Contributions",
    "Manifest",
    "compile_manifest",
    "contributions",
    "encodable",
    "path_for",
    "read",
    "write",
]

#: Changes whenever the file's meaning does; another number makes the file count as absent.
FORMAT: Final = 2


class Contributions(msgspec.Struct, kw_only=True):
    """What the bridge registers with pi.

    Attributes:
        events: number of implementations by event name.
        tools: declarations for pi's ``registerTool``.
        commands: declarations for pi's ``registerCommand``.
        flags: declarations for pi's ``registerFlag``.
        companions: path of the module inside pi, by plugin.
    """

    events: dict[str, int] = {}
    tools: list[dict[str, Any]] = []
    commands: list[dict[str, Any]] = []
    flags: list[dict[str, Any]] = []
    companions: dict[str, str] = {}


class Manifest(msgspec.Struct, kw_only=True):
    """The compiled manifest.

    Attributes:
        format: ``FORMAT`` of the host that wrote it.
        inputs: path, modification time in ns as text (``""`` for an absent file) and size in bytes of everything that
            the rest was made from.
        contributions: what the bridge registers.
        plugins: every plugin in running order.
        config: the merged configuration.
        problems: what is wrong with the configuration, for a person.
    """

    format: int = FORMAT
    inputs: list[tuple[str, str, int]]
    contributions: Contributions
    plugins: list[Plugin]
    config: Config
    problems: list[str] = []

    @property
    def is_fresh(self) -> bool:
        """Whether everything it was made from is as it was."""
        return all(_state(path) == (path, time, size) for path, time, size in self.inputs)


def encodable(text: str) -> str:
    """Return ``text`` with lone surrogates spelled out, which UTF-8 has no bytes for."""
    return text.encode("utf-8", "backslashreplace").decode()


def path_for(cache: Path, python: str, selection: Selection) -> Path:
    """Return where the manifest for this interpreter and selection of plugins is kept.

    The bridge computes the same name, see ``manifest.js``.
    """
    import hashlib  # noqa: PLC0415  # the host is told the path; only the command line computes it

    parts = [python, str(selection.agent_dir), str(selection.project or ""), str(int(selection.autoload))]
    key = "\n".join([*parts, *selection.explicit])
    return cache / f"manifest-{hashlib.sha256(encodable(key).encode()).hexdigest()[:16]}.json"


def read(path: Path) -> Manifest | None:
    """Return the manifest in ``path``, or ``None`` if there is none that this host understands."""
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return None
    return manifest if manifest.format == FORMAT else None


def write(manifest: Manifest, path: Path) -> bool:
    """Keep ``manifest`` in ``path``; return whether that worked. Without it the next start is slower, nothing else."""
    from pi_host.files import replace  # noqa: PLC0415  # most starts have nothing to write

    try:
        replace(path, [msgspec.json.encode(manifest)])
    except Exception as error:  # noqa: BLE001  # whatever is odd about this place, the plugins are loaded and run
        sys.stderr.write(encodable(f"the manifest can't be kept: {error}\n"))
        return False
    return True


def compile_manifest(registry: Registry, selection: Selection, config: Config, problems: Iterable[str]) -> Manifest:
    """Return the manifest of the plugins in ``registry``."""
    return Manifest(
        inputs=[_state(path) for path in _inputs(registry.plugins, selection)],
        contributions=contributions(registry),
        plugins=registry.plugins,
        config=config,
        problems=[encodable(problem) for problem in problems],
    )


def contributions(registry: Registry) -> Contributions:
    """Return what the plugins in ``registry`` offer."""
    return Contributions(
        events=registry.implementers(),
        tools=[registry.declared["tool", name] for name in registry.tools],
        commands=[registry.declared["command", name] for name in registry.commands],
        flags=[registry.declared["flag", name] for name in registry.flags],
        companions={plugin: os.fspath(companion.path) for plugin, companion in registry.companions.items()},
    )


def _inputs(plugins: Iterable[Plugin], selection: Selection) -> list[str]:
    paths = [os.fspath(folder) for folder in selection.folders]
    paths.append(os.fspath(selection.agent_dir / _config.FILE_NAME))
    if selection.project is not None:
        paths.append(os.fspath(selection.project / ".pi" / _config.FILE_NAME))
    # A folder's time changes when a distribution is installed into it or removed from it.
    paths += [entry for entry in sys.path if Path(entry).is_dir()]
    for plugin in plugins:
        paths += [plugin.target] if plugin.is_file else _files_of(plugin.target)
    return list(dict.fromkeys(paths))


def _files_of(target: str) -> list[str]:
    # A hook or a tool's signature may stand in any module of the plugin's package.
    package = target.partition(":")[0].partition(".")[0]
    modules = [module for name, module in sys.modules.items() if name == package or name.startswith(f"{package}.")]
    return sorted(file for module in modules if (file := getattr(module, "__file__", None)))


def _state(path: str) -> tuple[str, str, int]:
    try:
        status = os.stat(path)  # noqa: PTH116  # a dozen of these are on the start path; pathlib costs as much again
    except OSError:
        return path, "", 0
    return path, str(status.st_mtime_ns), status.st_size
