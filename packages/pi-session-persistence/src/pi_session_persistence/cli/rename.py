"""``pi-session rename``: another name for a session."""

import time
from pathlib import Path
from typing import Annotated

import typer

from pi_session_persistence._errors import BusyError, PersistenceError

__all__ = ["rename"]

#: A pi that runs without our lock writes after each message; a file that nobody wrote to for so long is at rest.
_QUIET_S = 10.0


def rename(
    session: Annotated[str, typer.Argument(help="Session file, external id, pi's id, or name.")],
    name: Annotated[str, typer.Argument(help="The new name; an empty one takes the name away.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Though it was written to just now; no pi has it.")] = False,
) -> None:
    """Name a session, as `/name` does in pi: pi shows the name in its list of sessions.

    The name is added to the end of the file. A session that somebody has
    locked is left alone, and so is one that was written to in the last ten
    seconds: a pi that has it open would not see the name.

    [bold]Examples[/bold]

      pi-session rename TASK-7 "The failing test"
      pi-session rename 019a1b2c ""
    """
    from pi_session_persistence.cli._finding import session_file  # noqa: PLC0415  # `--help` needs no catalogue

    _rename(session_file(session), " ".join(name.split()), force=force)


def _rename(file: Path, name: str, *, force: bool) -> None:
    from pi_host.sessionfile import SessionFileError, append  # noqa: PLC0415  # as above
    from pi_session_persistence.fsck import examine  # noqa: PLC0415  # as above
    from pi_session_persistence.locking import holder, lock  # noqa: PLC0415  # as above
    from pi_session_persistence.registry import Registry  # noqa: PLC0415  # as above

    if not name.isprintable():
        raise PersistenceError(f"{name!r} is no name; use visible characters")
    age = abs(time.time() - file.stat().st_mtime)
    if age < _QUIET_S and not force:
        hint = f"it was written to {age:.0f} s ago; end pi and wait until {_QUIET_S:g} s have passed, or force it"
        raise BusyError(file, holder(file), hint)
    with lock(file, what="pi-session rename"):
        damage = examine(file).damage
        if damage:
            raise PersistenceError(f"{str(file)!r} is damaged ({damage[0].code}); `pi-session fsck --repair` mends it")
        try:
            append(file, {"type": "session_info", "name": name})
        except SessionFileError as error:
            raise PersistenceError(f"{error}; `pi-session fsck --repair` mends old and damaged files") from error
    for ids in (Registry(), Registry(compat="gsd")):
        record = ids.find(file)
        if record is not None:
            ids.update(record.external_id, name=name or None)
