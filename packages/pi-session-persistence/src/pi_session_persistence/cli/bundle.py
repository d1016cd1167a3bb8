"""``pi-session bundle`` and ``unbundle``: a session in one file, and back."""

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from pi_host.commandline import AsJson, safe, say_json, say_json_line
from pi_session_persistence.cli._output import say_error

__all__ = ["bundle", "unbundle"]


class _Move(NamedTuple):
    old: str
    new: str


def _move(text: str) -> _Move:
    old, found, new = text.partition("=")
    if not found or not old.startswith("/") or not new.startswith("/"):
        raise typer.BadParameter(f"{text!r} is no move; give two absolute folders as OLD=NEW")
    return _Move(old, new)


def bundle(
    session: Annotated[str, typer.Argument(help="An external id, pi's id or the beginning of it, a name or a file.")],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The new file.", dir_okay=False)],
    parents: Annotated[bool, typer.Option("--parents", help="Also the sessions that it was forked from.")] = False,
    side_files: Annotated[
        bool, typer.Option("--side-files", help="Also the originals and salvaged bytes that repairs kept.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a session into one file, to go on with it on another machine or in another folder.

    The file is a ZIP archive with checksums. The whole outputs that pi keeps beside a session, where it showed the
    model only a part, go along. All that was said is in it, with no redaction: mind who gets it.

    [bold]Examples[/bold]

      pi-session bundle TASK-7 --out task-7.zip
      pi-session bundle TASK-7 --out task-7.zip --parents
    """
    from pi_session_persistence._figures import short  # noqa: PLC0415  # `--help` needs none of it
    from pi_session_persistence.bundle import bundle as make  # noqa: PLC0415  # as above
    from pi_session_persistence.cli._finding import session_file  # noqa: PLC0415  # as above

    made = make(session_file(session), out, parents=parents, side_files=side_files)
    if as_json:
        files = [str(file) for file in made.sessions]
        say_json({"file": str(made.file), "sessions": files, "outputs": made.outputs, "size": made.size})
        return
    above = len(made.sessions) - 1
    parts = [f"{short(made.size)}B", f"{above} parents" if above else "", f"{made.outputs} outputs"]
    typer.echo(f"{safe(str(made.file))}: {', '.join(part for part in parts if part and not part.startswith('0 '))}")


def unbundle(
    file: Annotated[Path, typer.Argument(help="What `pi-session bundle` made.", exists=True, dir_okay=False)],
    *,
    as_: Annotated[str | None, typer.Option("--as", metavar="ID", help="What to call the session here.")] = None,
    cwd: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where its tools run.", exists=True, file_okay=False)
    ] = None,
    moved: Annotated[
        list[_Move] | None,
        typer.Option("--map", parser=_move, metavar="OLD=NEW", help="A folder that is elsewhere here; again for more."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Unpack a bundle, so that `pi-session run` goes on with the session here.

    It keeps its external id; one that had none is called by pi's id. In its header, the working directory and the
    parent session become what they are here, and `origin` says where it comes from. What is here already is never
    overwritten: the same session is left as it is, another one under this id is an error.

    [bold]Examples[/bold]

      pi-session unbundle task-7.zip --cwd ~/src/app
      pi-session unbundle task-7.zip --map /home/ada=/Users/ada --as TASK-7-ada
    """
    from pi_session_persistence.bundle import unbundle as land  # noqa: PLC0415  # as above

    landed = land(file, external_id=as_, cwd=cwd, moved={move.old: move.new for move in moved or ()})
    for one in landed:
        if as_json:
            told = {"external_id": one.external_id, "file": str(one.file), "cwd": one.cwd, "was_there": one.was_there}
            say_json_line({**told, "differs": one.differs})
        else:
            how = " (was here before)" if one.was_there else ""
            typer.echo(f"{safe(one.external_id)}: {safe(str(one.file))}{how}")
        if one.differs:
            say_error(f"{one.external_id!r} was here with something else in it, and stays as it was")
    if landed[0].cwd is not None and not Path(landed[0].cwd).is_dir():
        say_error(
            f"its tools would run in {landed[0].cwd!r}, which is not here; "
            "run it with --cwd DIR --cwd-policy rewrite, which moves it there"
        )
