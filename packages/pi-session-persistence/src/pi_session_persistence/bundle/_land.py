"""A bundle unpacked: its sessions get a place here, and refer to what is here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pi_host.sessionfile import Session, replace
from pi_session_persistence.bundle._errors import BundleError
from pi_session_persistence.bundle._landing import Here, Landing, landings
from pi_session_persistence.bundle._open import opened
from pi_session_persistence.locking import lock
from pi_session_persistence.registry import Registry, checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Landed", "unbundle"]


class Landed(msgspec.Struct, frozen=True):
    """A session that is here now.

    Attributes:
        external_id: what it is called here.
        file: the session file.
        cwd: where its tools will run; ``None`` if the session does not say.
        was_there: whether it was here before: the same one, or one that has gone on since.
        differs: whether what was here before is another state of it, and stays.
    """

    external_id: str
    file: Path
    cwd: str | None
    was_there: bool
    differs: bool = False


def unbundle(
    path: Path,
    *,
    registry: Registry | None = None,
    external_id: str | None = None,
    cwd: str | Path | None = None,
    moved: Mapping[str, str] | None = None,
) -> list[Landed]:
    """Give the sessions of a bundle a place here. No file is overwritten, and what is here already stays.

    In the header of each, ``cwd`` and ``parentSession`` are changed to what they are here, and ``origin`` says where it
    comes from. Everything else stays byte for byte, but for the paths of the output files that came along.

    Args:
        path: the bundle.
        registry: the external ids, by default those that the environment names.
        external_id: what to call the session, by default what it was called; else its id is that of pi.
        cwd: where its tools are to run.
        moved: folders that are elsewhere here: new ones by old ones.

    Returns:
        The session, then those it was forked from.

    Raises:
        BundleError: it is no bundle to be trusted, or another session is in the place of the first one.
        InvalidIdError: something in it is no external id.
        BusyError: somebody has a session in its place.
        RegistryError: the registry can't be used.
        OSError: something can't be read or written.
    """
    registry = registry or Registry.current()
    planned = landings(opened(path), Here(registry, moved or {}), external_id, cwd)
    known = [_known(landing, registry) for landing in planned]
    if known[0] is not None and known[0].differs:
        raise BundleError(
            f"{planned[0].external_id!r} is here already, in {str(known[0].file)!r}, with something else in it; "
            "give the one of the bundle another id (--as); nothing was written"
        )
    landed = []
    # Those it was forked from come first, so that whoever has the session has them, too.
    for landing, before in zip(reversed(planned), reversed(known), strict=True):
        landed.append(before or _land(landing, registry))
    return landed[::-1]


def _known(landing: Landing, registry: Registry) -> Landed | None:
    """Return the session that is in the place of a new one; ``None`` if the place is free."""
    file, record = landing.target, registry.get(landing.external_id)
    if os.path.lexists(file):
        same = file.is_file() and file.read_bytes().startswith(landing.content)
        return Landed(landing.external_id, file, landing.cwd, was_there=True, differs=not same)
    if record is not None and record.checkpoint is not None:
        raise BundleError(
            f"{landing.external_id!r} is known here, and its file {str(file)!r} is gone; give the one of the bundle "
            "another id (--as), or forget that one; nothing was written"
        )
    return None


def _land(landing: Landing, registry: Registry) -> Landed:
    registry.claim(landing.external_id, parent=landing.parent)
    target = landing.target
    with lock(target, what="pi-session unbundle"):
        _place((target.with_name(f"{target.name}{suffix}"), data) for suffix, data in landing.beside.items())
        _place([(target, landing.content)])
        session = Session.parse(landing.content)
        registry.update(
            landing.external_id,
            checkpoint=checkpoint(target),
            pi_session_id=session.header.id if session.header is not None else None,
            name=session.name,
        )
    return Landed(landing.external_id, target, landing.cwd, was_there=False)


def _place(files: Iterable[tuple[Path, bytes]]) -> None:
    for path, data in files:
        if not os.path.lexists(path):
            replace(path, [data])
        elif not path.is_file() or path.read_bytes() != data:
            raise BundleError(f"{str(path)!r} is in the place of a file of the bundle; move it away, and try again")
