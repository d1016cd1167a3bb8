"""The lines of a file that were not read yet, in blocks: a file of any size takes the memory of one block."""

from __future__ import annotations

import zlib
from hashlib import blake2b
from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from pi_host.sessionfile import Entry, Header, scan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from pi_host.sessionfile import Item
    from pi_session_persistence.catalogue._state import State

__all__ = ["Block", "blocks", "crc", "ends", "items", "last_line"]

#: Bytes that are read at a time.
_BLOCK: Final = 1 << 20

#: So many bytes at the beginning and before the place where reading goes on must be as they were.
_OVERLAP: Final = 4096

#: The first version whose entries can be read without those before them.
_TREE: Final = 3

#: Stands before lines of a file without a header, so that none of them is taken for one.
_NO_HEADER: Final = b'{"type":"custom","id":"0","parentId":null,"timestamp":"0"}'


class Block(NamedTuple):
    """Some lines of a file.

    Attributes:
        items: what is in them.
        size: bytes of those lines.
        lines: how many there are.
        crc: CRC-32 of the file up to their end.
    """

    items: Iterator[Item]
    size: int
    lines: int
    crc: int


def blocks(file: BinaryIO, path: Path, state: State, end: int) -> Iterator[Block]:
    """Yield the lines from ``state.offset`` up to ``end``, where a line begins; ``state`` is to be kept up to date.

    Args:
        file: the open file.
        path: the same one, to read again from its beginning if it has the format of an old version.
        state: what was read before.
        end: where to stop, in bytes.
    """
    while state.offset < end:
        file.seek(state.offset)
        raw = _whole_lines(file, end - state.offset)
        if not raw:
            return
        if state.offset == 0 and _is_old(raw):
            yield _old(file, path, end)
            return
        yield Block(items(raw, state), len(raw), raw.count(b"\n"), zlib.crc32(raw, state.crc))


def last_line(file: BinaryIO, size: int) -> int:
    """Return where the last line begins that has no LF; ``size`` if there is none."""
    end = size
    while end > 0:
        start = max(0, end - _BLOCK)
        file.seek(start)
        place = file.read(end - start).rfind(b"\n")
        if place >= 0:
            return start + place + 1
        end = start
    return 0


def ends(file: BinaryIO, offset: int) -> bytes:
    """Return a digest of the beginning of a file and of what comes before ``offset``."""
    size = min(offset, _OVERLAP)
    file.seek(0)
    first = file.read(size)
    file.seek(offset - size)
    return blake2b(first + file.read(size), digest_size=16).digest()


def crc(file: BinaryIO, offset: int) -> int:
    """Return the CRC-32 of the first ``offset`` bytes of a file."""
    file.seek(0)
    value = 0
    while offset > 0 and (block := file.read(min(_BLOCK, offset))):
        value = zlib.crc32(block, value)
        offset -= len(block)
    return value


def _whole_lines(file: BinaryIO, left: int) -> bytes:
    raw = file.read(min(_BLOCK, left))
    cut = raw.rfind(b"\n") + 1
    while not cut and len(raw) < left:  # one line that is longer than a block
        more = file.read(min(_BLOCK, left - len(raw)))
        if not more:
            break
        cut = len(raw) + more.rfind(b"\n") + 1 if b"\n" in more else 0
        raw += more
    return raw[:cut]


def items(raw: bytes, state: State) -> Iterator[Item]:
    """Yield what is in ``raw``, which stands where ``state`` ends, with its places in the file."""
    before = (state.header or _NO_HEADER) + b"\n" if state.begun else b""
    line, offset, skipped = state.line - bool(before), state.offset - len(before), len(before)
    for item in scan(before + raw):
        # What is said about the whole file has no length, and is told by the state.
        if item.offset < skipped or (not isinstance(item, (Entry, Header)) and item.code in ("empty", "no-header")):
            continue
        yield msgspec.structs.replace(item, line=item.line - 1 + line, offset=item.offset + offset)


def _is_old(raw: bytes) -> bool:
    header = next((item for item in scan(raw) if isinstance(item, (Header, Entry))), None)
    return isinstance(header, Header) and header.version < _TREE


def _old(file: BinaryIO, path: Path, end: int) -> Block:
    file.seek(0)
    count = sum(block.count(b"\n") for block in iter(lambda: file.read(_BLOCK), b""))
    return Block(takewhile(lambda item: item.offset < end, scan(path)), end, count, crc(file, end))
