"""Family ``PI``: what an extension's folder has and has not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pi_devkit.review._files import component, project, text, walk

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["PI001", "PI002", "PI003", "PI004"]

_OF_THE_ROOT: Final = (".github", ".githooks", ".pre-commit-config.yaml", "uv.lock")

_SUPPRESSION: Final = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<rest>[^\n]*)")
#: A code, and after it words that give a reason.
_GOVERNED: Final = re.compile(r"(:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*|\[[a-z-]+(,\s*[a-z-]+)*\])\s*#?\s*\S+.*\w")


class PI001:
    """An extension has an entry point in the group pi_host.plugins."""

    family = "pi"

    @staticmethod
    def check(root: Traversable, package: Traversable) -> bool | str | None:
        """Whether it has."""
        row = component(root, package)
        if row is not None and row.kind != "extension":
            return None
        found = project(package).get("entry-points", {}).get("pi_host.plugins")
        return bool(found) or 'pyproject.toml needs [project.entry-points."pi_host.plugins"]; pi-host finds it by that'


class PI002:
    """Workflows, hooks and the lock file are the root's, not a package's."""

    family = "pi"

    @staticmethod
    def check(root: Traversable, package: Traversable) -> bool | str | None:
        """Whether it has none."""
        if str(root) == str(package):
            return None
        there = [name for name in _OF_THE_ROOT if package.joinpath(name).is_dir() or package.joinpath(name).is_file()]
        return not there or f"{', '.join(there)} has no effect in a package; take it out, or move it to the root"


class PI003:
    """README.md has no front matter, which an index would show as text."""

    family = "pi"

    @staticmethod
    def check(package: Traversable) -> bool | str:
        """Whether it has none."""
        readme = text(package, "README.md")
        if not readme:
            return "README.md is missing or empty; write what it is for and how to begin"
        return not readme.startswith("---\n") or "README.md begins with `---`; take the front matter out"


class PI004:
    """Every suppressed finding of a linter or type checker carries its code and a reason."""

    family = "pi"

    @staticmethod
    def check(package: Traversable) -> bool | str:
        """Whether it does."""
        bad = [
            f"{name}: `{match[0].strip()}`"
            for name, source in walk(package.joinpath("src"), ".py")
            for match in _SUPPRESSION.finditer(source)
            if not _GOVERNED.match(match["rest"])
        ]
        return not bad or f"write the code and why, as in `# noqa: S603  # our own program`: {'; '.join(bad[:5])}"
