"""The shape of a frame, and bytes cut into frames.

A frame is one line of JSON in UTF-8, ended by LF and by nothing else. Both ends send the same three kinds:

===============  =======================================================================
request          ``{"id": 7, "m": method, ...}``: the other end answers with the same id
response         ``{"id": 7, "r": value}`` or ``{"id": 7, "e": {"message": ...}}``
notification     ``{"m": method, ...}``: no answer
===============  =======================================================================

Ids are chosen by the sender of the request; each end counts for itself. Further members: ``n`` the name of an event,
tool or command; ``g`` the generation of the session the frame is about; ``p`` the parameters; ``c`` the facts of the
session that changed since the last frame; ``q`` the id of the request on whose behalf a call is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_host._codec import decode, encode
from pi_host._errors import WireError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ABSENT", "MAX_FRAME", "PROTOCOL", "Frame", "Splitter", "parse"]

#: Version of this protocol; both ends must name the same one.
PROTOCOL: Final = 1

#: Longest frame in bytes, either way.
MAX_FRAME: Final = 64 * 1024 * 1024

#: Stands for a member that a frame does not have; compare with ``is``.
ABSENT: Final = msgspec.Raw(b"null")


class Frame(msgspec.Struct):
    """One frame from the bridge; its values are decoded by whoever knows their type."""

    id: int = 0
    m: str = ""
    n: str = ""
    g: int = 0
    p: msgspec.Raw = ABSENT
    c: msgspec.Raw = ABSENT
    r: msgspec.Raw = ABSENT
    e: msgspec.Raw = ABSENT


_frame_decoder = msgspec.json.Decoder(Frame)


def parse(line: bytes | bytearray | memoryview) -> Frame:
    """Return the frame in ``line``.

    Raises:
        WireError: the line is not JSON or not a frame; the message quotes its beginning.
    """
    try:
        return _frame_decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        head = bytes(line[:60])
        members = decode(bytes(line))
        if not isinstance(members, dict) or isinstance(error, msgspec.ValidationError):
            raise WireError(f"not a frame ({error}): {head!r}") from error
        return _reassemble(members)


def _reassemble(members: dict[str, Any]) -> Frame:
    # A frame with a lone surrogate somewhere: its values are written again as bytes that this module can carry.
    known: dict[str, Any] = {key: members[key] for key in ("id", "m", "n", "g") if key in members}
    for key in ("p", "c", "r", "e"):
        if key in members:
            known[key] = msgspec.Raw(encode(members[key]))
    return Frame(**known)


class Splitter:
    """Cuts a stream of bytes into lines at LF, and at nothing else.

    A line over ``limit`` bytes is dropped as a whole and counted in ``oversized``; the lines after it are not lost.
    """

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._skipping = False
        self.oversized = 0

    @property
    def pending(self) -> int:
        """Bytes of a line that has not ended yet."""
        return self._size

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take the next bytes and yield the lines that they complete, without the LF."""
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            whole = not self._size and end - start <= self._limit
            line = data[start:end] if whole else self._complete(data[start:end])
            start = end + 1
            if line:
                yield line
        if start < len(data):
            self._keep(data[start:])

    def _complete(self, tail: bytes) -> bytes | None:
        self._keep(tail)
        parts, skipping = self._parts, self._skipping
        self._parts, self._size, self._skipping = [], 0, False
        if skipping:
            self.oversized += 1
            return None
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._limit:
            self._parts.clear()
            self._skipping = True
        if not self._skipping:
            self._parts.append(part)
