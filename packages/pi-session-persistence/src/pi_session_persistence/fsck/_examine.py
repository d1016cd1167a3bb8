"""A session file read from its beginning to its end."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_host.sessionfile import Session
from pi_session_persistence._errors import NotAFileError
from pi_session_persistence.fsck._finding import Finding, judge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_host.sessionfile import Header

__all__ = ["Examination", "examine"]

#: The version of the format that pi writes.
_CURRENT: Final = 3


class Examination(NamedTuple):
    """What an examination found.

    Attributes:
        file: the session file.
        findings: in file order.
        session: what could be read of it, without the bodies of the entries.
    """

    file: Path
    findings: list[Finding]
    session: Session

    @property
    def damage(self) -> list[Finding]:
        """Those findings that are damage."""
        return [finding for finding in self.findings if finding.severity == "damage"]

    @property
    def version(self) -> float | None:
        """Version of the format, ``None`` without a header."""
        return self.session.header.version if self.session.header is not None else None


def examine(file: Path) -> Examination:
    """Examine a session file, without writing anything; memory grows with the number of entries, not with their size.

    Raises:
        NotAFileError: it is a folder, a device or the like.
        OSError: it can't be read. Nothing that is in it raises.
    """
    facts = file.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise NotAFileError(f"{str(file)!r} is no regular file; name a session file")
    session = Session.read(file, bodies=False)
    kinds = {entry.line: entry.type for entry in session.entries if entry.target_id is not None}
    findings = [judge(oddity, kinds.get(oddity.line, "")) for oddity in session.oddities]
    if facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        mode = stat.S_IMODE(facts.st_mode)
        findings.insert(0, Finding("writable-by-others", "notice", 1, 0, f"others may write to it (mode {mode:04o})"))
    if session.header is not None:
        findings += _of_header(session.header)
    return Examination(file, sorted(findings, key=lambda finding: finding.offset), session)


def _of_header(header: Header) -> Iterator[Finding]:
    if header.version < _CURRENT:
        message = f"version {header.version:g} of the format, which pi rewrites in place when it opens the file"
        yield Finding("old-version", "notice", header.line, header.offset, message)
    if header.cwd is not None and not _is_folder(header.cwd):
        message = f"the working directory {header.cwd!r} is not there, and pi won't run without it"
        yield Finding("cwd-missing", "notice", header.line, header.offset, message)


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):  # too long a name, or a NUL in it
        return False
