"""From a selection of plugins to the registry that runs them, by the manifest where it still holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pi_host import _config, _manifest
from pi_host._config import FileConfig
from pi_host._errors import ConfigError
from pi_host._registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from pi_host._config import Config
    from pi_host._discovery import Selection
    from pi_host._manifest import Manifest
    from pi_host._plugins import Plugin

__all__ = ["Loaded", "load_plugins"]


class Loaded(NamedTuple):
    """Plugins, ready to run.

    Attributes:
        registry: the plugins.
        config: the merged configuration.
        manifest: what they offer; a new one unless ``cached``.
        cached: whether the manifest on disk was right, so that the bridge knows all of this already.
    """

    registry: Registry
    config: Config
    manifest: Manifest
    cached: bool


def load_plugins(
    selection: Selection, manifest_path: Path | None, *, pi_version: str, loader: Callable[[Plugin], Any] | None = None
) -> Loaded:
    """Find, import and register the selected plugins.

    Args:
        selection: which ones.
        manifest_path: where the manifest is kept; ``None`` to do without.
        pi_version: version of the running pi; empty if none runs.
        loader: imports a plugin; the default imports it.

    Raises:
        PluginError: a plugin that was asked for by name does not exist.
    """
    manifest = _manifest.read(manifest_path) if manifest_path is not None else None
    if manifest is not None and not manifest.is_fresh:
        manifest = None
    if manifest is None:
        config, problems = _configuration(selection)
        plugins = _find(selection, config)
    else:
        config, problems, plugins = manifest.config, manifest.problems, [_blank(plugin) for plugin in manifest.plugins]
    registry = Registry(config, pi_version=pi_version)
    if loader is None:
        registry.add(plugins)
    else:
        registry.add(plugins, loader)
    if manifest is not None and _holds(manifest, registry):
        return Loaded(registry, config, manifest, cached=True)
    manifest = _manifest.compile_manifest(registry, selection, config, problems)
    if manifest_path is not None:
        _manifest.write(manifest, manifest_path)
    return Loaded(registry, config, manifest, cached=False)


def _configuration(selection: Selection) -> tuple[Config, list[str]]:
    paths = [selection.agent_dir / _config.FILE_NAME]
    if selection.project is not None:
        paths.append(selection.project / ".pi" / _config.FILE_NAME)
    files, problems = [FileConfig(), FileConfig()], []
    for index, path in enumerate(paths):
        try:
            files[index] = _config.read(path)
        except ConfigError as error:
            # A plugin that guards something must not fall away with a typo, so the rest runs with the defaults.
            problems.append(f"{error}; this file is ignored until it is mended")
    return _config.merge(*files), problems


def _find(selection: Selection, config: Config) -> list[Plugin]:
    from pi_host._discovery import find  # noqa: PLC0415  # a fresh manifest makes looking around unnecessary

    return find(selection, config)


def _blank(plugin: Plugin) -> Plugin:
    # Broken and refused plugins get another chance: what stood against them may be gone, except for a name.
    named = (plugin.problem or "").startswith("its name is ")
    again = plugin.status in {"broken", "refused"} and not named
    kept = plugin.status if not again else "active"
    return type(plugin)(
        name=plugin.name,
        source=plugin.source,
        target=plugin.target,
        distribution=plugin.distribution,
        version=plugin.version,
        status=kept,
        problem=plugin.problem if kept != "active" else None,
    )


def _holds(manifest: Manifest, registry: Registry) -> bool:
    # What a plugin offers may depend on more than the files that the manifest was made from.
    offered = _manifest.contributions(registry)
    return manifest.contributions == offered and [plugin.status for plugin in manifest.plugins] == [
        plugin.status for plugin in registry.plugins
    ]
