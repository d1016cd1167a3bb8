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
from pi_devkit._text import read_text

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
            DevkitError: it has no ``pyproject.toml`` with a project, or one that can't be read.
        """
        path = folder / "pyproject.toml"
        try:
            pyproject = tomllib.loads(read_text(path, "every component needs one"))
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

    def requirements(self, *, extras: bool = True) -> list[Requirement]:
        """All requirements.

        Args:
            extras: whether those of extras are wanted too.

        Raises:
            DevkitError: one can't be read.
        """
        groups = {"dependencies": self.project.get("dependencies", [])}
        if extras:
            given = self.project.get("optional-dependencies", {})
            if not isinstance(given, dict):
                raise DevkitError(f"{self.folder.name}: project.optional-dependencies is {given!r}; write a table")
            groups |= {f"optional-dependencies.{name}": texts for name, texts in given.items()}
        return [one for key, texts in groups.items() for one in self._parsed(key, texts)]

    def _parsed(self, key: str, texts: object) -> list[Requirement]:
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise DevkitError(f"{self.folder.name}: project.{key} is {texts!r}; write a list of texts")
        try:
            return [Requirement(text) for text in texts]
        except InvalidRequirement as error:
            reason = str(error).partition("\n")[0]
            raise DevkitError(f"{self.folder.name}: project.{key} has one that can't be read: {reason}") from error

    def changelog(self) -> str:
        """The text of ``CHANGELOG.md``; empty if there is none.

        Raises:
            DevkitError: it can't be read.
        """
        path = self.folder / "CHANGELOG.md"
        return read_text(path) if path.is_file() else ""

    def releases(self) -> list[tuple[str, str, str]]:
        """The changelog's sections, newest first: version, rest of the heading, and text.

        Raises:
            DevkitError: it can't be read.
        """
        found: list[tuple[str, str, list[str]]] = []
        for line in self.changelog().splitlines():
            if heading := _HEADING.match(line):
                found.append((heading["version"], heading["rest"].strip(), []))
            elif found and not line.startswith("# "):
                found[-1][2].append(line)
        return [(version, rest, "\n".join(lines).strip()) for version, rest, lines in found]
