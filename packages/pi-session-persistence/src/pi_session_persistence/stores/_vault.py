"""Sessions in a store: each is a row of generations, made of segments that are only ever added to."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_session_persistence.stores._errors import ChangedError, NotStoredError, StoreDamagedError
from pi_session_persistence.stores._keys import DAMAGED, KEPT, folder, head_key, is_stray, segment_key
from pi_session_persistence.stores._manifest import FORMAT, Manifest, decode, encode
from pi_session_persistence.stores._segments import Segments, Traffic
from pi_session_persistence.stores._snapshot import sha256

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_session_persistence.stores._errors import StoreError
    from pi_session_persistence.stores._snapshot import Snapshot
    from pi_session_persistence.stores._store import Store

__all__ = ["Head", "Stray", "Vault"]

#: What no manifest names any more is kept for so long: the manifest of another machine may not have arrived yet.
_GRACE: Final = timedelta(days=30)

#: Once in so many generations, what nothing refers to is looked for.
_SWEEP_EVERY: Final = 16


class Head(NamedTuple):
    """The newest generation of a session.

    Attributes:
        manifest: the generation.
        generation: the store's word for it, for the next one to replace it.
    """

    manifest: Manifest
    generation: str


class Stray(NamedTuple):
    """A generation that is not the head: another machine wrote it at the same time, and what copies files set it aside.

    Attributes:
        key: where it is.
        manifest: what it is.
    """

    key: str
    manifest: Manifest


class Vault:
    """Sessions in a store.

    Args:
        store: the store.

    Attributes:
        store: the store.
        traffic: the segments that went there and came from there.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.traffic = Traffic()
        self._last = ("", b"")

    def identity(self) -> str | None:
        """Return what tells this store from all others; ``None`` if nothing was ever stored."""
        try:
            return self.store.read("store.json").decode("utf-8", "replace").strip()
        except NotStoredError:
            return None

    def identify(self) -> str:
        """Return what tells this store from all others; a new one gets a word of its own."""
        while (known := self.identity()) is None:
            from uuid import uuid4  # noqa: PLC0415  # once in the life of a store

            try:
                self.store.put("store.json", f"{uuid4()}\n".encode(), None)
            except ChangedError:
                continue
        return known

    def heads(self) -> tuple[list[Manifest], list[StoreError]]:
        """Return the newest generation of each session, and what is wrong with those that can't be read."""
        found: list[Manifest] = []
        failures: list[StoreError] = []
        for thing in self.store.list("sessions/"):
            if thing.key.endswith("/head.json"):
                try:
                    found.append(decode(self.store.read(thing.key), thing.key))
                except NotStoredError:
                    continue
                except StoreDamagedError as error:
                    failures.append(error)
        return found, failures

    def head(self, session: str) -> Head | None:
        """Return the newest generation of a session, ``None`` if it was never stored.

        Raises:
            StoreDamagedError: it can't be read.
        """
        key = head_key(session)
        generation = self.store.stat(key)
        if generation is None:
            return None
        try:
            # Should a newer one be put in its place right now, `generation` is too old to replace that.
            return Head(decode(self.store.read(key), key), generation)
        except NotStoredError:
            return None

    def strays(self, session: str) -> list[Stray]:
        """Return the generations of a session that were set aside; what is no generation is passed over."""
        return [Stray(key, manifest) for key, manifest in self._generations(session) if is_stray(key)]

    def was(self, session: str, data: bytes) -> bool:
        """Tell whether the newest generation is made from one that had ``data``, or that began with it."""
        for key, kept in self._generations(session):
            if key.rpartition("/")[2].startswith(KEPT) and kept.size >= len(data):
                try:
                    if kept.sha256 == sha256(data) or self.content(kept, data).startswith(data):
                        return True
                except (NotStoredError, StoreDamagedError):
                    continue
        return False

    def content(self, manifest: Manifest, have: bytes = b"") -> bytes:
        """Return the bytes of a generation.

        Args:
            manifest: the generation.
            have: what a machine has of it already.

        Raises:
            NotStoredError: a segment is missing.
            StoreDamagedError: a segment is not what was stored.
        """
        # Who compares two states and takes one of them asks twice.
        if self._last[0] == manifest.sha256:
            return self._last[1]
        data = self._segments(manifest.id).read(manifest.segments, have)
        if sha256(data) != manifest.sha256:
            raise StoreDamagedError(
                f"session {manifest.id!r}, generation {manifest.number}: the bytes are not those stored; put them anew "
                "from where the session is whole: `pi-session push --mend`"
            )
        self._last = (manifest.sha256, data)
        return data

    def commit(self, session: str, snapshot: Snapshot, head: Head | None, *, name: str, external: bool) -> Manifest:
        """Store a session as the generation after ``head``, and return it.

        Nothing refers to what is written before the last step, so that whoever fails or dies leaves the old generation.

        Args:
            session: its id in the store.
            snapshot: what is to be stored. What ``head`` has of it is not written again.
            head: the newest generation, ``None`` if it was never stored.
            name: of the session file.
            external: whether ``session`` is an external id.

        Raises:
            ChangedError: ``head`` is no longer the newest generation.
        """
        old = head.manifest if head is not None else None
        if old is not None and not _goes_on(old, snapshot):
            self._put_once(f"{folder(session)}/{KEPT}{old.number:08}-{old.sha256[:12]}.json", encode(old))
        manifest = Manifest(
            format=FORMAT,
            id=session,
            number=old.number + 1 if old is not None else 1,
            size=len(snapshot.data),
            entries=snapshot.entries,
            sha256=snapshot.sha256,
            segments=self._segments(session).write(snapshot.data, old.segments if old is not None else ()),
            name=name,
            session_id=snapshot.header.id,
            cwd=snapshot.header.cwd or "",
            external=external,
            host=socket.gethostname(),
            written=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self.store.put(head_key(session), encode(manifest), head.generation if head is not None else None)
        if manifest.number % _SWEEP_EVERY == 0:
            self._sweep(session)
        return manifest

    def mend(self, session: str, snapshot: Snapshot) -> None:
        """Put anew what can't be read of a session: what is here in its place, if there is no other way.

        Args:
            session: its id in the store.
            snapshot: the session where it is whole.

        Raises:
            ChangedError: somebody else changed it meanwhile.
        """
        try:
            head = self.head(session)
        except StoreDamagedError:
            self._set_aside(session)
            return
        if head is None:
            return
        if _goes_on(head.manifest, snapshot):
            self._segments(session).mend(head.manifest.segments, snapshot.data)
            return
        try:
            self.content(head.manifest, snapshot.data)
        except (NotStoredError, StoreDamagedError):
            self._set_aside(session)

    def _set_aside(self, session: str) -> None:
        """Give a head that is of no use another name; the next generation is the first one then."""
        key = head_key(session)
        generation = self.store.stat(key)
        if generation is None:
            return
        data = self.store.read(key)
        self._put_once(f"{folder(session)}/{DAMAGED}{sha256(data)[:12]}.json", data)
        self.store.delete(key, generation)

    def _segments(self, session: str) -> Segments:
        return Segments(self.store, session, self.traffic)

    def _generations(self, session: str) -> Iterator[tuple[str, Manifest]]:
        for key in self._manifests(session):
            try:
                yield key, decode(self.store.read(key), key)
            except (NotStoredError, StoreDamagedError):
                continue

    def _put_once(self, key: str, data: bytes) -> None:
        """Put what can only ever be the same under this key."""
        try:
            self.store.put(key, data, None)
        except ChangedError:
            return

    def _manifests(self, session: str) -> list[str]:
        return [found.key for found in self.store.list(f"{folder(session)}/") if not found.key.endswith(".zst")]

    def _sweep(self, session: str) -> None:
        """Take away segments that nothing refers to and that are old."""
        try:
            manifests = [decode(self.store.read(key), key) for key in self._manifests(session)]
        except (NotStoredError, StoreDamagedError):
            return
        needed = {segment_key(session, segment.sha256) for found in manifests for segment in found.segments}
        before = datetime.now(UTC) - _GRACE
        for found in list(self.store.list(f"{folder(session)}/")):
            if found.key.endswith(".zst") and found.key not in needed and found.modified < before:
                self.store.delete(found.key)


def _goes_on(old: Manifest, snapshot: Snapshot) -> bool:
    return old.size <= len(snapshot.data) and sha256(memoryview(snapshot.data)[: old.size]) == old.sha256
