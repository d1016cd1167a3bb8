"""The small package that pi loads after ``pi-host install``."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pi_host.cli._places import cache
from pi_host.files import replace
from pi_host.launch import BRIDGE, agent_dir

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Installed", "Scope", "remove"]

_SHIM: Final = Path(__file__).parent / "shim" / "index.js"
_ABOUT: Final = "host.json"


class Scope(NamedTuple):
    """Where pi is told about the package.

    Attributes:
        root: pi's agent dir, or the ``.pi`` folder of a project.
        cwd: where pi has to be run for it.
        flags: what pi's package commands have to be given for it.
    """

    root: Path
    cwd: Path
    flags: tuple[str, ...]

    @classmethod
    def choose(cls, *, project: bool) -> Self:
        """Return the scope of the project in the current folder, or of the user."""
        here = Path.cwd()
        return cls(here / ".pi", here, ("-l",)) if project else cls(agent_dir(), here, ())

    @property
    def package(self) -> Path:
        """Folder of the package."""
        return self.root / "pi-host"

    @property
    def settings(self) -> Path:
        """pi's settings file; a symbolic link is followed, so that it stays one."""
        return (self.root / "settings.json").resolve()


class Installed(msgspec.Struct, kw_only=True):
    """The contents of ``host.json``, which the package reads when pi starts.

    Attributes:
        python: path of the interpreter.
        bridge: path of the bridge's main module.
        cache: folder of the manifests and the host's log.
        version: version of the pi-host that wrote it.
    """

    python: str
    bridge: str
    cache: str
    version: str

    @classmethod
    def now(cls) -> Self:
        """Return what an installation by this Python says."""
        return cls(python=sys.executable, bridge=str(BRIDGE), cache=str(cache()), version=version("pi-host"))

    @classmethod
    def read(cls, scope: Scope) -> Self | None:
        """Return what the package in ``scope`` says, ``None`` if there is none that can be read."""
        try:
            return msgspec.json.decode((scope.package / _ABOUT).read_bytes(), type=cls)
        except (OSError, msgspec.DecodeError):
            return None

    @property
    def missing(self) -> str | None:
        """The first path it names that is gone, if any."""
        return next((path for path in (self.python, self.bridge) if not Path(path).exists()), None)

    @property
    def is_temporary(self) -> bool:
        """Whether the interpreter lies where tools keep environments that they throw away."""
        python = Path(self.python)
        return bool({".cache", "Caches"} & set(python.parts)) or python.is_relative_to(tempfile.gettempdir())

    def write(self, scope: Scope) -> None:
        """Write the package's files, over those of an earlier installation."""
        for name, data in self._files().items():
            replace(scope.package / name, [data])

    def _files(self) -> dict[str, bytes]:
        about = {
            "name": "pi-host",
            "version": self.version,
            "private": True,
            "type": "module",
            "keywords": ["pi-package"],
            "pi": {"extensions": ["./index.js"]},
        }
        return {
            "package.json": json.dumps(about, indent=2).encode() + b"\n",
            "index.js": _SHIM.read_bytes(),
            _ABOUT: msgspec.json.format(msgspec.json.encode(self)) + b"\n",
            # In a project: the path of one person's interpreter is of no use to anybody else.
            ".gitignore": b"*\n",
        }


def remove(scope: Scope) -> None:
    """Remove the package's folder, if there is one."""
    if scope.package.exists():
        shutil.rmtree(scope.package)
