"""A plan carried out on a file, so that a crash at any moment leaves the old file or the whole new one."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pi_host.sessionfile import replace
from pi_session_persistence._errors import BusyError, NotAFileError
from pi_session_persistence.fsck import Finding, examine
from pi_session_persistence.locking import holder, lock
from pi_session_persistence.repair._draft import Action, Salvaged
from pi_session_persistence.repair._plan import Plan, plan

if TYPE_CHECKING:
    from pi_session_persistence.locking import Lock

__all__ = ["Repair", "repair_file"]

#: A pi that runs without our lock writes after each message; a file that nobody wrote to for so long is at rest.
_QUIET_S: Final = 10.0


class Repair(msgspec.Struct, frozen=True):
    """What a repair did.

    Attributes:
        file: the session file, links followed.
        actions: what was done, in order; nothing if nothing had to be.
        original: the file as it was; ``None`` if it was not replaced.
        salvage: the file with all salvaged bytes; ``None`` if there are none.
        salvaged: where they come from, and where in ``salvage`` they are.
        left: the damage that is still in the file.
    """

    file: Path
    actions: list[Action]
    original: Path | None
    salvage: Path | None
    salvaged: list[Salvaged]
    left: list[Finding]


def repair_file(file: Path, *, held: Lock | None = None, force: bool = False, cwd: str | None = None) -> Repair:
    """Make a session file whole. A second call finds nothing to do.

    The original stays beside it as ``<name>.bak-<sha>``, and what pi could not read as ``<name>.salvage-<sha>``. A
    file of an old version is brought to the current one, since pi would do that in place, and not safely.

    Args:
        file: the session file.
        held: its lock, if the caller has it; otherwise it is taken.
        force: repair a file that was written to less than ten seconds ago; a pi without lock may be at it.
        cwd: the working directory, for a header that has to be made anew.

    Raises:
        BusyError: the file is in use; nothing was changed.
        NotAFileError: it is no regular file.
        OSError: it can't be read or written; it is as it was. Nothing that is in it raises.
    """
    real = file.resolve(strict=True)
    if not real.is_file():
        raise NotAFileError(f"{str(file)!r} is no regular file; name a session file")
    if not force and (age := abs(time.time() - real.stat().st_mtime)) < _QUIET_S:
        raise BusyError(
            real,
            holder(real),
            f"it was written to {age:.0f} s ago; end pi and wait until {_QUIET_S:g} s have passed, or force it",
        )
    with nullcontext() if held is not None else lock(real, what="pi-session repair"):
        return _repair(real, cwd)


def _repair(file: Path, cwd: str | None) -> Repair:
    before = file.stat()
    data = file.read_bytes()
    made = plan(data, cwd=cwd)
    original = salvage = None
    if made.content is not None and made.actions:
        if made.content == data + b"\n":
            _end_line(file)
        else:
            digest = hashlib.sha256(data).hexdigest()[:12]
            salvage = _salvage(file.with_name(f"{file.name}.salvage-{digest}"), data, made)
            original = _keep(file, f"{file.name}.bak-{digest}", data)
            _refuse_change(file, before, original)
            replace(file, [made.content])
            _carry_over(file, original, len(data))
    return Repair(file, made.actions, original, salvage, made.salvaged, examine(file).damage)


def _end_line(file: Path) -> None:
    fileno = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        os.write(fileno, b"\n")
        os.fsync(fileno)
    finally:
        os.close(fileno)


def _keep(file: Path, name: str, data: bytes) -> Path:
    """Give the original a second name, under which it stays when the first one gets the new file."""
    names = (f"{name}.{number}" if number else name for number in count())
    original = next(path for path in map(file.with_name, names) if not path.exists() or path.read_bytes() == data)
    if original.exists():
        return original  # of a repair that was killed
    try:
        original.hardlink_to(file)
        original.chmod(0o600)
    except OSError:  # a file system without links
        replace(original, [data])
    return original


def _salvage(path: Path, data: bytes, made: Plan) -> Path | None:
    if not made.salvaged:
        return None
    replace(path, (data[part.offset : part.offset + part.length] for part in made.salvaged))
    return path


def _refuse_change(file: Path, before: os.stat_result, original: Path) -> None:
    now = file.stat()
    if (now.st_ino, now.st_size, now.st_mtime_ns) != (before.st_ino, before.st_size, before.st_mtime_ns):
        if original.samefile(file):
            original.unlink()
        raise BusyError(file, holder(file), "it was written to while it was being repaired; end pi and try again")


def _carry_over(file: Path, original: Path, size: int) -> None:
    """Bring over what was appended to the original in the last moment, by a pi that has no lock."""
    with original.open("rb") as source:
        source.seek(size)
        late = source.read()
    if late:
        with file.open("ab") as target:
            target.write(late)
