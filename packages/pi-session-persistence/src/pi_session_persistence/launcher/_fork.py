"""A session copied to a file of its own, to go on there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pi_host.sessionfile import Session, create, lines, replace
from pi_session_persistence._errors import DamagedSessionError
from pi_session_persistence.fsck import examine
from pi_session_persistence.repair import plan, with_member

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["fork_file"]


def fork_file(
    source: Path,
    target: Path,
    *,
    cwd: str | None = None,
    extra: Mapping[str, Any] | None = None,
    entry: str | None = None,
) -> str:
    """Copy what is whole in a session file, which may be in use, to a new one that names it as its parent.

    Args:
        source: the session file; it is only read.
        target: the new file.
        cwd: the new file's working directory, by default that of the source.
        extra: further members of the new header.
        entry: id of the entry with which the new session ends: only the branch to it is taken, with the labels that its
            entries have by now. By default everything is taken.

    Returns:
        pi's id of the new session.

    Raises:
        FileExistsError: there is something in the place of the target already.
        DamagedSessionError: there is no session in the source.
        SessionFileError: there is no such entry in it.
        OSError: the source can't be read or the target can't be written.
    """
    if target.exists():
        raise FileExistsError(f"{str(target)!r} is there already; fork to a new file")
    data = source.read_bytes()
    # A last line without LF may still be being written.
    content = plan(data[: data.rfind(b"\n") + 1]).content or b""
    session = Session.parse(content)
    old = session.header
    if old is None:
        raise DamagedSessionError(source, examine(source).findings)
    rest = (
        (line.raw for line in lines(content) if line.number != old.line) if entry is None else _branch(session, entry)
    )
    folder = cwd or old.cwd or str(Path.cwd())
    with tempfile.TemporaryDirectory(prefix="pi-session-") as place:
        head = Path(place) / "head.jsonl"
        identity = create(head, folder, parent_session=str(source.resolve()), extra=extra)
        replace(target, [head.read_bytes(), *(raw + b"\n" for raw in rest)])
    return identity


def _branch(session: Session, entry: str) -> Iterator[bytes]:
    """Yield the lines of the branch to an entry; after them, the labels that its entries got elsewhere, as pi does it.

    Args:
        session: the session, with bodies and without damage.
        entry: id of the last entry.

    Raises:
        SessionFileError: there is no such entry.
    """
    path = session.path(entry)
    yield from (found.raw for found in path)
    kept = Session(path)
    labels = {found.target_id: found for found in session.entries if found.type == "label"}
    parent = path[-1].id
    for found in labels.values():
        target = found.target_id
        if target is None or kept.get(target) is None or kept.labels.get(target) == session.labels.get(target):
            continue
        yield with_member(found.raw, "parentId", parent)
        parent = found.id
