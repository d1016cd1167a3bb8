"""Standard modules that asyncio imports and hardly any plugin uses, loaded when first used.

``ssl`` alone is a tenth of the host's start, and pi waits for that start. A module deferred here is the one module of
its name from the beginning, merely not executed yet: whoever touches it gets it complete.
"""

from __future__ import annotations

import importlib
import sys
import threading
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["defer_tls"]

_lock = threading.RLock()


class _Deferred(ModuleType):
    """A module whose code runs when an attribute is missing, which is when somebody uses it."""

    def __getattr__(self, name: str) -> Any:
        with _lock:  # another thread must not see it half done
            if type(self) is _Deferred and not self.__dict__.get("_executing"):
                self.__dict__["_executing"] = True
                _execute(self)
                del self.__dict__["_executing"]
                self.__class__ = ModuleType  # type: ignore[assignment]  # Python allows it for modules
        try:
            return self.__dict__[name]
        except KeyError:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}") from None


def defer_tls() -> None:
    """Defer ``ssl`` and asyncio's own module for it, and import asyncio without them.

    Does nothing if asyncio has been imported already.
    """
    package = PathFinder.find_spec("asyncio")
    if package is None or "asyncio" in sys.modules:
        return
    _defer("ssl", None)
    _defer("asyncio.sslproto", package.submodule_search_locations)
    asyncio = importlib.import_module("asyncio")
    asyncio.__dict__["sslproto"] = sys.modules["asyncio.sslproto"]  # what the import system would have done


def _defer(name: str, path: Sequence[str] | None) -> None:
    spec = PathFinder.find_spec(name, path)
    if spec is None or name in sys.modules:
        return
    module = _Deferred(name)
    module.__spec__ = spec
    module.__loader__ = spec.loader
    module.__file__ = spec.origin
    module.__package__ = spec.parent
    sys.modules[name] = module


def _execute(module: ModuleType) -> None:
    spec = module.__spec__
    if isinstance(spec, ModuleSpec) and spec.loader is not None:
        spec.loader.exec_module(module)
