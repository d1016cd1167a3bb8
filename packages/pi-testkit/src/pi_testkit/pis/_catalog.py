"""Which versions of pi the test kit knows, and what an installed one looks like."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pi_testkit.pis._errors import UnknownVersionError

__all__ = ["PACKAGE", "PI_VERSIONS", "PiInstall", "Recipe", "recipe", "unpinned"]

#: The versions of pi that can be provisioned, newest first.
PI_VERSIONS: Final[tuple[str, ...]] = ("1.5.2", "0.87.1", "0.74.2")

#: What pi is called in the npm registry.
PACKAGE: Final = "@earendil-works/pi-coding-agent"

_LOCKS = Path(__file__).parent / "locks"
_FOLDER = f"node_modules/{PACKAGE}"
_BUNDLED = f"{_FOLDER}/dist/bundle/cli.js"
_PLAIN = f"{_FOLDER}/dist/cli.js"
_SCRIPTS = {"1.5.2": (_BUNDLED,), "0.87.1": (_BUNDLED,), "0.74.2": (_PLAIN,)}


@dataclass(frozen=True)
class PiInstall:
    """One installed pi and the Node that runs it.

    Attributes:
        version: pi's version, such as ``"1.5.2"``.
        node: the Node executable.
        cli: pi's command-line script.
        root: the folder that holds ``node_modules``; read it, never write to it.
    """

    version: str
    node: Path
    cli: Path
    root: Path

    @property
    def argv(self) -> list[str]:
        """The start of a command line that runs this pi."""
        return [str(self.node), str(self.cli)]


@dataclass(frozen=True)
class Recipe:
    """How one version is installed: what is pinned, if anything is, and where its command-line script may be."""

    version: str
    lock: Path | None
    scripts: tuple[str, ...]

    @property
    def folder(self) -> str:
        """Name of the install in the cache; a changed lock gets a new one, so an old install is never taken for it."""
        pinned = hashlib.sha256(self.lock.read_bytes()).hexdigest()[:12] if self.lock else "unpinned"
        return f"{self.version}-{pinned}"

    def script(self, root: Path) -> Path | None:
        """The command-line script of an install; none if it is not whole."""
        return next((root / script for script in self.scripts if (root / script).is_file()), None)


def recipe(version: str) -> Recipe:
    """The recipe of a version.

    Args:
        version: one of :data:`PI_VERSIONS`.

    Returns:
        What is needed to install it.

    Raises:
        UnknownVersionError: there is no lock file for that version.
    """
    if version not in _SCRIPTS:
        raise UnknownVersionError(f"unknown pi version {version!r}: choose one of {', '.join(PI_VERSIONS)}")
    folder = _LOCKS / version
    tarballs = folder / "tarballs.json"
    return Recipe(version, tarballs if tarballs.exists() else folder / "package-lock.json", _SCRIPTS[version])


def unpinned(version: str) -> Recipe:
    """The recipe of a version that has no lock file.

    Args:
        version: a version of pi that is published.
    """
    return Recipe(version, None, (_BUNDLED, _PLAIN))
