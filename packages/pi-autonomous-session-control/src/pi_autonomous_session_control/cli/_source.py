"""The session that a command is about, read from the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pi_autonomous_session_control.mirror import Event, Log, LogError, log_path
from pi_host.sessionfile import Session

if TYPE_CHECKING:
    from pi_autonomous_session_control.mirror import SessionRow

__all__ = ["Source", "load"]


class Source(NamedTuple):
    """A session's events.

    Attributes:
        session: the session.
        everything: all events, ordered by time.
        here: those on the branch that the session file stands at.
    """

    session: SessionRow
    everything: list[Event]
    here: list[Event]


def load(wanted: str | None, cwd: Path) -> Source:
    """Return a session.

    Args:
        wanted: its id, the beginning of it, or its file; ``None`` for the one last used in ``cwd``.
        cwd: the folder.

    Raises:
        LogError: there is none, or the log can't be read.
    """
    log = Log(log_path(), make=False)
    try:
        row = _chosen(log, wanted, cwd)
        records, _ = log.read(log.lineage(row.id))
    finally:
        log.close()
    entries = _branch(row.file)
    records.sort(key=lambda record: record.event.at)
    here = [
        record.event
        for record in records
        if entries is None or record.event.entry in entries or (record.event.entry is None and record.session == row.id)
    ]
    return Source(row, [record.event for record in records], here)


def _chosen(log: Log, wanted: str | None, cwd: Path) -> SessionRow:
    if wanted is None:
        rows = log.sessions(str(cwd))
        if not rows:
            raise LogError(f"no session was recorded in {str(cwd)!r}: name one with --session ID or FILE")
        return rows[0]
    named = Path(wanted).expanduser()
    if named.exists() and (row := log.session(file=str(named.resolve()))) is not None:
        return row
    rows = [row for row in log.sessions() if row.id.startswith(wanted)]
    if len(rows) == 1 or any(row.id == wanted for row in rows):
        return next((row for row in rows if row.id == wanted), rows[0])
    raise LogError(
        f"{len(rows)} recorded sessions have an id that begins with {wanted!r}: give the whole id, or the file"
    )


def _branch(file: str | None) -> set[str] | None:
    if file is None or not Path(file).is_file():
        return None
    return {entry.id for entry in Session.read(Path(file)).path() if entry.id is not None}
