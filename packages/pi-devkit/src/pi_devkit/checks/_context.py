"""What a check gets: the component, what was asked for, and what earlier checks have made already."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pi_devkit.checks._smoking import Smoked, run_smoke
from pi_devkit.proving import Artifacts, Venv, find_python, given, sdist_files, wheel_files

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.version import Version

    from pi_devkit.checks._bench import Bench
    from pi_devkit.components import Component, Source, Workspace

__all__ = ["Asked", "Context"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for.

    Attributes:
        quick: only what needs no network, no history, and no other Python or pi.
        only: ids of the checks to run, with those that they build on; none for all.
        tag: the tag that is being released, if there is one.
        dist: a folder with the artifacts to prove, instead of new ones.
        dirty: whether changes that are not committed are let pass.
        pythons: the Pythons for what runs on several; those of the project if there are none.
    """

    quick: bool = False
    only: tuple[str, ...] = ()
    tag: str = ""
    dist: Path | None = None
    dirty: bool = False
    pythons: tuple[str, ...] = ()


class Context:
    """One component on the bench.

    Args:
        bench: where it is proved.
        component: the component.
        asked: what was asked for.

    Attributes:
        bench: where it is proved.
        component: the component.
        asked: what was asked for.
    """

    def __init__(self, bench: Bench, component: Component, asked: Asked) -> None:
        self.bench = bench
        self.component = component
        self.asked = asked

    @property
    def workspace(self) -> Workspace:
        """The repository."""
        return self.bench.workspace

    @property
    def source(self) -> Source:
        """The component's folder."""
        return self.workspace.source(self.component)

    @property
    def version(self) -> Version:
        """The version that is to be released."""
        return self.source.version

    @cached_property
    def artifacts(self) -> Artifacts:
        """The files that are proved, and that are released if they pass."""
        return given(self.asked.dist.resolve()) if self.asked.dist else self.bench.artifacts(self.component)

    @cached_property
    def wheel(self) -> dict[str, bytes]:
        """The files in the wheel."""
        return wheel_files(self.artifacts.wheel)

    @cached_property
    def sdist(self) -> dict[str, bytes]:
        """The files in the sdist."""
        return sdist_files(self.artifacts.sdist)

    @property
    def dist_info(self) -> str:
        """The name of the folder with the wheel's metadata, with a slash at its end."""
        return next((name.partition("/")[0] for name in self.wheel if ".dist-info/" in name), ".dist-info") + "/"

    def metadata(self, name: str) -> str:
        """The text of a file of the wheel's metadata; empty if there is none."""
        return self.wheel.get(self.dist_info + name, b"").decode()

    @cached_property
    def unpacked(self) -> Path:
        """A folder with the files of the wheel."""
        folder = self.bench.fresh("unpacked")
        for name, data in self.wheel.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return folder

    def wheels(self, *, testkit: bool = False) -> list[str | Path]:
        """What is installed: this wheel, those of the siblings it needs, and the test kit if wanted.

        Raises:
            DevkitError: a sibling does not build.
        """
        wanted = list(self.workspace.siblings(self.component))
        others: list[str | Path] = []
        if testkit and self.component.name != "pi-testkit":
            kit = self.workspace.file.components.get("pi-testkit")
            if kit is None:
                others.append("pi-testkit")
            else:
                wanted += [one for one in (kit, *self.workspace.siblings(kit)) if one not in wanted]
        paths = [self.bench.artifacts(one).wheel for one in wanted if one != self.component]
        return [self.artifacts.wheel, *paths, *others]

    def environment(self, python: str | None = None) -> Venv:
        """A new and empty environment.

        Args:
            python: such as ``3.13``; by default the oldest that was asked for.

        Raises:
            EnvironmentMissingError: there is no such Python here.
            DevkitError: it can't be made.
        """
        return Venv.make(self.bench.fresh("venv"), find_python(python or self.pythons[0]), offline=self.bench.offline)

    @property
    def pythons(self) -> tuple[str, ...]:
        """The Pythons for what runs on several, oldest first."""
        return self.asked.pythons or self.workspace.project.pythons

    @cached_property
    def clean(self) -> Venv:
        """An environment that has the component, the siblings it needs and nothing else of ours."""
        venv = self.environment()
        venv.install(*self.wheels())
        return venv

    @cached_property
    def kit(self) -> Venv:
        """An environment that has the test kit besides."""
        venv = self.environment()
        venv.install(*self.wheels(testkit=True))
        return venv

    @cached_property
    def smoked(self) -> Smoked:
        """What came of its smoke function."""
        folder = self.workspace.folder(self.component)
        return run_smoke(self.component, folder, self.kit, self.bench.fresh("smoke"))
