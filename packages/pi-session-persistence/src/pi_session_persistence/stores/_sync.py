"""A session here and a session in a store, brought to the same state; where both have changed, both are kept."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from pi_session_persistence.repair import plan
from pi_session_persistence.stores._bases import Bases
from pi_session_persistence.stores._copy import forked
from pi_session_persistence.stores._errors import ChangedError, NotStoredError, StoreDamagedError, StoreError
from pi_session_persistence.stores._place import Place, alone, expect, fork_place, look, make, overwrite
from pi_session_persistence.stores._segments import Traffic
from pi_session_persistence.stores._snapshot import Snapshot, sha256, take
from pi_session_persistence.stores._vault import Vault

if TYPE_CHECKING:
    from pi_session_persistence.stores._manifest import Manifest
    from pi_session_persistence.stores._store import Store
    from pi_session_persistence.stores._vault import Head

__all__ = ["Action", "Fork", "Outcome", "Way", "preview", "reconcile"]

#: ``push`` writes to the store only, ``pull`` to the file only, ``sync`` to either.
Way: TypeAlias = Literal["push", "pull", "sync"]

Action: TypeAlias = Literal["same", "pushed", "pulled", "ahead", "behind", "forked"]

#: So often somebody else may be quicker, one after the other.
_TRIES: Final = 12

#: Longest pause before another try, in seconds.
_PAUSE_S: Final = 0.1


class Fork(NamedTuple):
    """What was kept of a conflict.

    Attributes:
        file: the session file that has it.
        id: its id here and in the store: an external id, if the session has one.
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
        entries: so many more there are on one side than there were on the other; 0 also if some were rewritten.
        segments: so many segments were written or read.
        size: their bytes, as they are stored.
        forks: what was kept of conflicts.
        unread: keys of what was set aside in the store and can't be read, or not yet.
    """

    id: str
    file: Path
    action: Action
    entries: int = 0
    segments: int = 0
    size: int = 0
    forks: tuple[Fork, ...] = ()
    unread: tuple[str, ...] = ()


def reconcile(store: Store, place: Place, way: Way, *, mend: bool = False) -> Outcome:
    """Bring a session here and in a store to the same state, as far as ``way`` allows.

    What is only longer on one side goes to the other. If both have changed, the file gets the store's state whatever
    ``way`` says, and what was here becomes a fork beside the file and, unless it is a pull, in the store. The file is
    never changed before everything that was in it is safe elsewhere. Done again after a failure, it goes on from there.

    Args:
        store: the store.
        place: the session here.
        way: what may be written to.
        mend: read what is in the store, and put anew what can't be read; not for a pull.

    Raises:
        NotStoredError: it is neither here nor in the store, or not where it was to come from.
        StoreError: there is no session in the file, or something is wrong with the store.
        NotAFileError: something else is in the place of the file.
        BusyError: somebody else has the file.
        OSError: the file can't be read or written.
    """
    return _Meeting(store, place, way).hold(mend=mend)


def preview(store: Store, place: Place, way: Way) -> Action:
    """Return what `reconcile` would do now, and change nothing.

    Raises:
        NotStoredError, StoreError, NotAFileError, OSError: as for `reconcile`.
    """
    return _Meeting(store, place, way).preview()


class _Meeting:
    """One session here and in one store."""

    def __init__(self, store: Store, place: Place, way: Way) -> None:
        self._vault = Vault(store)
        self._place = place
        self._way = way
        self._bases = Bases()

    def preview(self) -> Action:
        return self._due(look(self._place), self._vault.head(self._place.id))

    def hold(self, *, mend: bool) -> Outcome:
        for _ in range(_TRIES):
            try:
                if mend and (here := look(self._place)) is not None:
                    self._vault.mend(self._place.id, here)
                return self._settle_strays(self._meet())
            except ChangedError:
                # Somebody else was quicker: look again at what is there now.
                time.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311  # so that the same two don't meet again
        raise ChangedError(f"session {self._place.id!r} changes all the time, here or in the store; try again later")

    def _meet(self) -> Outcome:
        self._vault.traffic = Traffic()
        head, here = self._vault.head(self._place.id), look(self._place)
        action = self._due(here, head)
        forks: tuple[Fork, ...] = ()
        more = (here.entries if here is not None else 0) - (head.manifest.entries if head is not None else 0)
        if action == "same" and here is not None:
            self._agree(here.sha256)
        elif action == "pushed" and here is not None:
            self._push(here, head)
        elif head is not None and action in ("pulled", "forked"):
            forks = self._pull(head, here, fork=action == "forked")
        moved = self._vault.traffic
        count = max(0, more if action in ("pushed", "ahead") else -more)
        return Outcome(self._place.id, self._place.file, action, count, moved.segments, moved.size, forks)

    def _due(self, here: Snapshot | None, head: Head | None) -> Action:
        """Return what there is to do."""
        if here is None and head is None:
            raise NotStoredError(f"session {self._place.id!r} is neither in {str(self._place.file)!r} nor in the store")
        if here is None:
            if self._way == "push":
                raise NotStoredError(f"there is no {str(self._place.file)!r} to push; pull brings it from the store")
            return "pulled"
        if head is None:
            if self._way == "pull":
                raise NotStoredError(f"session {self._place.id!r} is not in the store; push it first")
            return "pushed"
        match self._compare(here, head.manifest):
            case "ahead":
                return "pushed" if self._way != "pull" else "ahead"
            case "behind":
                return "pulled" if self._way != "push" else "behind"
            case "same":
                return "same"
            case "both":
                return "forked"

    def _compare(self, here: Snapshot, there: Manifest) -> Literal["same", "ahead", "behind", "both"]:
        if there.sha256 == here.sha256:
            return "same"
        if there.size < len(here.data) and sha256(memoryview(here.data)[: there.size]) == there.sha256:
            return "ahead"
        if there.size > len(here.data) and self._vault.content(there, here.data).startswith(here.data):
            return "behind"
        if self._was_rewritten(here, there):
            return "ahead"
        return "behind" if self._vault.was(self._place.id, here.data) else "both"

    def _was_rewritten(self, here: Snapshot, there: Manifest) -> bool:
        """Tell whether what is here was made from the store's state by rewriting or forking it."""
        store = self._vault.identity()
        if store is None:
            return False
        files = [self._place.file] if here.header.id == there.session_id else []
        # The id went to the file of a fork.
        parent = here.header.parent_session
        files += [Path(parent)] if parent and os.path.isfile(parent) else []  # noqa: PTH113  # never raises
        if there.sha256 not in [self._bases.get(store, self._place.id, file) for file in files]:
            return False
        if plan(here.data).actions:
            raise StoreError(
                f"{str(self._place.file)!r} is damaged, and must not take the place of the store's state; "
                "either repair it (`pi-session fsck --repair`), or move it away and pull"
            )
        return True

    def _push(self, here: Snapshot, head: Head | None) -> None:
        external = self._place.registry is not None
        self._vault.commit(self._place.id, here, head, name=self._place.file.name, external=external)
        self._agree(here.sha256)

    def _pull(self, head: Head, here: Snapshot | None, *, fork: bool) -> tuple[Fork, ...]:
        """Take what the store has; what is here is kept as a fork before, beside the file and in the store."""
        data = self._vault.content(head.manifest, here.data if here is not None else b"")
        with alone(self._place, f"pi-session {self._way}"):
            expect(self._place, here)
            forks = (self._keep(here.data),) if fork and here is not None else ()
            overwrite(self._place, data, here)
        self._agree(head.manifest.sha256)
        return forks

    def _keep(self, data: bytes) -> Fork:
        """Make a fork of ``data``, here and in the store; done again, it is the same one."""
        place = fork_place(self._place, data)
        head = self._vault.head(place.id)
        if not place.file.exists():
            external_id = place.id if place.registry is not None else None
            made = forked(data, self._place.file, external_id) if head is None else self._vault.content(head.manifest)
            make(place, made, self._place.id)
        if head is None and self._way != "pull":
            fork = take(place.file)
            self._vault.commit(place.id, fork, None, name=place.file.name, external=place.registry is not None)
            self._bases.set(self._vault.identify(), place.id, place.file, fork.sha256)
        return Fork(place.file, place.id)

    def _settle_strays(self, outcome: Outcome) -> Outcome:
        """Keep as forks what other machines wrote at the same time, and what copies files has set aside."""
        head = self._vault.head(self._place.id)
        if head is None or self._way == "pull":
            return outcome
        forks, unread = [], []
        for stray in self._vault.strays(self._place.id):
            try:
                data = self._vault.content(stray.manifest)
                if not self._vault.content(head.manifest, data).startswith(data):
                    forks.append(self._keep(data))
            except (NotStoredError, StoreDamagedError):
                unread.append(stray.key)
            else:
                self._vault.store.delete(stray.key)
        return outcome._replace(forks=(*outcome.forks, *forks), unread=tuple(unread))

    def _agree(self, state: str) -> None:
        self._bases.set(self._vault.identify(), self._place.id, self._place.file, state)
