"""How a version of pi that nothing pins gets into an empty folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

from pi_testkit.pis._catalog import PACKAGE, unpinned
from pi_testkit.pis._errors import IntegrityError, ProvisionError
from pi_testkit.pis._node import node
from pi_testkit.pis._npm import npm
from pi_testkit.pis._steps import pack, unpack

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["from_registry"]

#: What the bundle of pi 1.5 imports from beside itself, for the sake of extensions.
_BESIDE_A_BUNDLE: Final = ("jiti", "typebox")

_START_SECONDS: Final = 60.0


def from_registry(version: str, folder: Path) -> None:
    """Install what the registry has, pinned by nothing but the version.

    Not every registry has all that a bundled pi names as its dependencies, nor does it need them: where npm can't
    install it, the bundle gets what it imports and nothing else.

    Args:
        version: a version of pi that is published.
        folder: an empty folder, which gets ``node_modules``.

    Raises:
        ProvisionError: npm can't install it, and it does not run without what is missing.
    """
    (folder / "package.json").write_text('{"private": true}', "utf-8")
    try:
        npm("install", f"{PACKAGE}@{version}", cwd=folder)
    except IntegrityError:
        raise
    except ProvisionError as error:
        shutil.rmtree(folder / "node_modules", ignore_errors=True)
        _bundle_alone(version, folder)
        if not _starts(version, folder):
            raise ProvisionError(f"pi {version} does not run without what can't be had here: {error}") from error


def _bundle_alone(version: str, folder: Path) -> None:
    package = _lay(PACKAGE, version, folder)
    needed = json.loads((package / "package.json").read_bytes()).get("dependencies", {})
    for name in _BESIDE_A_BUNDLE:
        if name in needed:
            _lay(name, needed[name], folder)


def _lay(name: str, version: str, folder: Path) -> Path:
    """Lay a package into ``node_modules`` without its dependencies; return its folder."""
    downloads = folder / "downloads"
    pack({name: version}, downloads)
    (tarball,) = downloads.iterdir()
    package = folder / "node_modules" / name
    unpack(tarball, package)
    shutil.rmtree(downloads)
    return package


def _starts(version: str, folder: Path) -> bool:
    script = unpinned(version).script(folder)
    if script is None:
        return False
    command = [str(node()), str(script), "--version"]
    done = subprocess.run(  # noqa: S603 - our own Node, and what was just fetched
        command, capture_output=True, check=False, timeout=_START_SECONDS
    )
    return done.returncode == 0
