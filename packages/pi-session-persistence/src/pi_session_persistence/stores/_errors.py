"""What can go wrong with a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_session_persistence._errors import PersistenceError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ChangedError", "ForkedError", "NotStoredError", "StoreDamagedError", "StoreError", "StoreGoneError"]


class StoreError(PersistenceError):
    """Base of everything that goes wrong with a store."""


class StoreGoneError(StoreError):
    """The store can't be reached, or not any more. What was to be written may or may not be there."""


class NotStoredError(StoreError):
    """There is nothing under this key."""


class ChangedError(StoreError):
    """What is under a key is not, or no longer, what the caller took it for. Nothing was written."""


class StoreDamagedError(StoreError):
    """What is in the store is not what was put there."""


class ForkedError(StoreError):
    """A session was changed here and in the store; both are kept.

    Attributes:
        file: the session file, which now has what the store has.
        fork: the session file that has what was here.
        fork_id: the id of the fork in the store.
    """

    def __init__(self, session_id: str, file: Path, fork: Path, fork_id: str) -> None:
        self.file = file
        self.fork = fork
        self.fork_id = fork_id
        super().__init__(
            f"{session_id!r} was changed here and elsewhere: {str(file)!r} now has what the store has, and what was "
            f"here is in {str(fork)!r}, a fork with the id {fork_id!r}; nothing is lost, go on with either"
        )
