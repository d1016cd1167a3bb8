"""Family ``REL``: what a release will need, and the tree can show already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_devkit._errors import DevkitError
from pi_devkit.review._files import component, project, text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["REL001", "REL002", "REL003"]

_NEEDED: Final = ("description", "readme", "requires-python", "license", "license-files", "keywords", "urls")


class REL001:
    """The package has its row in components.toml."""

    family = "rel"

    @staticmethod
    def check(root: Traversable, package: Traversable) -> bool | str | None:
        """Whether it has."""
        if not text(root, "components.toml"):
            return None
        try:
            row = component(root, package)
        except DevkitError as error:
            return str(error)
        return row is not None or "add its table to components.toml; `pi-devkit check` says what belongs there"


class REL002:
    """pyproject.toml says what people and indexes look for, and the version is written there."""

    family = "rel"

    @staticmethod
    def check(package: Traversable) -> bool | str:
        """Whether it does."""
        found = project(package)
        missing = [name for name in (*_NEEDED, "version") if not found.get(name)]
        return not missing or f"write {', '.join(f'`project.{name}`' for name in missing)}"


class REL003:
    """CHANGELOG.md is there."""

    family = "rel"

    @staticmethod
    def check(package: Traversable) -> bool | str:
        """Whether it is."""
        return bool(text(package, "CHANGELOG.md").strip()) or "begin it with `# Changelog`"
