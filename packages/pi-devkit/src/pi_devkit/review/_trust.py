"""Family ``VCH``: who may contribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pi_devkit.review._files import text
from pi_devkit.vouch import TrustList, VouchError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["VCH001", "VCH002"]

_LIST: Final = ".github/VOUCHED.td"


class VCH001:
    """The list of trust can be read, each name is in it once, and it is in order."""

    family = "vch"

    @staticmethod
    def check(root: Traversable) -> bool | str | None:
        """Whether it is."""
        there = text(root, _LIST)
        if not there:
            return None
        try:
            tidy = TrustList.parse(there).text()
        except VouchError as error:
            return f"{_LIST}: {error}"
        return there == tidy or f"{_LIST} is not in order: comments first, then small letters, sorted by name"


class VCH002:
    """Nobody who owns files is denounced."""

    family = "vch"
    requires = frozenset({"VCH001"})

    @staticmethod
    def check(root: Traversable) -> bool | str | None:
        """Whether nobody is."""
        there, owners = text(root, _LIST), text(root, ".github/CODEOWNERS")
        if not there or not owners:
            return None
        named = {word[1:] for line in owners.splitlines() for word in line.split()[1:] if word.startswith("@")}
        trust = TrustList.parse(there)
        bad = sorted(name for name in named if "/" not in name and trust.standing(name) == "denounced")
        return not bad or f"{', '.join(bad)} owns files and is denounced in {_LIST}; change one of the two"
