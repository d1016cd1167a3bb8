"""Builds the artifacts of a component: the sdist from the tree, and the wheel from the sdist."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pi_devkit._errors import DevkitError
from pi_devkit.proving._uv import uv

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SUMS", "Artifacts", "build", "given", "tree_wheel"]

#: The file that says which files were proved.
SUMS: Final = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The two files of a release.

    Attributes:
        sdist: the source distribution.
        wheel: the wheel.
    """

    sdist: Path
    wheel: Path

    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each by its file name."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (self.sdist, self.wheel)}

    def sums(self) -> str:
        """The text of their ``SHA256SUMS``, as ``sha256sum --check`` reads it."""
        return "".join(f"{digest}  {name}\n" for name, digest in sorted(self.hashes().items()))


def build(folder: Path, out: Path, *, epoch: int, offline: bool = False) -> Artifacts:
    """Build the sdist of a folder, and the wheel from that sdist.

    Args:
        folder: the component.
        out: where the files go; empty or not there yet.
        epoch: the time that files in them bear, in seconds since 1970.
        offline: whether nothing may be fetched.

    Raises:
        DevkitError: it does not build; the message ends with what the backend said.
        EnvironmentMissingError: what it takes to build it is not in uv's cache, and may not be fetched.
    """
    _uv_build(folder, out, epoch, [], offline=offline)
    return given(out)


def tree_wheel(folder: Path, out: Path, *, epoch: int, offline: bool = False) -> Path:
    """Build the wheel from the tree, past the sdist.

    Args:
        folder: the component.
        out: where the file goes.
        epoch: as for :func:`build`.
        offline: as for :func:`build`.

    Raises:
        DevkitError: it does not build.
    """
    _uv_build(folder, out, epoch, ["--wheel"], offline=offline)
    return _only(out, "*.whl")


def given(folder: Path) -> Artifacts:
    """The artifacts in a folder.

    Args:
        folder: it has one sdist and one wheel, and may have the ``SHA256SUMS`` that they were handed over with.

    Raises:
        DevkitError: it has not, or a file is not the one that was handed over.
    """
    artifacts = Artifacts(_only(folder, "*.tar.gz"), _only(folder, "*.whl"))
    sums = folder / SUMS
    if sums.is_file() and sums.read_text("utf-8", "replace") != artifacts.sums():
        raise DevkitError(f"{str(sums)!r} is not of the files beside it, so one was changed; build them anew")
    return artifacts


def _uv_build(folder: Path, out: Path, epoch: int, more: list[str], *, offline: bool) -> None:
    # Sources are those of a workspace only; what is built here must not depend on it.
    words = ["build", str(folder), "--out-dir", str(out), "--no-sources", "--no-create-gitignore", *more]
    done = uv(words, cwd=folder, offline=offline, env={"SOURCE_DATE_EPOCH": str(epoch)})
    if not done.ok:
        raise DevkitError(f"{folder.name} does not build; mend what the backend says:\n{done.tail()}")


def _only(folder: Path, glob: str) -> Path:
    found = sorted(folder.glob(glob))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise DevkitError(f"{str(folder)!r} has to have one {glob} and has {names}; give the files of one component")
    return found[0]
