"""Where components are proved: a temporary folder with what several of them share."""

from __future__ import annotations

import shutil
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pi_devkit._errors import DevkitError
from pi_devkit.proving import SUMS, build

if TYPE_CHECKING:
    from typing import Self

    from pi_devkit.components import Component, Workspace
    from pi_devkit.proving import Artifacts

__all__ = ["Bench"]


class Bench:
    """A folder outside the repository, and artifacts that are built in it once. Use it as a context manager.

    Args:
        workspace: the repository.
        keep: whether the folder stays.
        offline: whether nothing may be fetched, and nobody asked.
        audit: whether the vulnerability service may be asked.

    Attributes:
        workspace: the repository.
        folder: the temporary folder.
        offline: whether nothing may be fetched, and nobody asked.
        audit: whether the vulnerability service may be asked.
    """

    def __init__(self, workspace: Workspace, *, keep: bool = False, offline: bool = False, audit: bool = True) -> None:
        self.workspace = workspace
        self.offline = offline
        self.audit = audit and not offline
        self.folder = Path(tempfile.mkdtemp(prefix="pi-devkit-")).resolve()
        self._keep = keep
        self._built: dict[str, Artifacts] = {}
        self._snapshots: dict[str, Path] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if not self._keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def epoch(self) -> int:
        """The time of the last commit, in seconds since 1970: what makes two builds of it the same."""
        said = self.workspace.git("log", "-1", "--format=%ct").out.strip()
        return int(said) if said.isdigit() else 0

    def artifacts(self, component: Component) -> Artifacts:
        """The artifacts of a component, built at the first call.

        Raises:
            DevkitError: it does not build.
        """
        if component.name not in self._built:
            out = self.folder / "dist" / component.name
            self._built[component.name] = build(self.snapshot(component), out, epoch=self.epoch, offline=self.offline)
        return self._built[component.name]

    def snapshot(self, component: Component) -> Path:
        """A copy of a component's files as they were when it was first asked for.

        Who goes on working in the tree meanwhile does not get into one build and not into the other.

        Raises:
            DevkitError: git can't tell which files they are.
        """
        if component.name not in self._snapshots:
            self._snapshots[component.name] = self._copy(component)
        return self._snapshots[component.name]

    def again(self, component: Component) -> Path:
        """Another copy of the same files, in another place."""
        folder = self.fresh("again")
        shutil.copytree(self.snapshot(component), folder)
        return folder

    def _copy(self, component: Component) -> Path:
        said = self.workspace.git("ls-files", "-z", "-co", "--exclude-standard", "--", component.path)
        if not said.ok:
            raise DevkitError(f"git can't tell which files {component.name} has: {said.tail(1)}")
        folder = self.fresh("source")
        for name in filter(None, said.out.split("\0")):
            source, target = self.workspace.root / name, folder / name
            _refuse_bad_link(source, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():  # a link to a folder elsewhere in the repository, which a build follows
                _copy_folder(source, target, name)
            elif source.is_file():
                shutil.copy2(source, target)
        return folder / component.path

    def hand_over(self, artifacts: Artifacts, out: Path) -> None:
        """Copy artifacts with a list of their hashes.

        Args:
            artifacts: the files.
            out: the folder; it is made if need be.
        """
        out.mkdir(parents=True, exist_ok=True)
        for path in (artifacts.sdist, artifacts.wheel):
            if not (out / path.name).exists() or not path.samefile(out / path.name):
                shutil.copy(path, out / path.name)
        (out / SUMS).write_text(artifacts.sums(), "utf-8")

    def fresh(self, name: str) -> Path:
        """The path of a folder that is not there yet."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder)) / name


def _refuse_bad_link(path: Path, name: str) -> None:
    if not path.is_symlink():
        return
    if not path.exists():
        raise DevkitError(f"{name} is a link to {str(path.readlink())!r}, which is nothing; take it out, or mend it")
    if path.parent.resolve().is_relative_to(path.resolve()):
        raise DevkitError(f"{name} is a link to a folder that it is in itself, so there is no end of it; take it out")


def _copy_folder(source: Path, target: Path, name: str) -> None:
    for path in source.rglob("*"):
        _refuse_bad_link(path, f"{name}/{path.relative_to(source).as_posix()}")
    try:
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    except (OSError, RecursionError) as error:
        raise DevkitError(f"{name} can't be copied; if links in it lead to each other, take one out") from error
