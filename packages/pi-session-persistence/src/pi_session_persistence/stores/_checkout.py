"""A session fetched from a store before it is used and taken back after."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pi_session_persistence.locking import lock
from pi_session_persistence.registry import Registry
from pi_session_persistence.stores._errors import ForkedError, NotStoredError
from pi_session_persistence.stores._sync import Place, reconcile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pi_session_persistence.registry import Record
    from pi_session_persistence.stores._store import Store
    from pi_session_persistence.stores._sync import Way

__all__ = ["StoreCourier", "checkout"]


@contextmanager
def checkout(store: Store, external_id: str, registry: Registry | None = None) -> Iterator[Path]:
    """Fetch a session, keep it locked for the block, and take it back to the store at its end, however it ends.

    Args:
        store: the store.
        external_id: the id; a session that is not in the store yet begins with the block.
        registry: the external ids, by default those the environment names.

    Returns:
        The session file, which need not be there if the session is new.

    Raises:
        BusyError: somebody else has the session.
        ForkedError: it was changed elsewhere, too; both are kept, and the error says where.
        StoreError: something is wrong with the store. What the block wrote is in the file, and goes to the store the
            next time.
    """
    ids = registry or Registry.current()
    record = ids.claim(external_id)
    with lock(record.pi_file, what="pi-session checkout"):
        _carry(store, ids, record, "pull")
        try:
            yield record.pi_file
        finally:
            _carry(store, ids, record, "push")


class StoreCourier:
    """Brings the session of a run from a store and takes it back; what ``run(courier=...)`` takes.

    Args:
        store: the store.
        registry: the external ids, by default those the environment names; the same as for the run.
    """

    def __init__(self, store: Store, registry: Registry | None = None) -> None:
        self._store = store
        self._registry = registry or Registry.current()

    async def fetch(self, record: Record) -> None:
        """Put the store's state into ``record.pi_file``; the caller has its lock.

        Raises:
            ForkedError: it was changed here and elsewhere; both are kept, and the next run goes on with the store's.
            StoreError: something is wrong with the store.
        """
        await asyncio.to_thread(_carry, self._store, self._registry, record, "pull")

    async def deliver(self, record: Record) -> None:
        """Take the session to the store; the caller has its lock.

        Raises:
            ForkedError: it was changed elsewhere during the run; both are kept, and what the run did is in the fork.
            StoreError: something is wrong with the store; what the run did is in the file, and is taken there later.
        """
        await asyncio.to_thread(_carry, self._store, self._registry, record, "push")


def _carry(store: Store, registry: Registry, record: Record, way: Way) -> None:
    try:
        outcome = reconcile(store, Place(record.external_id, record.pi_file, registry, held=True), way)
    except NotStoredError:
        # A new session is in one place only, or in none.
        if way == "pull" or not record.pi_file.exists():
            return
        raise
    if outcome.action == "forked":
        fork = outcome.forks[0]
        raise ForkedError(record.external_id, outcome.file, fork.file, fork.id)
