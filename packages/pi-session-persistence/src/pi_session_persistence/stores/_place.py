"""A session here: its file, looked at, replaced and forked, whatever state its writer was stopped in."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_host.sessionfile import read_header, replace
from pi_session_persistence._errors import NotAFileError
from pi_session_persistence.locking import lock
from pi_session_persistence.registry import checkpoint, rewriting
from pi_session_persistence.repair import plan
from pi_session_persistence.stores._copy import fork_id
from pi_session_persistence.stores._errors import ChangedError
from pi_session_persistence.stores._snapshot import Snapshot, sha256, take

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pi_session_persistence.registry import Registry

__all__ = ["Place", "alone", "expect", "fork_place", "look", "make", "overwrite"]

#: Another command has the file for a moment; who has it for longer runs pi on it.
_PATIENCE_S: Final = 2.0


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


def look(place: Place) -> Snapshot | None:
    """Return what is in the file of a session, ``None`` if there is none or nothing in it.

    Raises:
        NotAFileError: something else is in its place.
        StoreError: there is no session in it.
        OSError: it can't be read.
    """
    if place.file.is_symlink() or (place.file.exists() and not place.file.is_file()):
        raise NotAFileError(f"{str(place.file)!r} is no regular file; move it away, and put the session file there")
    return take(place.file) if place.file.exists() and place.file.stat().st_size else None


def alone(place: Place, what: str) -> AbstractContextManager[object]:
    """Take the lock of a session, unless the caller has it.

    Raises:
        BusyError: somebody else has it.
    """
    place.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return nullcontext() if place.held else lock(place.file, what=what, patience_s=_PATIENCE_S)


def expect(place: Place, here: Snapshot | None) -> None:
    """Make sure that the file of a session is still what it was.

    Raises:
        ChangedError: it is not.
    """
    if look(place) != here:
        raise ChangedError(f"{str(place.file)!r} is being written to; try again")


def overwrite(place: Place, data: bytes, here: Snapshot | None) -> None:
    """Give a session another state, while its lock is held; bytes that are no part of it are kept beside it.

    Args:
        place: the session.
        data: all of its new file.
        here: what must be in the file for that, ``None`` if there must be none.

    Raises:
        ChangedError: something else is in the file.
        OSError: it can't be written; the old file is still there.
    """
    expect(place, here)
    if here is not None:
        whole = here.data + here.rest
        # Neither a line that was not written to its end nor garbage is in any store or fork.
        if here.rest or (not data.startswith(here.data) and plan(whole).salvaged):
            replace(place.file.with_name(f"{place.file.name}.bak-{sha256(whole)[:12]}"), [whole])
    _put(place, data)


def make(place: Place, data: bytes, parent: str | None = None) -> None:
    """Write the file of a session that has none yet, and make its external id known.

    Args:
        place: the session.
        data: all of its file.
        parent: the external id that it comes from.

    Raises:
        OSError: it can't be written.
    """
    if place.registry is not None:
        place.registry.claim(place.id, file=place.file, parent=parent)
    place.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _put(place, data)


def fork_place(place: Place, data: bytes) -> Place:
    """Return the place of a fork of ``data``, which was in ``place``; it is always the same one."""
    digest = sha256(data)
    if place.registry is None:
        stem = place.file.name.removesuffix(".jsonl")
        return Place(fork_id(data), place.file.with_name(f"{stem}-fork-{digest[:12]}.jsonl"))
    name = f"{place.id}~{digest[:8]}"
    known = place.registry.get(name)
    return Place(name, known.pi_file if known is not None else place.registry.path_of(name), place.registry)


def _put(place: Place, data: bytes) -> None:
    if place.registry is None:
        with rewriting(place.file):
            replace(place.file, [data])
        return
    record = place.registry.claim(place.id, file=place.file)
    place.registry.update(record.external_id, checkpoint=None)
    replace(place.file, [data])
    header = read_header(place.file)
    identity = header.id if header is not None else None
    place.registry.update(record.external_id, checkpoint=checkpoint(place.file), pi_session_id=identity)
