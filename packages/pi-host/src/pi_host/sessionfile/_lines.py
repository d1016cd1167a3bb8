"""Files cut into lines, at LF and nowhere else: U+2028 and lone CRs are ordinary content of a session file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["Line", "lines", "lines_of"]

#: Bytes read at a time: they fit into the processor's cache, which makes cutting them up twice as fast.
_BUFFER: Final = 1 << 17


class Line(msgspec.Struct, frozen=True, gc=False):
    """One line of a file.

    Attributes:
        number: starting at 1.
        offset: where it begins, in bytes.
        raw: its bytes without the LF.
        ended: whether an LF follows; only the last line may lack it.
    """

    number: int
    offset: int
    raw: bytes
    ended: bool


def lines(source: Path | bytes) -> Iterator[Line]:
    """Yield the lines of a file as they are, blank ones included, in constant memory.

    Args:
        source: the file, or the bytes of one.

    Raises:
        OSError: the file can't be read.
    """
    if isinstance(source, bytes):
        yield from lines_of(io.BytesIO(source))
    else:
        with source.open("rb", buffering=_BUFFER) as file:
            yield from lines_of(file)


def lines_of(file: BinaryIO, number: int = 1, offset: int = 0) -> Iterator[Line]:
    """Yield the lines that are left in an open file, which stands at ``offset`` in front of line ``number``."""
    for whole in file:
        ended = whole.endswith(b"\n")
        yield Line(number, offset, whole[:-1] if ended else whole, ended)
        number += 1
        offset += len(whole)
