"""A session here and a session in a store, brought to the same state; where both have changed, both are kept."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from pi_host.sessionfile import read_header, replace
from pi_session_persistence.locking import lock
from pi_session_persistence.registry import checkpoint, rewriting
from pi_session_persistence.stores._bases import Bases
from pi_session_persistence.stores._copy import write_fork
from pi_session_persistence.stores._errors import ChangedError, NotStoredError
from pi_session_persistence.stores._snapshot import Snapshot, sha256, take
from pi_session_persistence.stores._vault import Vault

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pi_session_persistence.registry import Registry
    from pi_session_persistence.stores._store import Store
    from pi_session_persistence.stores._vault import Head

__all__ = ["Fork", "Outcome", "Place", "Way", "reconcile"]

#: ``push`` writes to the store only, ``pull`` to the file only, ``sync`` to either.
Way: TypeAlias = Literal["push", "pull", "sync"]

#: So often somebody else may be quicker, one after the other.
_TRIES: Final = 8


class Fork(NamedTuple):
    """What was kept of a conflict.

    Attributes:
        file: the session file that has it.
        id: its id in the store.
    """

    file: Path
    id: str


class Outcome(NamedTuple):
    """What came of it.

    Attributes:
        id: of the session in the store.
        file: the session file.
        action: ``same``: nothing was to be done; ``pushed``; ``pulled``; ``ahead``: there is more here, which was not
            to be pushed; ``behind``: there is more in the store, which was not to be pulled; ``forked``: both had
            changed.
        forks: what was kept of conflicts.
    """

    id: str
    file: Path
    action: Literal["same", "pushed", "pulled", "ahead", "behind", "forked"]
    forks: tuple[Fork, ...] = ()


class Place(NamedTuple):
    """A session here.

    Attributes:
        id: its id in the store: the external id, or pi's own.
        file: the session file, which need not be there.
        registry: where the external id is known; ``None`` if ``id`` is pi's own.
        held: whether the caller has the lock of the file.
    """

    id: str
    file: Path
    registry: Registry | None = None
    held: bool = False


def reconcile(store: Store, place: Place, way: Way) -> Outcome:
    """Bring a session here and in a store to the same state, as far as ``way`` allows.

    What is only longer on one side goes to the other. If both have changed, the file gets the store's state whatever
    ``way`` says, and what was here becomes a fork beside the file and, unless it is a pull, in the store. The file is
    never changed before everything that was in it is safe elsewhere. Done again after a failure, it goes on from there.

    Args:
        store: the store.
        place: the session here.
        way: what may be written to.

    Raises:
        NotStoredError: it is neither here nor in the store, or not where it was to come from.
        StoreError: there is no session in the file, or something is wrong with the store.
        BusyError: somebody else has the file.
        OSError: the file can't be read or written.
    """
    return _Meeting(store, place, way).hold()


class _Meeting:
    """One session here and in one store."""

    def __init__(self, store: Store, place: Place, way: Way) -> None:
        self._vault = Vault(store)
        self._place = place
        self._way = way
        self._bases = Bases()
        self._store_id = self._vault.identity()

    def hold(self) -> Outcome:
        for _ in range(_TRIES):
            try:
                outcome = self._meet()
                return outcome._replace(forks=(*outcome.forks, *self._settle_strays()))
            except ChangedError:
                # Somebody else was quicker: look again at what is there now.
                continue
        raise ChangedError(f"session {self._place.id!r} changes in the store all the time; try again later")

    def _meet(self) -> Outcome:
        head = self._vault.head(self._place.id)
        here = take(self._place.file) if self._place.file.exists() else None
        if here is None:
            return self._missing_here(head)
        if head is None:
            return self._push(here, None) if self._way != "pull" else self._not_stored()
        match self._compare(here, head):
            case "same":
                self._agree(here.sha256)
                return self._outcome("same")
            case "ahead":
                return self._push(here, head) if self._way != "pull" else self._outcome("ahead")
            case "behind":
                return self._pull(head, here) if self._way != "push" else self._outcome("behind")
        return self._fork(here, head)

    def _compare(self, here: Snapshot, head: Head) -> Literal["same", "ahead", "behind", "both"]:
        there = head.manifest
        if there.sha256 == here.sha256:
            return "same"
        if there.size < len(here.data) and sha256(memoryview(here.data)[: there.size]) == there.sha256:
            return "ahead"
        base = self._bases.get(self._store_id, self._place.id, self._place.file)
        if base == there.sha256:
            return "ahead"
        if base == here.sha256 or (there.size > len(here.data) and self._vault.content(there).startswith(here.data)):
            return "behind"
        return "both"

    def _missing_here(self, head: Head | None) -> Outcome:
        if head is None:
            raise NotStoredError(f"session {self._place.id!r} is neither in {str(self._place.file)!r} nor in the store")
        if self._way == "push":
            raise NotStoredError(f"there is no {str(self._place.file)!r} to push; pull brings it from the store")
        return self._pull(head, None)

    def _not_stored(self) -> Outcome:
        raise NotStoredError(f"session {self._place.id!r} is not in the store; push it first")

    def _push(self, here: Snapshot, head: Head | None) -> Outcome:
        external = self._place.registry is not None
        self._vault.commit(self._place.id, here, head, name=self._place.file.name, external=external)
        self._agree(here.sha256)
        return self._outcome("pushed")

    def _pull(self, head: Head, here: Snapshot | None) -> Outcome:
        data = self._vault.content(head.manifest)
        with self._alone():
            self._expect(here)
            self._replace(data, here)
        self._agree(head.manifest.sha256)
        return self._outcome("pulled")

    def _fork(self, here: Snapshot, head: Head) -> Outcome:
        """Keep what is here as a fork, beside the file and in the store; then take what the store has."""
        data = self._vault.content(head.manifest)
        with self._alone():
            self._expect(here)
            fork = self._keep(here.data + here.rest)
            self._replace(data, here)
        self._agree(head.manifest.sha256)
        return self._outcome("forked")._replace(forks=(fork,))

    def _expect(self, here: Snapshot | None) -> None:
        """Make sure that the file is still what it was, now that nobody else changes it."""
        now = take(self._place.file) if self._place.file.exists() else None
        if now != here:
            raise ChangedError(f"{str(self._place.file)!r} is being written to; try again")

    def _replace(self, data: bytes, here: Snapshot | None) -> None:
        if here is not None and here.rest:
            # A line that was not written to its end is no part of a fork, and of nothing else.
            whole = here.data + here.rest
            replace(self._place.file.with_name(f"{self._place.file.name}.bak-{sha256(whole)[:12]}"), [whole])
        self._put_here(data)

    def _put_here(self, data: bytes) -> None:
        file, registry = self._place.file, self._place.registry
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if registry is None:
            with rewriting(file):
                replace(file, [data])
            return
        record = registry.claim(self._place.id, file=file)
        registry.update(record.external_id, checkpoint=None)
        replace(file, [data])
        header = read_header(file)
        identity = header.id if header is not None else None
        registry.update(record.external_id, checkpoint=checkpoint(file), pi_session_id=identity)

    def _keep(self, data: bytes) -> Fork:
        """Make a fork of ``data``, beside the file and in the store; done again, it is the same one."""
        target = self._place.file.with_name(
            f"{self._place.file.name.removesuffix('.jsonl')}-fork-{sha256(data)[:12]}.jsonl"
        )
        if not target.exists():
            write_fork(data, self._place.file, target)
        fork = take(target)
        if self._way != "pull" and self._vault.head(fork.header.id) is None:
            self._vault.commit(fork.header.id, fork, None, name=target.name, external=False)
            self._bases.set(self._store_id, fork.header.id, target, fork.sha256)
        return Fork(target, fork.header.id)

    def _settle_strays(self) -> tuple[Fork, ...]:
        """Keep as forks what other machines wrote at the same time, and what copies files has set aside."""
        head = self._vault.head(self._place.id)
        if head is None or self._way == "pull":
            return ()
        forks = []
        for stray in self._vault.strays(self._place.id):
            data = self._vault.content(stray.manifest)
            if not self._vault.content(head.manifest).startswith(data):
                forks.append(self._keep(data))
            self._vault.store.delete(stray.key)
        return tuple(forks)

    def _alone(self) -> AbstractContextManager[object]:
        self._place.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return nullcontext() if self._place.held else lock(self._place.file, what=f"pi-session {self._way}")

    def _agree(self, state: str) -> None:
        self._bases.set(self._store_id, self._place.id, self._place.file, state)

    def _outcome(self, action: Literal["same", "pushed", "pulled", "ahead", "behind", "forked"]) -> Outcome:
        return Outcome(self._place.id, self._place.file, action)
