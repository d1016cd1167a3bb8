"""A session file at one moment, as it goes into a store: whole lines only, for the last may still be being written."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from pi_host.sessionfile import Header, Session
from pi_session_persistence.stores._errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Snapshot", "sha256", "take"]


class Snapshot(msgspec.Struct, frozen=True):
    """A session file at one moment.

    Attributes:
        data: its whole lines. A last line that lacks only its LF is whole, and has one here.
        sha256: of them.
        rest: what follows the last whole line: the beginning of one, or garbage.
        header: of the session.
    """

    data: bytes
    sha256: str
    rest: bytes
    header: Header

    @property
    def entries(self) -> int:
        """How many lines there are after the header."""
        return self.data.count(b"\n") - self.header.line


def take(file: Path) -> Snapshot:
    """Return what is in a session file, which may be in use.

    Raises:
        StoreError: there is no session in it.
        OSError: it can't be read.
    """
    raw = file.read_bytes()
    end = raw.rfind(b"\n") + 1
    data, rest = raw[:end], raw[end:]
    if rest and _is_entry(rest):
        data, rest = raw + b"\n", b""
    header = next((found for found in [Session.parse(data[: 1 << 20]).header] if found), None)
    if header is None:
        raise StoreError(f"{str(file)!r}: no session that pi would open; `pi-session fsck` tells what is wrong with it")
    return Snapshot(data, sha256(data), rest, header)


def sha256(data: bytes | memoryview) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _is_entry(raw: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(raw), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
