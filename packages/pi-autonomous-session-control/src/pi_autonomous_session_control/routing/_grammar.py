"""Small words and turns of phrase that show what a clause does."""

from __future__ import annotations

import re
from functools import cache

from pi_autonomous_session_control.routing._data import data

__all__ = ["beginning", "concepts", "words"]


def concepts(*names: str) -> frozenset[str]:
    """Return the concepts that are named, several in a string."""
    return frozenset(" ".join(names).split())


@cache
def words(name: str) -> frozenset[str]:
    """Return the words that ``grammar.toml`` lists under ``name``, in all languages."""
    return data().sets[name]


@cache
def beginning(name: str) -> re.Pattern[str]:
    """Return the pattern that ``grammar.toml`` has under ``name``, mostly for the beginning of a clause."""
    return re.compile(data().patterns[name])
