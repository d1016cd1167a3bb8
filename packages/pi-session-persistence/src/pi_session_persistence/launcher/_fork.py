"""A session copied to a file of its own, to go on there."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pi_host.sessionfile import Session, create, lines, replace
from pi_session_persistence._errors import DamagedSessionError
from pi_session_persistence.fsck import examine
from pi_session_persistence.repair import plan

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["fork_file"]


def fork_file(source: Path, target: Path, *, cwd: str | None = None, extra: Mapping[str, Any] | None = None) -> str:
    """Copy what is whole in a session file, which may be in use, to a new one that names it as its parent.

    Args:
        source: the session file; it is only read.
        target: the new file.
        cwd: the new file's working directory, by default that of the source.
        extra: further members of the new header.

    Returns:
        pi's id of the new session.

    Raises:
        FileExistsError: there is something in the place of the target already.
        DamagedSessionError: there is no session in the source.
        OSError: the source can't be read or the target can't be written.
    """
    if target.exists():
        raise FileExistsError(f"{str(target)!r} is there already; fork to a new file")
    data = source.read_bytes()
    # A last line without LF may still be being written.
    content = plan(data[: data.rfind(b"\n") + 1]).content or b""
    old = Session.parse(content).header
    if old is None:
        raise DamagedSessionError(source, examine(source).findings)
    folder = cwd or old.cwd or str(Path.cwd())
    with tempfile.TemporaryDirectory(prefix="pi-session-") as place:
        head = Path(place) / "head.jsonl"
        identity = create(head, folder, parent_session=str(source.resolve()), extra=extra)
        rest = (line.raw + b"\n" for line in lines(content) if line.number != old.line)
        replace(target, [head.read_bytes(), *rest])
    return identity
