"""A session file made ready for pi: there, whole, private, and in the right folder."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, NamedTuple

from pi_host.sessionfile import create
from pi_session_persistence._errors import (
    DamagedSessionError,
    HistoryDivergedError,
    NotAFileError,
    TrashedSessionError,
)
from pi_session_persistence.fsck import examine
from pi_session_persistence.launcher._cwd import Move, moved_header, settle
from pi_session_persistence.launcher._fork import fork_file
from pi_session_persistence.launcher._history import Mark, mark
from pi_session_persistence.locking import lock
from pi_session_persistence.registry import checkpoint, is_beginning
from pi_session_persistence.repair import repair_file

if TYPE_CHECKING:
    from pathlib import Path

    from pi_session_persistence.fsck import Examination, Finding
    from pi_session_persistence.launcher._program import Program
    from pi_session_persistence.launcher._settings import Options
    from pi_session_persistence.locking import Lock
    from pi_session_persistence.registry import Record
    from pi_session_persistence.repair import Repair

__all__ = ["Ready", "make_ready"]


class Ready(NamedTuple):
    """A session that pi can go on with.

    Attributes:
        record: its record.
        held: the lock of its file.
        cwd: where the tools will run.
        before: the file as it is.
        findings: what was odd about it.
        repair: what was done about that.
    """

    record: Record
    held: Lock
    cwd: Path
    before: Mark
    findings: list[Finding]
    repair: Repair | None


def make_ready(record: Record, held: Lock, options: Options, program: Program) -> Ready:
    """Make the file of a session ready, while its lock is held.

    Raises:
        HistoryDivergedError: the file is gone, or is not what the last run left.
        DamagedSessionError: it can't be repaired.
        WorkingDirectoryError: see `settle`.
        NotAFileError: something else is in its place.
        TrashedSessionError: it was pruned, and could still be brought back.
        OSError: it can't be read or written.
    """
    file = record.pi_file
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise NotAFileError(f"{str(file)!r} is no regular file; move it away, and put the session file there")
    if record.checkpoint is not None and (not file.exists() or file.stat().st_size < record.checkpoint.size):
        raise _shrunk(record)
    if not file.exists():
        from pi_session_persistence.retention import is_trashed  # noqa: PLC0415  # only a new session asks

        if is_trashed(file):
            raise TrashedSessionError(record.external_id)
    if not file.exists() or not file.stat().st_size:
        move = settle(None, options)
        file.unlink(missing_ok=True)
        if program.adopts_header:
            create(file, str(move.cwd), extra=header_members(record))
        return Ready(record, held, move.cwd, mark(file, examine(file).session if file.exists() else None), [], None)
    return _existing(record, held, options)


def header_members(record: Record) -> dict[str, str]:
    """Return what a header says about the session beside pi's own members, so that it can be found by its file."""
    return {"externalId": record.external_id}


def _existing(record: Record, held: Lock, options: Options) -> Ready:
    file = record.pi_file
    found = examine(file)
    fixed = None
    if found.damage or any(finding.code == "old-version" for finding in found.findings):
        options.registry.update(record.external_id, checkpoint=None)
        fixed = repair_file(file, held=held, force=True, cwd=str(options.cwd) if options.cwd is not None else None)
        if fixed.left:
            raise DamagedSessionError(file, fixed.left)
    elif record.checkpoint is not None and not is_beginning(file, record.checkpoint):
        raise HistoryDivergedError(
            f"{str(file)!r} does not begin with what the last run left in it: something rewrote it; put that state "
            f"back, or go on with what is there after `pi-session forget {shlex.quote(record.external_id)}`"
        )
    if file.stat().st_mode & 0o077:
        file.chmod(0o600)
    now = examine(file) if fixed is not None else found
    moved = _moved(record, held, options, now)
    try:
        now = examine(moved.record.pi_file) if moved.move.how else now
        before = mark(moved.record.pi_file, now.session)
        if fixed is not None or moved.move.how:
            options.registry.update(record.external_id, checkpoint=checkpoint(moved.record.pi_file))
    except BaseException:
        moved.held.release()
        raise
    return Ready(moved.record, moved.held, moved.move.cwd, before, found.findings, fixed)


class _Moved(NamedTuple):
    record: Record
    held: Lock
    move: Move


def _moved(record: Record, held: Lock, options: Options, now: Examination) -> _Moved:
    """See to it that the file's header names the folder where the tools are to run."""
    move = settle(now.session.header, options)
    if move.how == "rewrite":
        options.registry.update(record.external_id, checkpoint=None)
        moved_header(record.pi_file, move.cwd)
    elif move.how == "fork":
        target = _free_name(record.pi_file)
        other = lock(target, what="pi-session run")
        try:
            fork_file(record.pi_file, target, cwd=str(move.cwd), extra=header_members(record))
            record = options.registry.update(record.external_id, pi_file=target, checkpoint=None)
        except BaseException:
            other.release()
            raise
        held.release()
        held = other
    return _Moved(record, held, move)


def _free_name(file: Path) -> Path:
    number = 2
    while (target := file.with_name(f"{file.stem}.{number}.jsonl")).exists():
        number += 1
    return target


def _shrunk(record: Record) -> HistoryDivergedError:
    size = record.checkpoint.size if record.checkpoint is not None else 0
    state = "is gone" if not record.pi_file.exists() else f"is shorter than the {size} bytes that the last run left"
    return HistoryDivergedError(
        f"{str(record.pi_file)!r} {state}; put it back, or begin anew or go on with what is there after "
        f"`pi-session forget {shlex.quote(record.external_id)}`"
    )
