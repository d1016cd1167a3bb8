"""What is inside a wheel and an sdist."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

from pi_devkit._errors import DevkitError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["sdist_files", "wheel_files"]

#: What the readers of the library raise for files that somebody damaged, encrypted, or packed in a way of his own.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    KeyError,
    ValueError,
    RuntimeError,
)


def wheel_files(path: Path) -> dict[str, bytes]:
    """The files of a wheel by name.

    Raises:
        DevkitError: it is no zip file, or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return {_inside(name): archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    except _DAMAGED as error:
        raise DevkitError(f"{path.name} is damaged: {error}; build it anew") from error


def sdist_files(path: Path) -> dict[str, bytes]:
    """The files of an sdist by name, its one top folder left out.

    Raises:
        DevkitError: it is no tar file, or damaged.
    """
    try:
        with tarfile.open(path, "r:gz") as archive:
            members = [member for member in archive.getmembers() if not member.isdir()]
            # What is no plain file has no bytes of its own, and no place in an sdist of ours.
            read = {member.name: archive.extractfile(member) for member in members}
            return {name.partition("/")[2]: file.read() if file else b"" for name, file in read.items()}
    except _DAMAGED as error:
        raise DevkitError(f"{path.name} is damaged: {error}; build it anew") from error


def _inside(name: str) -> str:
    # They are unpacked below a folder, and nowhere else.
    if name.startswith("/") or ".." in name.split("/"):
        raise ValueError(f"{name!r} would be unpacked somewhere else")
    return name
