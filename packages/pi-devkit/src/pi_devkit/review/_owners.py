"""Family ``OWN``: who reviews what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_devkit._errors import DevkitError
from pi_devkit.components import parse
from pi_devkit.review._files import text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["OWN001", "OWN002"]

#: Where a forge looks, in this order; it takes the first one and passes over the others.
_PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")


class OWN001:
    """There is one CODEOWNERS, and it owns every file."""

    family = "own"

    @staticmethod
    def check(root: Traversable) -> bool | str | None:
        """Whether it does."""
        there = [place for place in _PLACES if text(root, place)]
        if not there:
            return None
        if len(there) > 1:
            return f"{there[0]} is the one that counts; take out {', '.join(there[1:])}"
        owns_all = any(
            line.split()[:1] == ["*"] and len(line.split()) > 1 for line in text(root, there[0]).splitlines()
        )
        return owns_all or f"begin {there[0]} with a line `* @owner`, so that no file is without one"


class OWN002:
    """Every component has owners of its own line."""

    family = "own"
    requires = frozenset({"OWN001"})

    @staticmethod
    def check(root: Traversable) -> bool | str | None:
        """Whether it has."""
        file = text(root, "components.toml")
        if not file:
            return None
        try:
            components = parse(file).components.values()
        except DevkitError as error:
            return str(error)
        lines = [line.split() for line in text(root, _PLACES[0]).splitlines()]
        owned = {words[0] for words in lines if len(words) > 1}
        missing = [one.name for one in components if f"/{one.path}/" not in owned and one.state != "removed"]
        return not missing or f"{', '.join(missing)} has no line in {_PLACES[0]}; run `pi-devkit sync`"
