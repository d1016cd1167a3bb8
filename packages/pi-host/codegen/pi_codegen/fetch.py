"""Fetches the pinned npm packages and lays them out so that the TypeScript compiler finds them."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Final

import msgspec

from pi_testkit import pis
from pi_testkit.pis._npm import npm
from pi_testkit.pis._steps import check, unpack

__all__ = ["Lock", "Package", "cache_dir", "lay_out", "load_lock"]

_SHIMS: Final = Path(__file__).parent.parent / "shims"


class Package(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One npm package, pinned to its bytes."""

    name: str
    version: str
    integrity: str
    pi: str


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All pinned packages."""

    package: tuple[Package, ...]

    @property
    def pis(self) -> tuple[str, ...]:
        """The pi versions that packages are pinned for, the current one first."""
        return tuple(dict.fromkeys(package.pi for package in self.package))


def load_lock(path: Path) -> Lock:
    """Read the pinned packages."""
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Lock)


def cache_dir() -> Path:
    """Return the folder for what was fetched, within the test kit's cache."""
    return pis.cache_dir() / "codegen"


def lay_out(lock: Lock, pi: str) -> Path:
    """Return a ``node_modules`` folder with what is pinned for one pi, fetching what is missing."""
    packages = [package for package in lock.package if package.pi == pi]
    shims = b"".join(path.read_bytes() for path in sorted(_SHIMS.iterdir()))
    key = hashlib.sha256(msgspec.json.encode(packages) + shims).hexdigest()[:16]
    tree = cache_dir() / f"pi-{pi}-{key}"
    if not tree.is_dir():
        tree.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = Path(tempfile.mkdtemp(prefix=f"{tree.name}.", dir=tree.parent))
        try:
            _fill(fresh, packages)
            _publish(fresh, tree)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return tree / "node_modules"


def _fill(fresh: Path, packages: list[Package]) -> None:
    with tempfile.TemporaryDirectory(dir=fresh) as own:  # another generator may unpack the same tarballs now
        for package in packages:
            unpack(Path(shutil.copy(_tarball(package), own)), fresh / "node_modules" / package.name)
    for shim in _SHIMS.iterdir():
        _place_shim(shim, fresh / "node_modules" / "@earendil-works" / shim.name.removesuffix(".d.ts"))


def _publish(fresh: Path, final: Path) -> None:
    # Two generators may run at once; whoever is second throws its equal copy away.
    try:
        fresh.rename(final)
    except OSError:
        if not final.is_dir():
            raise


def _tarball(package: Package) -> Path:
    folder = cache_dir() / "tarballs"
    kept = folder / f"{package.name.replace('/', '-').removeprefix('@')}-{package.version}.tgz"
    if not kept.is_file():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            npm("pack", f"{package.name}@{package.version}", cwd=Path(temporary))
            next(Path(temporary).glob("*.tgz")).replace(kept)
    check(kept, package.integrity)
    return kept


def _place_shim(shim: Path, target: Path) -> None:
    target.mkdir(parents=True)
    shutil.copyfile(shim, target / "index.d.ts")
    manifest = {"name": f"@earendil-works/{target.name}", "type": "module", "types": "./index.d.ts"}
    (target / "package.json").write_bytes(msgspec.json.encode(manifest))
