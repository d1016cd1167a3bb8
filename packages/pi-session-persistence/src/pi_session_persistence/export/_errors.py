"""What can go wrong with an export."""

from __future__ import annotations

from pi_session_persistence._errors import PersistenceError

__all__ = ["ExportError"]


class ExportError(PersistenceError):
    """A session can't be exported, or not to that place."""
