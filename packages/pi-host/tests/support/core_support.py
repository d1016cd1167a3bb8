"""Plugins made on the spot, a link that leads nowhere, and a listener that remembers."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

from pi_host._config import Config
from pi_host._plugins import Plugin
from pi_host._registry import Registry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from pi_host._errors import HookFailedError

__all__ = ["Listener", "MemoryLink", "Site", "namespace", "registry_of"]


def namespace(**members: object) -> ModuleType:
    """Return a module with these members, as a plugin's would be."""
    module = ModuleType("plugin")
    vars(module).update(members)
    return module


def registry_of(plugins: Mapping[str, object], config: Config | None = None, *, pi_version: str = "1.5.2") -> Registry:
    """Return a registry of plugins that need no import, in the order given."""
    registry = Registry(config or Config(), pi_version=pi_version)
    found = [Plugin(name=name, source="entry-point", target=name) for name in plugins]
    registry.add(found, lambda plugin: plugins[plugin.name])
    return registry


async def _refuse(method: str, _params: dict[str, Any]) -> Any:
    raise AssertionError(f"nobody was to call {method!r}")


class MemoryLink:
    """Carries calls to a function instead of to pi, and keeps what was posted."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], Awaitable[Any]] = _refuse) -> None:
        self._answer = answer
        self.posted: list[tuple[str, dict[str, Any]]] = []

    async def call(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> Any:
        """Ask the function."""
        del generation, request
        return await self._answer(method, params)

    def post(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> None:
        """Keep it."""
        del generation, request
        self.posted.append((method, params))


class Listener:
    """Remembers what dispatch told it."""

    def __init__(self) -> None:
        self.ended: list[tuple[str, str]] = []
        self.failures: list[tuple[str, str]] = []

    def finished(self, plugin: str, hook: str, nanoseconds: int, answer: object) -> None:
        """Remember who ran."""
        del nanoseconds, answer
        self.ended.append((plugin, hook))

    def failed(self, error: HookFailedError, cause: BaseException) -> None:
        """Remember who failed, and how."""
        del cause
        self.failures.append((error.plugin, error.reason))


class Site:
    """A folder with installed distributions that bring plugins.

    Args:
        folder: where they are put; it has to be on the import path.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def install(self, name: str, source: str, *, target: str | None = None, version: str = "1.0") -> Path:
        """Install a distribution ``dist-<name>`` with the module ``<name>_module`` as the plugin ``name``."""
        module = f"{name}_module"
        about = self.folder / f"dist_{name}-{version}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dist-{name}\nVersion: {version}\n")
        (about / "entry_points.txt").write_text(f"[pi_host.plugins]\n{name} = {target or module}\n")
        path = self.folder / f"{module}.py"
        path.write_text(source)
        return path
