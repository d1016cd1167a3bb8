"""The two ways in which a pinned pi gets into an empty folder."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import tarfile
from typing import TYPE_CHECKING

from pi_testkit.pis._errors import IntegrityError
from pi_testkit.pis._npm import npm

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check", "from_lock", "from_tarballs", "pack", "unpack"]


def from_lock(lock: Path, folder: Path) -> None:
    """Install from a ``package-lock.json``; npm itself checks each package against the integrity pinned in it.

    Args:
        lock: the lock file; its ``package.json`` lies beside it.
        folder: an empty folder, which gets ``node_modules``.
    """
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(lock.with_name(name), folder / name)
    npm("ci", cwd=folder)


def from_tarballs(lock: Path, folder: Path) -> None:
    """Install published packages as they are, side by side, without their dependencies.

    pi 1.5 is published as a bundle that needs only what its extensions import.

    Args:
        lock: a JSON file that gives version and integrity for each package name.
        folder: an empty folder, which gets ``node_modules``.
    """
    pins: dict[str, dict[str, str]] = json.loads(lock.read_bytes())
    downloads = folder / "downloads"
    pack({name: pin["version"] for name, pin in pins.items()}, downloads)
    for name, pin in pins.items():
        tarball = downloads / f"{name.removeprefix('@').replace('/', '-')}-{pin['version']}.tgz"
        check(tarball, pin["integrity"])
        unpack(tarball, folder / "node_modules" / name)
    shutil.rmtree(downloads)


def pack(versions: dict[str, str], downloads: Path) -> None:
    """Download published packages as they are.

    Args:
        versions: the version of each, by its name.
        downloads: the folder for them; it must not be there yet.
    """
    downloads.mkdir()
    words = [f"{name}@{version}" for name, version in versions.items()]
    npm("pack", "--pack-destination", str(downloads), *words, cwd=downloads.parent)


def check(file: Path, integrity: str) -> None:
    """Check a file against a pinned sha512.

    Args:
        file: what was downloaded.
        integrity: ``sha512-`` and the digest in base64, as npm writes it.

    Raises:
        IntegrityError: the file has another digest.
    """
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha512").digest()
    found = f"sha512-{base64.b64encode(digest).decode()}"
    if found != integrity:
        raise IntegrityError(
            f"{file.name!r} is not what the lock file pins: wanted {integrity!r}, got {found!r}; "
            "check the registry that npm uses"
        )


def unpack(tarball: Path, folder: Path) -> None:
    """Unpack an npm tarball, whose files all lie in one folder, mostly but not always called ``package``.

    Args:
        tarball: the checked file.
        folder: becomes the package's folder.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    unpacked = tarball.with_suffix("")
    with tarfile.open(tarball) as archive:
        archive.extractall(unpacked, filter="data")
    (package,) = unpacked.iterdir()
    package.rename(folder)
