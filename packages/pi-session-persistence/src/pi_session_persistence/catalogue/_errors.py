"""What can go wrong with the catalogue."""

from __future__ import annotations

from pi_session_persistence._errors import PersistenceError

__all__ = ["AmbiguousSessionError", "CatalogueError", "DamagedCatalogueError", "UnknownSessionError"]


class CatalogueError(PersistenceError):
    """The catalogue can't be read or written."""


class DamagedCatalogueError(CatalogueError):
    """The catalogue was damaged and has been removed; the next one to open it makes it anew."""


class UnknownSessionError(PersistenceError):
    """No session is called so."""


class AmbiguousSessionError(PersistenceError):
    """Several sessions are called so."""
