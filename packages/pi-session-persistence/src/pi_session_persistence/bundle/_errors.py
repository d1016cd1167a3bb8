"""What can go wrong with bundles."""

from __future__ import annotations

from pi_session_persistence._errors import PersistenceError

__all__ = ["BundleError"]


class BundleError(PersistenceError):
    """A bundle can't be made, is none that can be trusted, or has no place here; nothing was written."""
