"""Sessions in a store: each is a row of generations, made of segments that are only ever added to."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import zstandard

from pi_session_persistence.mapping import file_name
from pi_session_persistence.stores._errors import ChangedError, NotStoredError, StoreDamagedError
from pi_session_persistence.stores._manifest import FORMAT, Manifest, Segment, decode, encode
from pi_session_persistence.stores._snapshot import sha256

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_session_persistence.stores._snapshot import Snapshot
    from pi_session_persistence.stores._store import Store

__all__ = ["Head", "Stray", "Vault"]

#: Longest segment, in bytes.
_SEGMENT: Final = 4 << 20

#: More segments than that are put together anew.
_MOST_SEGMENTS: Final = 64

#: What no manifest names any more is kept for so long: the manifest of another machine may not have arrived yet.
_GRACE: Final = timedelta(days=30)

_LEVEL: Final = 3


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
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    def identity(self) -> str:
        """Return what tells this store from all others; a new one gets a word of its own."""
        while True:
            try:
                return self.store.read("store.json").decode("utf-8", "replace").strip()
            except NotStoredError:
                from uuid import uuid4  # noqa: PLC0415  # once in the life of a store

                try:
                    self.store.put("store.json", f"{uuid4()}\n".encode(), None)
                except ChangedError:
                    continue

    def heads(self) -> Iterator[Manifest]:
        """Yield the newest generation of each session; those that can't be read are passed over."""
        for found in self.store.list("sessions/"):
            if found.key.endswith("/head.json"):
                try:
                    yield decode(self.store.read(found.key), found.key)
                except (NotStoredError, StoreDamagedError):
                    continue

    def head(self, session: str) -> Head | None:
        """Return the newest generation of a session, ``None`` if it was never stored.

        Raises:
            StoreDamagedError: it can't be read.
        """
        key = f"{folder(session)}/head.json"
        generation = self.store.stat(key)
        if generation is None:
            return None
        try:
            # Should a newer one be put in its place right now, `generation` is too old to replace that.
            return Head(decode(self.store.read(key), key), generation)
        except NotStoredError:
            return None

    def strays(self, session: str) -> list[Stray]:
        """Return the generations of a session that were set aside."""
        found = []
        for key in self._manifests(session):
            if not key.endswith("/head.json") and not _name(key).startswith("kept-"):
                try:
                    found.append(Stray(key, decode(self.store.read(key), key)))
                except (NotStoredError, StoreDamagedError):
                    continue
        return found

    def content(self, manifest: Manifest) -> bytes:
        """Return the bytes of a generation.

        Raises:
            NotStoredError: a segment is missing.
            StoreDamagedError: a segment is not what was stored.
        """
        data = b"".join(self._segment(manifest.id, segment) for segment in manifest.segments)
        if sha256(data) != manifest.sha256:
            raise StoreDamagedError(
                f"session {manifest.id!r}, generation {manifest.number}: the bytes are not those stored"
            )
        return data

    def commit(self, session: str, snapshot: Snapshot, head: Head | None, *, name: str, external: bool) -> Manifest:
        """Store a session as the generation after ``head``, and return it.

        Nothing refers to what is written before the last step, so that whoever fails or dies leaves the old generation.

        Args:
            session: its id in the store.
            snapshot: what is to be stored. If it begins with all that ``head`` has, only the rest is written.
            head: the newest generation, ``None`` if it was never stored.
            name: of the session file.
            external: whether ``session`` is an external id.

        Raises:
            ChangedError: ``head`` is no longer the newest generation.
        """
        old = head.manifest if head is not None else None
        kept: tuple[Segment, ...] = ()
        if old is not None and _goes_on(old, snapshot):
            kept = old.segments if len(old.segments) < _MOST_SEGMENTS else ()
        elif old is not None:
            self._put_once(f"{folder(session)}/kept-{old.number:08}-{old.sha256[:12]}.json", encode(old))
        start = sum(segment.size for segment in kept)
        manifest = Manifest(
            format=FORMAT,
            id=session,
            number=old.number + 1 if old is not None else 1,
            size=len(snapshot.data),
            sha256=snapshot.sha256,
            segments=(*kept, *self._put_segments(session, snapshot.data, start)),
            name=name,
            session_id=snapshot.header.id,
            cwd=snapshot.header.cwd or "",
            external=external,
            host=socket.gethostname(),
            written=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self.store.put(f"{folder(session)}/head.json", encode(manifest), head.generation if head is not None else None)
        if old is not None and not kept:
            self._sweep(session)
        return manifest

    def _segment(self, session: str, segment: Segment) -> bytes:
        key = _segment_key(session, segment.sha256)
        try:
            packed = self.store.read(key)
        except NotStoredError as error:
            raise NotStoredError(
                f"the store lacks a part of session {session!r} ({key!r}); if it is still being copied, try again later"
            ) from error
        return _unpacked(key, packed, segment)

    def _put_segments(self, session: str, data: bytes, start: int) -> Iterator[Segment]:
        view = memoryview(data)
        for place in range(start, len(data), _SEGMENT):
            part = view[place : place + _SEGMENT]
            segment = Segment(len(part), sha256(part))
            self._put_segment(_segment_key(session, segment.sha256), part, segment)
            yield segment

    def _put_segment(self, key: str, part: memoryview, segment: Segment) -> None:
        packed = zstandard.ZstdCompressor(level=_LEVEL).compress(part)
        try:
            self.store.put(key, packed, None)
        except ChangedError:
            try:
                _unpacked(key, self.store.read(key), segment)
            except StoreDamagedError:
                self.store.delete(key)
                self.store.put(key, packed, None)

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
        needed = {_segment_key(session, segment.sha256) for found in manifests for segment in found.segments}
        before = datetime.now(UTC) - _GRACE
        for found in list(self.store.list(f"{folder(session)}/")):
            if found.key.endswith(".zst") and found.key not in needed and found.modified < before:
                self.store.delete(found.key)


def folder(session: str) -> str:
    """Return the beginning of the keys of a session."""
    return f"sessions/{file_name(session).removesuffix('.jsonl')}"


def _segment_key(session: str, digest: str) -> str:
    return f"{folder(session)}/{digest}.zst"


def _unpacked(key: str, packed: bytes, segment: Segment) -> bytes:
    try:
        # The frame says how much memory it takes, so it must not say more than a segment may have.
        size = zstandard.frame_content_size(packed)
        data = zstandard.ZstdDecompressor().decompress(packed) if size == segment.size <= _SEGMENT else b""
    except zstandard.ZstdError as error:
        raise StoreDamagedError(
            f"{key!r} can't be unpacked ({error}); push the session again from where it is whole"
        ) from error
    if len(data) != segment.size or sha256(data) != segment.sha256:
        raise StoreDamagedError(f"{key!r} is not what was stored; push the session again from where it is whole")
    return data


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _goes_on(old: Manifest, snapshot: Snapshot) -> bool:
    return old.size <= len(snapshot.data) and sha256(memoryview(snapshot.data)[: old.size]) == old.sha256
