"""Plugins for an in-memory pi: modules, objects, files or source text, registered by the real registry."""

from __future__ import annotations

import inspect
import linecache
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pi_host.testing import Plugin, PluginError, Registry, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_host.testing import Config

__all__ = ["registered"]


def registered(sources: Sequence[object], config: Config, version: str) -> Registry:
    """Register plugins as the host does, but refuse those that the host would run without.

    Args:
        sources: modules, objects, paths of files, or source text.
        config: the configuration; it also says in which order they run.
        version: version of pi.

    Returns:
        The registry.

    Raises:
        PluginError: a plugin can't be registered, or not all of it; the message says why.
    """
    named: dict[str, object] = {}
    for source in sources:
        name = _name(source, len(named) + 1)
        if name in named:
            raise PluginError(name, "there are two plugins of this name")
        named[name] = source
    registry = Registry(config, pi_version=version)
    plugins = [Plugin(name=name, source="explicit", target=_target(named[name])) for name in named]
    registry.add(sorted(plugins, key=lambda plugin: config.rank(plugin.name)), lambda it: _load(it, named[it.name]))
    for plugin in registry.plugins:
        if plugin.problem is not None:
            raise PluginError(plugin.name, plugin.problem)
    return registry


def _name(source: object, number: int) -> str:
    if isinstance(source, ModuleType):
        return source.__name__.rpartition(".")[2]
    if isinstance(source, Path):
        return source.stem
    return f"plugin{number}" if isinstance(source, str) else type(source).__name__


def _target(source: object) -> str:
    return str(source) if isinstance(source, Path) else "in memory"


def _load(plugin: Plugin, source: object) -> Any:
    if isinstance(source, Path):
        return load(plugin)
    if isinstance(source, str):
        return _execute(plugin.name, textwrap.dedent(source))
    if inspect.isclass(source):
        raise PluginError(plugin.name, f"{source.__name__} is a class; give an instance of it")
    return source


def _execute(name: str, source: str) -> ModuleType:
    module = ModuleType(f"pi_testkit_fake_plugins.{name}")
    filename = f"<{name}>"
    # With these two, annotations of the plugin's own classes can be read and tracebacks show its lines.
    sys.modules[module.__name__] = module
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec", dont_inherit=True), vars(module))  # noqa: S102 - the test's own source text
    return module
