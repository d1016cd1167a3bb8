"""What the store knows about one session: of which segments it is made."""

from __future__ import annotations

import msgspec

from pi_session_persistence._errors import InvalidIdError
from pi_session_persistence.stores._errors import StoreDamagedError
from pi_session_persistence.stores._keys import folder

__all__ = ["FORMAT", "Manifest", "Segment", "decode", "encode"]

#: Written into each manifest; a store that says more is left to newer versions.
FORMAT = 1


class Segment(msgspec.Struct, frozen=True):
    """Some bytes of a session file, kept compressed under their digest.

    Attributes:
        size: in bytes, before compression.
        sha256: of those bytes.
    """

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One generation of a session.

    Attributes:
        format: of this manifest.
        id: of the session in the store.
        number: of the generation, starting at 1.
        size: of the session file, in bytes.
        entries: lines of the session file after the header.
        sha256: of the session file.
        segments: what it is made of, in order.
        name: of the session file where it came from.
        session_id: pi's id in the header.
        cwd: the working directory in the header.
        external: whether ``id`` is an external id of the registry; otherwise it is pi's own.
        host: the machine that wrote it.
        written: when (ISO 8601).
    """

    format: int
    id: str
    number: int
    size: int
    entries: int
    sha256: str
    segments: tuple[Segment, ...]
    name: str
    session_id: str
    cwd: str
    external: bool
    host: str
    written: str


def encode(manifest: Manifest) -> bytes:
    """Return a manifest as JSON."""
    return msgspec.json.format(msgspec.json.encode(manifest)) + b"\n"


def decode(data: bytes, key: str) -> Manifest:
    """Return the manifest in ``data``.

    Raises:
        StoreDamagedError: there is none, one of another session, or one that this version can't read.
    """
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
        home = folder(manifest.id)
    except (msgspec.DecodeError, UnicodeDecodeError, InvalidIdError) as error:
        raise StoreDamagedError(
            f"{key!r} is no manifest ({error}); if it is still being copied, try again later, else put it anew from "
            "where the session is whole: `pi-session push --mend`"
        ) from error
    if manifest.format > FORMAT:
        raise StoreDamagedError(f"{key!r} was written by a newer pi-session-persistence; update this one")
    if not key.startswith(f"{home}/"):
        raise StoreDamagedError(f"{key!r} is the manifest of another session, {manifest.id!r}; move it away")
    return manifest
