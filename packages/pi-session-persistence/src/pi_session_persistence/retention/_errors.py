"""What can go wrong with pruning and its trash."""

from __future__ import annotations

from pi_session_persistence._errors import PersistenceError

__all__ = ["RetentionError"]


class RetentionError(PersistenceError):
    """A session can't be moved to the trash or back."""
