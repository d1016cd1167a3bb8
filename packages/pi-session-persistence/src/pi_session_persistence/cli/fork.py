"""``pi-session fork``: a session that goes on from another one, and leaves that as it is."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pi_host.commandline import AsJson, say_json_line
from pi_session_persistence._errors import PersistenceError, WorkingDirectoryError
from pi_session_persistence.cli._options import WhichCompat, registry
from pi_session_persistence.cli._reading import AnEntry, SessionName, entry_id, read

if TYPE_CHECKING:
    from pi_host.sessionfile import Session

__all__ = ["fork"]


def fork(  # noqa: PLR0913  # a command line
    session: SessionName,
    new_id: Annotated[str | None, typer.Argument(metavar="NEW-ID", help="External id of the new session.")] = None,
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Or its file, without an external id.")] = None,
    entry: AnEntry = None,
    cwd: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where its tools run; default: where those of SESSION do.")
    ] = None,
    as_json: AsJson = False,
    compat: WhichCompat = None,
) -> None:
    """Make a new session that begins with the history of another one, and show its file.

    The old one is only read, and may be in use. Without --entry all branches are taken; with it, the branch to that
    entry, and pi goes on from there.

    [bold]Examples[/bold]

      pi-session fork TASK-7 TASK-7-other && pi-session run TASK-7-other "try it with a queue"
      pi-session fork session.jsonl --entry 9f0c12ab --out other.jsonl && pi --session other.jsonl
    """
    if (new_id is None) == (out is None):
        raise typer.BadParameter("name the new session: either NEW-ID or --out FILE")
    file, found = read(session)
    last = entry_id(found, entry)
    folder = _folder(found, cwd)
    if new_id is not None:
        target, identity = _to_id(file, new_id, folder, last, compat)
    else:
        target, identity = _to_file(file, out or Path(), folder, last), None
    if not as_json:
        typer.echo(target)
        return
    say_json_line(_data(target, identity))


def _data(target: Path, external_id: str | None) -> dict[str, Any]:
    from pi_host.sessionfile import Session  # noqa: PLC0415  # `--help` reads none

    made = Session.read(target, bodies=False)
    header = made.header
    return {
        "file": str(target),
        "external_id": external_id,
        "session_id": header.id if header else None,
        "parent": header.parent_session if header else None,
        "cwd": header.cwd if header else None,
        "leaf": made.leaf.id if made.leaf else None,
        "entries": len(made.entries),
    }


def _folder(session: "Session", cwd: Path | None) -> str | None:
    wanted = str(cwd.expanduser().resolve()) if cwd is not None else session.header.cwd if session.header else None
    if wanted is not None and not Path(wanted).is_dir():
        raise WorkingDirectoryError(f"{wanted!r} is no folder, and pi won't run without it; name one with --cwd")
    return wanted


def _to_file(file: Path, target: Path, folder: str | None, entry: str | None) -> Path:
    from pi_session_persistence.launcher import fork_file  # noqa: PLC0415  # as above

    if target.exists():
        raise PersistenceError(f"{str(target)!r} is there already; choose another file")
    fork_file(file, target, cwd=folder, entry=entry)
    return target


def _to_id(file: Path, new_id: str, folder: str | None, entry: str | None, compat: Any) -> tuple[Path, str]:
    from pi_session_persistence.launcher import fork_file  # noqa: PLC0415  # as above
    from pi_session_persistence.launcher._ready import header_members  # noqa: PLC0415  # as above
    from pi_session_persistence.locking import lock  # noqa: PLC0415  # as above
    from pi_session_persistence.registry import checkpoint  # noqa: PLC0415  # as above

    ids = registry(compat)
    target = ids.path_of(new_id)
    if ids.get(new_id) is not None or target.exists():
        raise PersistenceError(f"{new_id!r} has a session already; choose another id")
    old = ids.find(file)
    record = ids.claim(new_id, parent=old.external_id if old is not None else None)
    try:
        with lock(target, what="pi-session fork"):
            fork_file(file, target, cwd=folder, extra=header_members(record), entry=entry)
            ids.update(new_id, checkpoint=checkpoint(target))
    except BaseException:
        ids.forget(new_id)
        raise
    return target, record.external_id
