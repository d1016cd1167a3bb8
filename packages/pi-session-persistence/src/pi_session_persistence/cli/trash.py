"""``pi-session trash``: what was pruned is shown, comes back, or goes for good."""

import time
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pi_host.commandline import AsJson, safe, say_json_line
from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli._amounts import duration
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from pi_session_persistence.retention import Trash, Trashed

__all__ = ["trash"]


def trash(
    action: Annotated[Literal["list", "restore", "empty"], typer.Argument(help="What to do.")] = "list",
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Which ones: keys of the list, external ids, pi's ids, files."),
    ] = None,
    *,
    older_than: Annotated[
        float | None,
        typer.Option(parser=duration, metavar="TIME", help="For `empty`: only what was pruned so long ago."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="For `empty`: do it, instead of telling.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the sessions that were pruned, bring some back, or delete them for good.

    Each lies in a hidden folder beside where it was; PI_SESSION_HOME has links to all of them in its folder `trash`.
    What comes back is as it was: file, side files and id. No file is ever overwritten by it.

    [bold]Examples[/bold]

      pi-session trash
      pi-session trash restore TASK-7
      pi-session trash empty --older-than 30d --yes
    """
    from pi_session_persistence.retention import Trash  # noqa: PLC0415  # `--help` needs no SQLite

    if names and action == "list":
        raise typer.BadParameter(f"{names[0]!r}: only `restore` and `empty` take names")
    if (older_than is not None or yes) and action != "empty":
        raise typer.BadParameter("--older-than and --yes are for `empty`")
    if action == "restore" and not names:
        raise typer.BadParameter("say what to restore; `pi-session trash` shows what is there")
    if action == "restore":
        _restore(Trash(), names or [], as_json=as_json)
    elif action == "empty":
        _empty(Trash(), names or [], older_than or 0.0, yes=yes, as_json=as_json)
    else:
        entries = Trash().entries()
        _tell(entries, as_json=as_json)
        if not entries and not as_json:
            typer.echo("the trash is empty")


def _tell(entries: "list[Trashed]", *, as_json: bool) -> None:
    from pi_session_persistence._figures import local, short  # noqa: PLC0415  # as above
    from pi_session_persistence.cli._telling import columns, folder, show  # noqa: PLC0415  # as above
    from pi_session_persistence.export import one_line  # noqa: PLC0415  # as above

    if as_json:
        for one in entries:
            say_json_line(one.facts())
        return
    table = columns("key", "pruned", "session", "folder", "size", "about", right=("size",), wide="about")
    for one in entries:
        told = one.manifest
        called = one_line(one.external_id or told.session_id or "-")
        size = f"{short(told.size)}B"
        table.add_row(one.key, local(round(told.at * 1000)), called, folder(told.cwd), size, one_line(told.title))
    if entries:
        show(table)


def _restore(trash: "Trash", names: list[str], *, as_json: bool) -> None:
    for name in names:
        found = trash.find(name)
        file = trash.restore(found)
        if as_json:
            say_json_line(found.facts())
        else:
            typer.echo(f"{safe(str(file))} is back")


def _empty(trash: "Trash", names: list[str], older_than_s: float, *, yes: bool, as_json: bool) -> None:
    from pi_session_persistence._figures import short  # noqa: PLC0415  # as above

    before = time.time() - older_than_s
    found = [trash.find(name) for name in names] if names else trash.entries()
    doomed = [one for one in found if one.manifest.at <= before]
    gone = [one for one in doomed if _delete(trash, one)] if yes else []
    if as_json or not yes:
        _tell(gone if yes else doomed, as_json=as_json)
    if not as_json:
        total = short(sum(one.manifest.size for one in (gone if yes else doomed)))
        done = f"{len(gone)} deleted, {total}B" if yes else f"{len(doomed)} would be deleted, {total}B; --yes does it"
        typer.echo(done)
    if len(gone) < len(doomed) and yes:
        raise typer.Exit(1)


def _delete(trash: "Trash", one: "Trashed") -> bool:
    try:
        trash.delete(one)
    except (PersistenceError, OSError) as error:
        say_error(str(error))
        return False
    return True
