"""The sessions that are to be moved, here and in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli._finding import ask, session_file
from pi_session_persistence.mapping import canonical, file_name

if TYPE_CHECKING:
    from pathlib import Path

    from pi_session_persistence.registry import Registry
    from pi_session_persistence.stores import Manifest, Place, Store, StoreError, Way

__all__ = ["every", "named"]


def every(store: Store, way: Way, ids: Registry) -> tuple[list[Place], list[StoreError]]:
    """Return all sessions there are to move, and what is wrong with those in the store that can't be read.

    Those are the ones with an external id here (not for a pull), and the ones in the store (for a push, of those that
    have no external id only the ones that are here, too).
    """
    from pi_session_persistence.stores import Place, Vault  # noqa: PLC0415  # `--help` needs no store

    manifests, failures = Vault(store).heads()
    records = [record for record in ids.records() if record.pi_file.exists()] if way != "pull" else []
    found = {canonical(record.external_id): Place(record.external_id, record.pi_file, ids) for record in records}
    files = _files() if any(not manifest.external for manifest in manifests) else {}
    for manifest in manifests:
        place = _stored(manifest, ids, files)
        if way != "push" or (not manifest.external and place.file.exists()):
            found.setdefault(canonical(manifest.id), place)
    return list(found.values()), failures


def named(store: Store, name: str, ids: Registry) -> Place:
    """Return the session that somebody names: by external id, by pi's id, or in another way if it is here.

    Raises:
        UnknownSessionError: it is neither here nor in the store.
        AmbiguousSessionError: several sessions here are called so.
        PersistenceError: there is no session in the file that is named, or something is wrong with the store.
    """
    from pi_session_persistence.catalogue import UnknownSessionError  # noqa: PLC0415  # as above
    from pi_session_persistence.stores import Place, Vault  # noqa: PLC0415  # as above

    record = ids.get(name)
    if record is not None or ids.path_of(name).exists():
        return Place(name, record.pi_file if record is not None else ids.path_of(name), ids)
    head = Vault(store).head(name)
    if head is not None:
        return _stored(head.manifest, ids, _files() if not head.manifest.external else {})
    try:
        return _here(session_file(name), ids)
    except UnknownSessionError as error:
        raise UnknownSessionError(
            f"no session is called {name!r}, neither here nor in the store; `pi-session list` shows those here, and "
            "`pi-session pull --all --dry-run` those in the store"
        ) from error


def _here(file: Path, ids: Registry) -> Place:
    from pi_host.sessionfile import read_header  # noqa: PLC0415  # as above
    from pi_session_persistence.stores import Place  # noqa: PLC0415  # as above

    record = ids.find(file)
    if record is not None:
        return Place(record.external_id, record.pi_file, ids)
    header = read_header(file)
    if header is None:
        raise PersistenceError(f"{str(file)!r}: no session that pi would open; `pi-session fsck` tells what is wrong")
    return Place(header.id, file)


def _stored(manifest: Manifest, ids: Registry, files: dict[str, Path]) -> Place:
    """Return where a session of the store is here, or is to be."""
    from pi_session_persistence.stores import Place, place_for  # noqa: PLC0415  # as above

    if manifest.external:
        record = ids.get(manifest.id)
        return Place(manifest.id, record.pi_file if record is not None else ids.path_of(manifest.id), ids)
    if manifest.id in files:
        return Place(manifest.id, files[manifest.id])
    file = place_for(manifest.id, manifest.name, manifest.cwd)
    # Two sessions may have one name where people choose the names.
    return Place(manifest.id, file if not file.exists() else file.with_name(file_name(manifest.id)))


def _files() -> dict[str, Path]:
    """Return the files of all sessions here, by pi's id."""
    rows = ask(lambda catalogue: list(catalogue.sessions()))
    return {row.session_id: row.file for row in rows if row.session_id is not None}
