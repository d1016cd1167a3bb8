"""A session that has an external id, as pi has it open."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pi_session_persistence._errors import BusyError
from pi_session_persistence.locking import lock
from pi_session_persistence.registry import Checkpoint, Registry

if TYPE_CHECKING:
    from pi_session_persistence.locking import Lock
    from pi_session_persistence.registry import Record

__all__ = ["Inside", "enter"]

_CHUNK: Final = 1 << 20


class Inside:
    """A session with an external id.

    Attributes:
        variables: what its tools and child processes are told.
    """

    def __init__(self, registry: Registry, record: Record, pi_version: str) -> None:
        self.variables: dict[str, str | None] = {**registry.variables(record)}
        self._registry = registry
        self._record = record
        self._pi_version = pi_version or None
        self._lock = _shared_lock(record.pi_file)
        self._inode = 0
        self._size = 0
        self._digest = hashlib.sha256()

    def keep(self, name: str | None, session_id: str) -> None:
        """Write down where the file stands; only what is new in it is read."""
        made = self._checkpoint()
        if made is not None:
            self._registry.update(
                self._record.external_id,
                checkpoint=made,
                name=name,
                pi_session_id=session_id,
                pi_version=self._pi_version,
            )

    def rename(self, name: str | None) -> None:
        """Write down another name of the session."""
        self._registry.update(self._record.external_id, name=name)

    def described(self) -> str:
        """Return what a person wants to know about the id."""
        parent = f", forked from {self._record.parent!r}" if self._record.parent is not None else ""
        return f"{self._record.external_id}{parent}"

    def leave(self) -> None:
        """Let others have the file."""
        if self._lock is not None:
            self._lock.release()

    def _checkpoint(self) -> Checkpoint | None:
        try:
            file = self._record.pi_file.open("rb")
        except FileNotFoundError:  # pi has not written it yet
            return None
        with file:
            facts = os.fstat(file.fileno())
            if facts.st_ino != self._inode or facts.st_size < self._size:
                self._inode, self._size, self._digest = facts.st_ino, 0, hashlib.sha256()
            file.seek(self._size)
            while chunk := file.read(_CHUNK):
                self._digest.update(chunk)
                self._size += len(chunk)
        return Checkpoint(self._size, self._digest.hexdigest(), datetime.now(UTC).isoformat(timespec="seconds"))


def enter(file: str, forked_from: str | None, pi_version: str) -> Inside | None:
    """Return the session in a file that pi has opened; ``None`` if it has no external id.

    Args:
        file: the session file.
        forked_from: the file that pi has just forked it from: the id goes on in the fork, where the user goes on.
        pi_version: version of the running pi.
    """
    registry = Registry.current()
    record = registry.find(Path(file))
    if record is None and forked_from is not None:
        before = registry.find(Path(forked_from))
        if before is not None:
            record = registry.update(before.external_id, pi_file=Path(file), checkpoint=None)
    return Inside(registry, record, pi_version) if record is not None else None


def _shared_lock(file: Path) -> Lock | None:
    try:
        return lock(file, what="pi", shared=True)
    except BusyError:  # the launcher of this pi has it, and nobody else can
        return None
