"""``pi-self memory``: carrying it to another machine, and back."""

from __future__ import annotations

import sys
from pathlib import Path  # noqa: TC003  # typer reads the annotations
from typing import Annotated

import typer

from pi_autonomous_session_control.cli._options import Everywhere, InScope, ScopeName, Yes
from pi_autonomous_session_control.cli._saying import say_aside
from pi_autonomous_session_control.cli.memory._desk import counted, desk_here
from pi_autonomous_session_control.memory import dump, load

__all__ = ["backup", "export_", "import_", "restore"]


def export_(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to; standard output by default.")] = None,
    *,
    scope: InScope = None,
    everywhere: Everywhere = False,
) -> None:
    """Write memories to a JSON file that `import` takes.

    [bold]Examples[/bold]

      pi-self memory export memories.json
      pi-self memory export --everywhere > all.json
    """
    with desk_here() as desk:
        found = desk.store.all(None if everywhere else desk.scopes(scope))
        if file is None:
            sys.stdout.buffer.write(dump(found))
            return
        file.touch(mode=0o600)
        file.write_bytes(dump(found))
        typer.echo(f"wrote {counted(len(found))} to {file}")


def import_(
    file: Annotated[
        typer.FileBinaryRead, typer.Argument(metavar="FILE", help="An export or a snapshot; - for standard input.")
    ],
    *,
    scope: Annotated[
        ScopeName, typer.Option("--scope", help="Where memories of a snapshot hold.")
    ] = ScopeName.repository,
) -> None:
    """Take in an export of this command, or a snapshot of the original system.

    [bold]Examples[/bold]

      pi-self memory import memories.json
      pi-self memory import .pi-subagent-sessions.self-memory.json --scope user
      ssh other pi-self memory export | pi-self memory import -
    """
    with desk_here() as desk:
        done = load(desk.store, file.read(), desk.scope(scope))
        desk.publish()
        typer.echo(f"imported {counted(len(done.added))}; {len(done.known)} were known")
        for reason in done.refused:
            say_aside(f"not imported: {reason}")
        if done.refused:
            raise typer.Exit(1)


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to.")]) -> None:
    """Copy the whole memory to a file, while pi may be using it.

    [bold]Examples[/bold]

      pi-self memory backup ~/memory.sqlite3
    """
    with desk_here() as desk:
        desk.store.back_up(file)
        typer.echo(f"copied {counted(desk.store.stats().memories)} to {file}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False)], *, yes: Yes = False
) -> None:
    """Put a backup in the memory's place; what was there is kept beside it.

    [bold]Examples[/bold]

      pi-self memory restore ~/memory.sqlite3
    """
    with desk_here() as desk:
        if not yes:
            typer.confirm(f"Replace {counted(desk.store.stats().memories)} by the backup?", abort=True)
        aside = desk.store.restore(file)
        typer.echo(f"restored {counted(desk.store.stats().memories)}; what was there is {str(aside)!r}")
