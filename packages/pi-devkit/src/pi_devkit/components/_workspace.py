"""The repository: ``components.toml``, the members of the workspace, and what git knows."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pi_devkit._commands import run
from pi_devkit._errors import DevkitError
from pi_devkit._text import read_text
from pi_devkit.components._parse import FILE_NAME, Components, read
from pi_devkit.components._source import Source, canonical

if TYPE_CHECKING:
    from pathlib import Path

    from pi_devkit._commands import Done
    from pi_devkit.components._model import Component, Project

__all__ = ["Workspace"]


@dataclass(frozen=True)
class Workspace:
    """A repository with a ``components.toml``.

    Attributes:
        root: its folder.
        file: what the file says.
    """

    root: Path
    file: Components
    _sources: dict[str, Source] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def find(cls, start: Path) -> Workspace:
        """Find the workspace that a folder is in.

        Args:
            start: the folder, or one inside.

        Raises:
            DevkitError: there is no ``components.toml`` here or above, or it is not right.
        """
        for folder in (start.resolve(), *start.resolve().parents):
            if (folder / FILE_NAME).is_file():
                return cls(folder, read(folder / FILE_NAME))
        raise DevkitError(f"there is no {FILE_NAME} in {str(start)!r} or above; run this inside the repository")

    @property
    def project(self) -> Project:
        """What holds for all components."""
        return self.file.project

    @property
    def components(self) -> list[Component]:
        """All components but those that were removed, whose names alone are kept; in the file's order."""
        return [component for component in self.file.components.values() if component.state != "removed"]

    def component(self, name: str) -> Component:
        """Return a component.

        Raises:
            DevkitError: there is none of that name; the message lists those there are.
        """
        found = self.file.components.get(name)
        if found is None:
            raise DevkitError(f"there is no component {name!r}; there are {', '.join(self.file.components) or 'none'}")
        return found

    def folder(self, component: Component) -> Path:
        """The folder of a component."""
        return self.root / component.path

    def source(self, component: Component) -> Source:
        """What a component's folder says, read once.

        Raises:
            DevkitError: it can't be read.
        """
        if component.name not in self._sources:
            self._sources[component.name] = Source.read(self.folder(component))
        return self._sources[component.name]

    def siblings(self, component: Component) -> list[Component]:
        """The components that one needs when installed with its extras left out, each after those that it needs."""
        ordered: list[Component] = []
        waiting = [component]
        while waiting:
            for other in self._required(waiting.pop()):
                if other not in ordered and other != component:
                    ordered.insert(0, other)
                    waiting.append(other)
        return ordered

    def related(self, component: Component) -> list[Component]:
        """The components that one names as a requirement, in an extra or not."""
        named = {canonical(requirement.name) for requirement in self.source(component).requirements()}
        return [other for other in self.components if other.name in named and other.name != component.name]

    def dependents(self, component: Component) -> list[Component]:
        """The components that name this one as a requirement."""
        return [other for other in self.components if component in self.related(other)]

    def pis(self, component: Component) -> list[str]:
        """The versions of pi that a component is proved with; none if it promises nothing inside pi."""
        if component.kind not in {"host", "extension"}:
            return []
        return component.pi if component.pi is not None else [one.version for one in self.file.pis]

    def members(self) -> list[str]:
        """The folders of the uv workspace's members, relative to the root, sorted.

        Raises:
            DevkitError: the root's ``pyproject.toml`` can't be read.
        """
        table = self.pyproject().get("tool", {}).get("uv", {}).get("workspace", {})
        out = {path for glob in table.get("exclude", []) for path in self.root.glob(glob)}
        found = {path for glob in table.get("members", []) for path in self.root.glob(glob)}
        return sorted(
            path.relative_to(self.root).as_posix() for path in found - out if (path / "pyproject.toml").is_file()
        )

    def pyproject(self) -> dict[str, Any]:
        """The root's ``pyproject.toml``.

        Raises:
            DevkitError: it is not there or not TOML.
        """
        path = self.root / "pyproject.toml"
        try:
            return tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as error:
            raise DevkitError(f"can't read {str(path)!r}: {error}") from error

    def git(self, *words: str) -> Done:
        """Run git in the root.

        Args:
            words: what it is to do.
        """
        return run(["git", "-C", self.root, *words], timeout=60)

    def tags(self, component: Component) -> list[str]:
        """The component's release tags, by version, newest first.

        Raises:
            DevkitError: git can't tell.
        """
        from packaging.version import InvalidVersion, Version  # noqa: PLC0415  # only who asks for history

        found: list[tuple[Version, str]] = []
        said = self.git("tag", "--list", f"{component.name}-v*")
        if not said.ok:
            raise DevkitError(f"git can't tell what was released: {said.tail(1)}")
        for tag in said.out.split():
            try:
                found.append((Version(tag.removeprefix(f"{component.name}-v")), tag))
            except InvalidVersion:
                continue  # a tag made by hand for something else
        return [tag for _, tag in sorted(found, reverse=True)]

    def _required(self, component: Component) -> list[Component]:
        named = {canonical(requirement.name) for requirement in self.source(component).requirements(extras=False)}
        return [other for other in self.components if other.name in named and other.name != component.name]
