"""Stores by the words that people name them with: a folder, or the kind of a store and where it is."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from pi_session_persistence.stores._directory import DirectoryStore
from pi_session_persistence.stores._errors import StoreError

if TYPE_CHECKING:
    from pi_session_persistence.stores._store import Store

__all__ = ["Opener", "open_store"]

#: Entry points in which packages bring further kinds of stores: the kind, and an `Opener`.
_GROUP: Final = "pi_session_persistence.stores"

_KIND: Final = re.compile(r"([a-z][a-z0-9+-]+):(.*)", re.DOTALL)


class Opener(Protocol):
    """What opens the stores of one kind."""

    def __call__(self, where: str, *, create: bool) -> Store:
        """Open a store.

        Args:
            where: what follows the kind and its colon.
            create: make a store there, if there is none.

        Raises:
            StoreGoneError: there is no store, or it can't be reached.
            StoreError: it can't be made, or ``where`` names no place.
        """


def open_store(where: str, *, create: bool = False) -> Store:
    """Open the store that somebody names.

    Args:
        where: a folder (``/mnt/backup/pi``, ``dir:/mnt/backup/pi``), or another kind, a colon and where it is.
        create: make a store there, if there is none.

    Raises:
        StoreGoneError: there is no store, or it can't be reached.
        StoreError: it can't be made, there is no such kind, or what brings that kind is broken.
    """
    named = _KIND.fullmatch(where)
    if named is None:
        return _folder(where, create=create)
    kind, place = named.groups()
    openers = {"dir": _folder}
    found = [point for point in entry_points(group=_GROUP) if point.name == kind]
    if kind not in openers and not found:
        raise StoreError(f"there is no kind of store called {kind!r}; name a folder, or install what brings it")
    try:
        opener: Opener = openers[kind] if kind in openers else found[0].load()
    except Exception as error:
        raise StoreError(f"what brings {kind!r} stores can't be loaded ({error}); see to {found[0].value!r}") from error
    return opener(place, create=create)


def _folder(where: str, *, create: bool) -> Store:
    if not where:
        raise StoreError("the store has no name; name a folder")
    return DirectoryStore.create(Path(where)) if create else DirectoryStore(Path(where))
