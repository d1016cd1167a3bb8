"""A session fetched from a store before it is used and taken back after."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pi_session_persistence.locking import lock
from pi_session_persistence.registry import Registry
from pi_session_persistence.stores._errors import ForkedError
from pi_session_persistence.stores._place import Place
from pi_session_persistence.stores._sync import reconcile
from pi_session_persistence.stores._vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pi_session_persistence.registry import Record
    from pi_session_persistence.stores._store import Store
    from pi_session_persistence.stores._sync import Fork

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
        _carry(store, ids, record)
        try:
            yield record.pi_file
        finally:
            _carry(store, ids, record)


class StoreCourier:
    """Brings the session of a run from a store and takes it back; what ``run(courier=...)`` takes.

    Args:
        store: the store.
        registry: the external ids, by default those the environment names; the same as for the run.
        on_fork: is called with what was kept of what other machines wrote at the same time, and what copies files has
            set aside in the store.
    """

    def __init__(
        self, store: Store, registry: Registry | None = None, *, on_fork: Callable[[Fork], None] | None = None
    ) -> None:
        self._store = store
        self._registry = registry or Registry.current()
        self._on_fork = on_fork

    async def fetch(self, record: Record) -> None:
        """Bring ``record.pi_file`` and the store to one state; the caller has its lock.

        Raises:
            ForkedError: it was changed here and elsewhere; both are kept, and the next run goes on with the store's.
            StoreError: something is wrong with the store.
        """
        await asyncio.to_thread(_carry, self._store, self._registry, record, self._on_fork)

    async def deliver(self, record: Record) -> None:
        """Take the session to the store; the caller has its lock.

        Raises:
            ForkedError: it was changed elsewhere during the run; both are kept, and what the run did is in the fork.
            StoreError: something is wrong with the store; what the run did is in the file, and is taken there later.
        """
        await asyncio.to_thread(_carry, self._store, self._registry, record, self._on_fork)


def _carry(store: Store, registry: Registry, record: Record, on_fork: Callable[[Fork], None] | None = None) -> None:
    place = Place(record.external_id, record.pi_file, registry, held=True)
    if not record.pi_file.exists() and Vault(store).head(record.external_id) is None:
        return  # a new session that was not begun
    outcome = reconcile(store, place, "sync")
    own = 1 if outcome.action == "forked" else 0
    for fork in outcome.forks[own:]:
        if on_fork is not None:
            on_fork(fork)
    if own:
        fork = outcome.forks[0]
        raise ForkedError(record.external_id, outcome.file, fork.file, fork.id)
