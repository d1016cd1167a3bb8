"""One plugin: where it comes from, what it offers, and what went wrong with it."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from pi_host._errors import PluginError, describe

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["Plugin", "Source", "Status", "load"]

Source = Literal["entry-point", "file", "project", "explicit"]
Status = Literal["active", "disabled", "broken", "refused"]


class Plugin(msgspec.Struct, kw_only=True):
    """A plugin that was found.

    Attributes:
        name: what it is called everywhere: the entry point's name, or the file's without its suffix.
        source: how it was found.
        target: ``module`` or ``module:object`` to import, or the path of a file.
        distribution: name of the distribution that brings it.
        version: that distribution's version.
        status: ``active``; ``disabled`` by configuration and so never imported; ``broken`` for a failed import or
            registration; ``refused`` because this pi or another plugin stands against it.
        problem: why it is not active, or what is wrong although it is.
        import_ms: how long its import took, milliseconds.
        hooks: names of the hooks that it implements.
        tools: names of its tools.
        commands: names of its commands.
        flags: names of its command line flags.
    """

    name: str
    source: Source
    target: str
    distribution: str | None = None
    version: str | None = None
    status: Status = "active"
    problem: str | None = None
    import_ms: float = 0.0
    hooks: list[str] = []
    tools: list[str] = []
    commands: list[str] = []
    flags: list[str] = []

    @property
    def is_file(self) -> bool:
        """Whether it is a single file and not part of a distribution."""
        return self.target.endswith(".py")


def load(plugin: Plugin) -> Any:
    """Import ``plugin`` and return its namespace: a module, or the object that its entry point names.

    Raises:
        PluginError: the import failed; the message says how and where.
    """
    started = time.perf_counter()
    try:
        namespace = _from_file(plugin) if plugin.is_file else _from_target(plugin.target)
    except PluginError:
        raise
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin that calls sys.exit() at import must not take the others with it
        raise PluginError(plugin.name, f"import failed: {_where(error)}") from error
    plugin.import_ms = round((time.perf_counter() - started) * 1e3, 1)
    if isinstance(namespace, type):
        raise PluginError(plugin.name, f"{plugin.target!r} is a class; name a module or an instance of it")
    return namespace


def _from_target(target: str) -> Any:
    module, _, attributes = target.partition(":")
    namespace: Any = importlib.import_module(module)
    for attribute in filter(None, attributes.split(".")):
        namespace = getattr(namespace, attribute)
    return namespace


def _from_file(plugin: Plugin) -> ModuleType:
    from importlib.util import module_from_spec, spec_from_file_location  # noqa: PLC0415  # only file plugins need it

    path = Path(plugin.target)
    # A name of its own: a plugin `json.py` must not shadow the standard library for everybody.
    name = f"pi_host_file_plugins.{plugin.source}.{plugin.name}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError(plugin.name, f"{path} can't be imported as Python")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _where(error: BaseException) -> str:
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    text = describe(error)
    if traceback is None or "importlib" in traceback.tb_frame.f_code.co_filename:
        return text
    return f"{text} ({traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno})"
