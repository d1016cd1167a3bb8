"""What the sessions of a bundle become here: their names, their files, and what is changed in their headers."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from pi_host.sessionfile import lines
from pi_session_persistence.bundle._errors import BundleError
from pi_session_persistence.bundle._make import header_of
from pi_session_persistence.bundle._outputs import with_outputs
from pi_session_persistence.repair import with_member

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pi_host.sessionfile import Header
    from pi_session_persistence.bundle._manifest import Packed
    from pi_session_persistence.bundle._open import Contents
    from pi_session_persistence.registry import Registry

__all__ = ["Here", "Landing", "landings"]


class Landing(NamedTuple):
    """A session that is to get a place here.

    Attributes:
        external_id: what it will be called.
        parent: external id of the session it was forked from.
        target: its file.
        content: what will be in it.
        cwd: its working directory.
        beside: the side files, by the ends of their names.
    """

    external_id: str
    parent: str | None
    target: Path
    content: bytes
    cwd: str | None
    beside: dict[str, bytes]


class _Session(NamedTuple):
    """A session of a bundle, and what it is to be here.

    Attributes:
        packed: what the manifest says about it.
        header: its header.
        data: its file.
        external_id: what it will be called.
        cwd: where its tools are to run; ``None`` leaves that to `moved`.
    """

    packed: Packed
    header: Header
    data: bytes
    external_id: str
    cwd: str | None


class Here(NamedTuple):
    """What this machine is like.

    Attributes:
        registry: the external ids.
        moved: folders that are elsewhere here: new ones by old ones.
    """

    registry: Registry
    moved: Mapping[str, str]


def landings(contents: Contents, here: Here, external_id: str | None, cwd: str | Path | None) -> list[Landing]:
    """Return what the sessions of a bundle become; nothing is written.

    Args:
        contents: the bundle.
        here: where they come to.
        external_id: what to call the first one.
        cwd: where its tools are to run.

    Raises:
        BundleError: two of them would be called the same.
        InvalidIdError: something in it is no external id.
        RegistryError: the registry can't be read.
    """
    first, *others = contents.manifest.sessions
    # A session is at home in one folder, however the way there was written.
    folder = os.path.abspath(cwd) if cwd is not None else None  # noqa: PTH100  # `..` goes, links stay
    sessions = [
        _session(first, contents, external_id, folder),
        *(_session(packed, contents, None, None) for packed in others),
    ]
    made: list[Landing] = []
    for session in reversed(sessions):
        if any(here.registry.is_same(session.external_id, other.external_id) for other in made):
            raise BundleError(f"two sessions in it would be called {session.external_id!r}; nothing was written")
        made.append(_landing(session, contents, here, made[-1] if made else None))
    return made[::-1]


def _session(packed: Packed, contents: Contents, external_id: str | None, cwd: str | None) -> _Session:
    data = contents.files[packed.member]
    header = header_of(data)
    if header is None:
        raise BundleError(f"{packed.member!r} is no session; nothing was written")
    identity = external_id if external_id is not None else packed.external_id
    return _Session(packed, header, data, identity if identity is not None else header.id, cwd)


def _landing(session: _Session, contents: Contents, here: Here, parent: Landing | None) -> Landing:
    record = here.registry.get(session.external_id)
    target = record.pi_file if record is not None else here.registry.path_of(session.external_id)
    beside = {suffix: contents.files[name] for suffix, name in session.packed.side_files.items()}
    outputs = {}
    for path, name in session.packed.outputs.items():
        suffix = f".output-{sha256(contents.files[name]).hexdigest()[:12]}"
        beside[suffix] = contents.files[name]
        outputs[path] = str(target.with_name(f"{target.name}{suffix}"))
    changes = _changes(session, here, parent)
    return Landing(
        session.external_id,
        parent.external_id if parent is not None else None,
        target,
        with_outputs(_with_header(session, changes), outputs),
        changes.get("cwd", session.header.cwd),
        beside,
    )


def _changes(session: _Session, here: Here, parent: Landing | None) -> dict[str, Any]:
    """Return what is to be changed in a header."""
    header, changes = session.header, {}
    folder = session.cwd or (_moved(header.cwd, here.moved) if header.cwd is not None else None)
    if folder is not None and folder != header.cwd:
        changes["cwd"] = folder
    if header.parent_session is not None:
        above = str(parent.target) if parent is not None else _moved(header.parent_session, here.moved)
        changes |= {"parentSession": above} if above != header.parent_session else {}
    if header.fields.get("externalId") != session.external_id:
        changes["externalId"] = session.external_id
    digest, before = sha256(session.data).hexdigest(), header.fields.get("origin")
    origin = {"file": session.packed.path, "cwd": header.cwd, "sha256": digest}
    return {**changes, "origin": {**origin, "origin": before} if before is not None else origin}


def _moved(path: str, moved: Mapping[str, str]) -> str:
    """Return where something is here, by the longest folder that is known to be elsewhere."""
    for old in sorted(moved, key=len, reverse=True):
        rest = path.removeprefix(old.rstrip("/"))
        if rest != path and (not rest or rest.startswith("/")):
            return moved[old].rstrip("/") + rest
    return path


def _with_header(session: _Session, changes: Mapping[str, Any]) -> bytes:
    made = []
    for line in lines(session.data):
        raw = line.raw
        if line.number == session.header.line:
            for key, value in changes.items():
                raw = with_member(raw, key, value)
        made.append(raw + b"\n" * line.ended)
    return b"".join(made)
