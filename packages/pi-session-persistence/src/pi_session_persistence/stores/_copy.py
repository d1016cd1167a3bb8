"""Sessions written to new places: forks of what was in conflict, and names for what comes from elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_OID, uuid5

from pi_host.sessionfile import Session, lines
from pi_session_persistence.catalogue import pi_sessions
from pi_session_persistence.mapping import file_name
from pi_session_persistence.repair import plan, with_member
from pi_session_persistence.stores._errors import StoreError
from pi_session_persistence.stores._snapshot import sha256

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["fork_id", "forked", "place_for"]

#: Names of session files as pi and this package make them.
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\.jsonl")

#: Longest name of a folder that is made for a working directory, in bytes of UTF-8.
_LONGEST: Final = 200


def fork_id(data: bytes) -> str:
    """Return pi's id of a fork of ``data``."""
    return str(uuid5(NAMESPACE_OID, sha256(data)))


def forked(data: bytes, parent: Path, external_id: str | None) -> bytes:
    """Return a session that has what is whole in ``data``, and an id of its own. The same data give the same id.

    Args:
        data: bytes of a session file.
        parent: the session file that they were in.
        external_id: of the new session, if it has one.

    Raises:
        StoreError: there is no session in it.
    """
    content = plan(data).content or b""
    header = Session.parse(content).header
    if header is None:
        raise StoreError(f"{str(parent)!r}: there is no session in it; `pi-session fsck` tells what is wrong")
    first = with_member(header.raw, "id", fork_id(data))
    first = with_member(first, "parentSession", str(parent.resolve()))
    if external_id is not None:
        first = with_member(first, "externalId", external_id)
    rest = (line.raw for line in lines(content) if line.number != header.line)
    return b"".join(raw + b"\n" for raw in (first, *rest))


def place_for(session: str, name: str, cwd: str) -> Path:
    """Return where pi would keep a session that comes from elsewhere.

    Args:
        session: its id.
        name: its file's name where it comes from; one that pi could not have made is not used.
        cwd: its working directory.
    """
    safe = name if _NAME.fullmatch(name) else file_name(session)
    # pi's own rule for the name of the folder.
    slug = re.sub(r"[/\\:]", "-", re.sub(r"^[/\\]", "", cwd)).replace("\0", "-")
    return pi_sessions() / f"--{slug.encode('utf-8', 'replace')[:_LONGEST].decode('utf-8', 'ignore')}--" / safe
