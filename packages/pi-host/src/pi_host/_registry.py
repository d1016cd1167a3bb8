"""The plugins that run: registered with pluggy, checked, and compiled into what dispatch walks."""

from __future__ import annotations

import importlib
import inspect
import os
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pluggy

from pi_host import hookspecs
from pi_host._catalog import CATALOG
from pi_host._commands import Flag, command_of
from pi_host._companion import Companion
from pi_host._errors import PluginError, describe
from pi_host._hook import Hook, Implementation
from pi_host._manifest import encodable
from pi_host._plugins import load
from pi_host._tools import tool_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pi_host._commands import Command
    from pi_host._config import Config
    from pi_host._plugins import Plugin
    from pi_host._tools import Tool

__all__ = ["PROJECT_NAME", "Registry"]

PROJECT_NAME: Final = "pi_host"


class Registry:
    """The plugins of one host process.

    Attributes:
        plugins: every plugin that was found, in running order, with what became of it.
        tools: by name, each with the plugin that brings it.
        commands: by name, each with the plugin that brings it.
        flags: by name, each with the plugin that declares it.
        companions: modules inside pi, by the plugin that brings them.
        declared: what pi is told of a tool, command or flag, as JSON data, by its kind and name.
    """

    def __init__(self, config: Config, *, pi_version: str = "") -> None:
        self.plugins: list[Plugin] = []
        self.tools: dict[str, tuple[str, Tool]] = {}
        self.commands: dict[str, tuple[str, Command]] = {}
        self.flags: dict[str, tuple[str, Flag]] = {}
        self.companions: dict[str, Companion] = {}
        self.declared: dict[tuple[str, str], dict[str, Any]] = {}
        self._config = config
        self._pi_version = pi_version
        self._manager = pluggy.PluginManager(PROJECT_NAME)
        for group in hookspecs.ALL:
            self._manager.add_hookspecs(group)

    def add(self, plugins: Iterable[Plugin], loader: Callable[[Plugin], Any] = load) -> None:
        """Load ``plugins``, given in running order, and register those that can run.

        A plugin that cannot run keeps the reason in its ``problem``; the others are not affected.
        """
        self.plugins = list(plugins)
        loaded = [
            (plugin, namespace) for plugin in self.plugins if (namespace := self._load(plugin, loader)) is not None
        ]
        # pluggy calls the plugin registered last first; we promise that the first in order runs first.
        for plugin, namespace in reversed(loaded):
            self._guarded(plugin, partial(self._register, plugin, namespace))
        for plugin, namespace in loaded:
            if plugin.status == "active":
                self._guarded(plugin, partial(self._collect, plugin, namespace))
        self._check_names()
        for plugin in self.plugins:
            plugin.problem = encodable(plugin.problem) if plugin.problem is not None else None

    def hook(self, name: str) -> Hook | None:
        """Return what is to be run for the event ``name``, or ``None`` if no plugin implements it."""
        caller = getattr(self._manager.hook, name, None)
        found = list(reversed(caller.get_hookimpls())) if caller is not None and name in CATALOG else []
        if not found:
            return None
        info = CATALOG[name]
        module = importlib.import_module(f"pi_host.events._{info.group}")
        return Hook(
            info,
            getattr(module, info.event),
            getattr(module, info.answer) if info.answer else None,
            tuple(self._implementation(impl) for impl in found if impl.wrapper),
            tuple(self._implementation(impl) for impl in found if not impl.wrapper),
        )

    def implementers(self) -> dict[str, int]:
        """Return the number of implementations of each event that has any."""
        counts = {name: len(getattr(self._manager.hook, name).get_hookimpls()) for name in CATALOG}
        return {name: count for name, count in counts.items() if count}

    def _implementation(self, impl: pluggy.HookImpl) -> Implementation:
        deadline = self._config.deadline_of(impl.plugin_name)
        return Implementation(impl.plugin_name, impl.function, tuple(impl.argnames), deadline)

    def _load(self, plugin: Plugin, loader: Callable[[Plugin], Any]) -> Any:
        if plugin.status != "active":
            return None
        return self._guarded(plugin, lambda: self._admit(plugin, loader(plugin)))

    def _admit(self, plugin: Plugin, namespace: Any) -> Any:
        required = getattr(namespace, "REQUIRES_PI", None)
        if required is not None and not re.fullmatch(r"[0-9]+(\.[0-9]+)*", str(required)):
            raise PluginError(plugin.name, f"REQUIRES_PI is {required!r}; write the oldest version, like '1.5.2'")
        if required is not None and _numbers(self._pi_version) < _numbers(str(required)):
            plugin.status = "refused"
            plugin.problem = f"needs pi {required} or newer, this is pi {self._pi_version}; update pi or disable it"
            return None
        option = getattr(namespace, "REQUIRES_OPTION", ())
        table = self._config.plugins.get(plugin.name, {})
        wanted = [option] if isinstance(option, str) else list(option)
        if wanted and plugin.source != "explicit" and not any(table.get(name) for name in wanted):
            plugin.status = "disabled"
            return None
        return namespace

    def _register(self, plugin: Plugin, namespace: Any) -> None:
        try:
            self._manager.register(namespace, plugin.name)
        except pluggy.PluginValidationError as error:
            raise PluginError(plugin.name, " ".join(str(error).split())) from error
        for caller in self._manager.get_hookcallers(namespace) or []:
            plugin.hooks.append(encodable(caller.name))
            for impl in caller.get_hookimpls():
                if impl.plugin is namespace:
                    _check_signature(plugin, caller.name, impl)
        plugin.hooks.sort()

    def _collect(self, plugin: Plugin, namespace: Any) -> None:
        for value in _members(namespace):
            if (tool := tool_of(value)) is not None:
                _ = tool.arguments  # a signature that can't be offered is told now and not at the first call
                self._claim(plugin, self.tools, plugin.tools, tool, "tool")
            if (command := command_of(value)) is not None:
                self._claim(plugin, self.commands, plugin.commands, command, "command")
            if isinstance(value, Flag):
                self._claim(plugin, self.flags, plugin.flags, value, "flag")
            if isinstance(value, Companion):
                self._accompany(plugin, value)

    def _accompany(self, plugin: Plugin, companion: Companion) -> None:
        if self.companions.setdefault(plugin.name, companion) is not companion:
            raise PluginError(plugin.name, "has two companion modules; let one import the other")
        if not companion.path.is_file():
            raise PluginError(plugin.name, f"its companion module {str(companion.path)!r} does not exist")
        _plain(plugin, "companion module", os.fspath(companion.path))

    def _claim(
        self, plugin: Plugin, owned: dict[str, tuple[str, Any]], names: list[str], value: Any, kind: str
    ) -> None:
        name = value.name
        declared = _plain(plugin, f"{kind} {name!r}", value.declaration())
        owner, first = owned.setdefault(name, (plugin.name, value))
        if owner != plugin.name:
            plugin.problem = f"its {kind} {name!r} is not offered: plugin {owner!r} runs earlier and has one too"
        elif first is value:
            self.declared[kind, name] = declared
        elif not _is_same(first, value):
            plugin.problem = f"it has two {kind}s {name!r}, and only one of them is offered; rename the other"
        if name not in names:
            names.append(name)

    def _guarded(self, plugin: Plugin, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except PluginError as error:
            reason = error.reason
        except Exception as error:  # noqa: BLE001  # whatever a plugin raises must not stop the others
            reason = describe(error)
        plugin.status, plugin.problem = "broken", reason
        if self._manager.has_plugin(plugin.name):
            self._manager.unregister(name=plugin.name)
        for owned in (self.tools, self.commands, self.flags):
            for name in [name for name, (owner, _) in owned.items() if owner == plugin.name]:
                del owned[name]
        self.companions.pop(plugin.name, None)
        return None

    def _check_names(self) -> None:
        for caller in list(vars(self._manager.hook).values()):
            if not isinstance(caller, pluggy.HookCaller) or caller.name in CATALOG:
                continue
            for impl in caller.get_hookimpls():
                plugin = next(plugin for plugin in self.plugins if plugin.name == impl.plugin_name)
                if not impl.optionalhook:
                    plugin.problem = f"there is no hook {caller.name!r}{_nearest(caller.name)}"


def _plain(plugin: Plugin, what: str, declared: Any) -> Any:
    # Encoded here, where a failure is still its plugin's alone, and as it comes back from the manifest.
    try:
        return msgspec.json.decode(msgspec.json.encode(declared))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise PluginError(plugin.name, f"its {what} can't be told to pi: {error}") from error


def _is_same(first: Any, second: Any) -> bool:
    # One tool under two names of the module is one tool, and every look at a method makes another object of it.
    return bool(getattr(first, "function", first) == getattr(second, "function", second))


def _members(namespace: Any) -> Iterator[Any]:
    for name in sorted(vars(namespace) if inspect.ismodule(namespace) else dir(namespace)):
        if not name.startswith("__"):
            yield inspect.getattr_static(namespace, name) if inspect.ismodule(namespace) else getattr(namespace, name)


def _check_signature(plugin: Plugin, hook: str, impl: pluggy.HookImpl) -> None:
    if impl.hookwrapper:
        raise PluginError(plugin.name, f"{hook}: use hookimpl(wrapper=True); hookwrapper=True is not supported")
    for parameter in inspect.signature(impl.function).parameters.values():
        if parameter.kind in {parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL}:
            raise PluginError(plugin.name, f"{hook}: parameter {str(parameter)!r} is never filled; take event and ctx")


def _nearest(name: str) -> str:
    import difflib  # noqa: PLC0415  # only a mistake needs it

    close = difflib.get_close_matches(name, CATALOG, n=1)
    return f"; did you mean {close[0]!r}?" if close else "; `pi-host events` lists them"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("-", maxsplit=1)[0].split(".") if part.isdigit())
