"""The bytes of one session in a store: compressed segments under their digests, added to and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import zstandard

from pi_session_persistence.stores._errors import ChangedError, NotStoredError, StoreDamagedError
from pi_session_persistence.stores._keys import segment_key
from pi_session_persistence.stores._manifest import Segment
from pi_session_persistence.stores._snapshot import sha256

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_session_persistence.stores._store import Store

__all__ = ["Segments", "Traffic", "cut"]

#: Longest segment, in bytes.
LONGEST: Final = 4 << 20

_LEVEL: Final = 3


class Traffic(msgspec.Struct):
    """What went to a store or came from it.

    Attributes:
        segments: how many segments.
        size: their bytes, as they are stored.
    """

    segments: int = 0
    size: int = 0


class Segments:
    """The segments of one session.

    Args:
        store: where they are.
        session: its id in the store.
        traffic: is told what is written and read.
    """

    def __init__(self, store: Store, session: str, traffic: Traffic) -> None:
        self._store = store
        self._session = session
        self._traffic = traffic

    def write(self, data: bytes, old: Sequence[Segment]) -> tuple[Segment, ...]:
        """Put the bytes of a session into the store, and return of what they are made.

        Args:
            data: all of them.
            old: of what the generation before is made; what is the same is not written again.
        """
        kept, at = cut(data, old)
        view = memoryview(data)
        first = [self._put(view[start:end]) for start, end in _pieces(0, _first_line(data))]
        rest = [self._put(view[start:end]) for start, end in _pieces(at, len(data))]
        return (*first, *kept, *rest)

    def read(self, segments: Sequence[Segment], have: bytes = b"") -> bytes:
        """Return the bytes of a generation.

        Args:
            segments: of what it is made.
            have: bytes that may be parts of it, at the same places; they need not be read from the store.

        Raises:
            NotStoredError: a segment is missing.
            StoreDamagedError: a segment is not what was stored.
        """
        view, at, parts = memoryview(have), 0, []
        for number, segment in enumerate(segments):
            # The first line is a segment of its own, and may be longer or shorter here.
            at = _first_line(have) if number == 1 else at
            part = view[at : at + segment.size]
            parts.append(part if _is(part, segment) else self._get(segment))
            at += segment.size
        return b"".join(parts)

    def mend(self, segments: Sequence[Segment], data: bytes) -> None:
        """Put those segments anew that can't be read; ``data`` begins with all of them."""
        at = 0
        for segment in segments:
            try:
                self._get(segment)
            except (NotStoredError, StoreDamagedError):
                key = segment_key(self._session, segment.sha256)
                self._store.delete(key)
                self._put(memoryview(data)[at : at + segment.size])
            at += segment.size

    def _get(self, segment: Segment) -> memoryview:
        key = segment_key(self._session, segment.sha256)
        try:
            packed = self._store.read(key)
        except NotStoredError as error:
            raise NotStoredError(
                f"the store lacks a part of session {self._session!r} ({key!r}); if it is still being copied, try "
                "again later, else put it anew from where the session is whole: `pi-session push --mend`"
            ) from error
        data = _unpacked(key, packed, segment)
        self._count(packed)
        return memoryview(data)

    def _put(self, part: memoryview) -> Segment:
        segment = Segment(len(part), sha256(part))
        key = segment_key(self._session, segment.sha256)
        packed = zstandard.ZstdCompressor(level=_LEVEL).compress(part)
        try:
            self._store.put(key, packed, None)
        except ChangedError:
            try:
                _unpacked(key, self._store.read(key), segment)
            except (StoreDamagedError, NotStoredError):
                self._store.delete(key)
                self._store.put(key, packed, None)
            else:
                return segment
        self._count(packed)
        return segment

    def _count(self, packed: bytes) -> None:
        self._traffic.segments += 1
        self._traffic.size += len(packed)


def cut(data: bytes, old: Sequence[Segment]) -> tuple[tuple[Segment, ...], int]:
    """Return which segments of the generation before are kept, and where in ``data`` the new ones begin.

    The first line is a segment of its own: what moves a session to another folder changes that line and no other. What
    is new is put together with segments before it that are not longer, so that there are never many of them.
    """
    view, at = memoryview(data), _first_line(data)
    kept: list[Segment] = []
    for segment in old[1:]:
        if not _is(view[at : at + segment.size], segment):
            break
        kept.append(segment)
        at += segment.size
    while kept and kept[-1].size < LONGEST and kept[-1].size <= len(data) - at:
        at -= kept.pop().size
    return tuple(kept), at


def _first_line(data: bytes) -> int:
    return data.find(b"\n") + 1


def _pieces(start: int, end: int) -> list[tuple[int, int]]:
    return [(at, min(at + LONGEST, end)) for at in range(start, end, LONGEST)]


def _is(part: memoryview, segment: Segment) -> bool:
    return len(part) == segment.size and sha256(part) == segment.sha256


def _unpacked(key: str, packed: bytes, segment: Segment) -> bytes:
    hint = "put it anew from where the session is whole: `pi-session push --mend`"
    try:
        # The frame says how much memory it takes, so it must not say more than a segment may have.
        size = zstandard.frame_content_size(packed)
        data = zstandard.ZstdDecompressor().decompress(packed) if size == segment.size <= LONGEST else b""
    except zstandard.ZstdError as error:
        raise StoreDamagedError(f"{key!r} can't be unpacked ({error}); {hint}") from error
    if not _is(memoryview(data), segment):
        raise StoreDamagedError(f"{key!r} is not what was stored; {hint}")
    return data
