"""Who has a session file: a lock beside it that the kernel gives back when its holder is gone."""

from pi_session_persistence.locking._lock import Holder, Lock, holder, is_locked, lock

__all__ = ["Holder", "Lock", "holder", "is_locked", "lock"]
