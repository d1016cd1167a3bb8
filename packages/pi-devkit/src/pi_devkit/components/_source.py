"""The ``pyproject.toml`` of a component, and its changelog."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from pi_devkit._errors import DevkitError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Source", "canonical"]

_HEADING: Final = re.compile(r"^##+ \[?v?(?P<version>\d[^\s\]]*)\]?(?P<rest>.*)$")


def canonical(name: str) -> str:
    """The name of a distribution as an index compares it."""
    return str(canonicalize_name(name))


@dataclass(frozen=True, slots=True)
class Source:
    """A component's folder.

    Attributes:
        folder: where it is.
        pyproject: its ``pyproject.toml``.
    """

    folder: Path
    pyproject: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> Source:
        """Read a folder.

        Raises:
            DevkitError: it has no ``pyproject.toml`` with a project, or one that is not TOML.
        """
        path = folder / "pyproject.toml"
        try:
            pyproject = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise DevkitError(f"can't read {str(path)!r}: {error.strerror}; every component needs one") from error
        except tomllib.TOMLDecodeError as error:
            raise DevkitError(f"{str(path)!r} is not TOML: {error}") from error
        if not isinstance(pyproject.get("project"), dict):
            raise DevkitError(f"{str(path)!r} has no table [project]; every component needs one")
        return cls(folder, pyproject)

    @property
    def project(self) -> dict[str, Any]:
        """The table ``[project]``."""
        project: dict[str, Any] = self.pyproject["project"]
        return project

    @property
    def name(self) -> str:
        """The distribution's name as written; empty if there is none."""
        return str(self.project.get("name", ""))

    @property
    def version(self) -> Version:
        """The version.

        Raises:
            DevkitError: it is missing, dynamic, or no version.
        """
        text = self.project.get("version")
        if not isinstance(text, str):
            raise DevkitError(f"{self.folder.name}: pyproject.toml has no static `project.version`; write one")
        try:
            return Version(text)
        except InvalidVersion as error:
            raise DevkitError(f"{self.folder.name}: `project.version` is {text!r}, which is no version") from error

    def requirements(self) -> list[Requirement]:
        """All requirements, those of extras included.

        Raises:
            DevkitError: one can't be read.
        """
        extras = self.project.get("optional-dependencies", {})
        texts = [*self.project.get("dependencies", []), *(text for group in extras.values() for text in group)]
        try:
            return [Requirement(text) for text in texts]
        except InvalidRequirement as error:
            raise DevkitError(f"{self.folder.name}: a requirement can't be read: {error}") from error

    def changelog(self) -> str:
        """The text of ``CHANGELOG.md``; empty if there is none."""
        path = self.folder / "CHANGELOG.md"
        return path.read_text("utf-8") if path.is_file() else ""

    def releases(self) -> list[tuple[str, str, str]]:
        """The changelog's sections, newest first: version, rest of the heading, and text."""
        found: list[tuple[str, str, list[str]]] = []
        for line in self.changelog().splitlines():
            if heading := _HEADING.match(line):
                found.append((heading["version"], heading["rest"].strip(), []))
            elif found and not line.startswith("# "):
                found[-1][2].append(line)
        return [(version, rest, "\n".join(lines).strip()) for version, rest, lines in found]
