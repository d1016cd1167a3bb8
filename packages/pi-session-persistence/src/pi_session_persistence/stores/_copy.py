"""Sessions written to new places: forks of what was in conflict, and names for what comes from elsewhere."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Final

from pi_host.sessionfile import lines, replace
from pi_session_persistence.catalogue import pi_sessions
from pi_session_persistence.launcher import fork_file
from pi_session_persistence.mapping import file_name
from pi_session_persistence.repair import with_member

__all__ = ["place_for", "write_fork"]

#: Names of session files as pi and this package make them.
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\.jsonl")

#: Longest name of a folder that is made for a working directory, in bytes of UTF-8.
_LONGEST: Final = 200


def write_fork(data: bytes, parent: Path, target: Path) -> None:
    """Write what is whole in ``data`` to a new session file that names ``parent`` as its parent.

    Raises:
        DamagedSessionError: there is no session in it.
        OSError: it can't be written.
    """
    with tempfile.TemporaryDirectory(prefix="pi-session-") as folder:
        source, fork = Path(folder, "source.jsonl"), Path(folder, "fork.jsonl")
        replace(source, [data])
        fork_file(source, fork)
        header, *rest = lines(fork)
        first = with_member(header.raw, "parentSession", str(parent.resolve()))
        replace(target, [first + b"\n", *(line.raw + b"\n" for line in rest)])


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
