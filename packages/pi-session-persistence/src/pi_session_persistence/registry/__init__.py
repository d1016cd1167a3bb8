"""Which session file belongs to which external id, and what is known about it."""

from pi_session_persistence.registry._checkpoint import checkpoint, is_beginning, rewriting
from pi_session_persistence.registry._record import Checkpoint, Record
from pi_session_persistence.registry._registry import Compat, Registry, home

__all__ = ["Checkpoint", "Compat", "Record", "Registry", "checkpoint", "home", "is_beginning", "rewriting"]
