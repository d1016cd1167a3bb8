"""Memory and traps as the tool uses them: opened at the first use, shared with the snapshot after each change."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_autonomous_session_control.memory import MemoryStore, Place, Snapshot
    from pi_autonomous_session_control.traps import TrapStore

__all__ = ["Learned"]


class Learned:
    """What was learned in earlier sessions and in this one.

    Args:
        cwd: the session's folder.
        session: pi's id of the session.
        tell: is called with what the user should know.
    """

    def __init__(self, cwd: str, session: str, tell: Callable[[str], None]) -> None:
        self._cwd = Path(cwd)
        self._session = session
        self._tell = tell
        self._turn = threading.Lock()
        self._told: set[str] = set()
        self._opened: tuple[MemoryStore, TrapStore, Place, Snapshot] | None = None

    @property
    def store(self) -> MemoryStore:
        """The memory; opening it raises `MemoryStoreError` if it can't be used."""
        return self._open()[0]

    @property
    def traps(self) -> TrapStore:
        """The traps in it."""
        return self._open()[1]

    @property
    def place(self) -> Place:
        """The scopes that hold here."""
        return self._open()[2]

    def publish(self) -> None:
        """Write the snapshot, after a change."""
        self.say(self._open()[3].save().message)

    def say(self, text: str | None) -> None:
        """Tell the user, each text once."""
        if text and text not in self._told:
            self._told.add(text)
            self._tell(text)

    def close(self) -> None:
        """Close the memory; using it again opens it again."""
        with self._turn:
            if self._opened is not None:
                self._opened[0].close()

    def _open(self) -> tuple[MemoryStore, TrapStore, Place, Snapshot]:
        with self._turn:
            if self._opened is None:
                self._opened = self._made()
            return self._opened

    def _made(self) -> tuple[MemoryStore, TrapStore, Place, Snapshot]:
        from pi_autonomous_session_control.memory import (  # noqa: PLC0415  # 10 ms, and the first event waits for it
            MemoryStore,
            Snapshot,
            database_path,
            locate,
            snapshot_path,
        )
        from pi_autonomous_session_control.traps import TrapStore  # noqa: PLC0415  # as above

        place = locate(self._cwd, self._session)
        store = MemoryStore(database_path(os.environ))
        self.say(store.notice)
        snapshot = Snapshot(store, snapshot_path(self._cwd, os.environ), place.scope("repository"))
        self.say(snapshot.load().message)
        return store, TrapStore(store), place, snapshot
