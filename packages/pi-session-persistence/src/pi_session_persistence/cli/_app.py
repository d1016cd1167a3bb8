"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pi_host import PiHostError
from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli import (
    bundle,
    diff,
    export,
    fork,
    fsck,
    list_,
    moving,
    path,
    prune,
    rename,
    search,
    show,
    stats,
    tag,
    trash,
    tree,
    verify,
    watch,
)
from pi_session_persistence.cli import run as run_command
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["app", "run"]

_IDS: Final = "One id, one conversation"
_LOOK: Final = "Find and look"
_TIDY: Final = "Name and tidy up"
_FILES: Final = "Check and mend"
_MOVE: Final = "Move and keep elsewhere"

#: Every word, the panel of the help it is in, and the function behind it, in the order of the help.
_COMMANDS: Final[tuple[tuple[str, str, Callable[..., Any]], ...]] = (
    ("run", _IDS, run_command.run),
    ("path", _IDS, path.path),
    ("forget", _IDS, path.forget),
    ("fork", _IDS, fork.fork),
    ("list", _LOOK, list_.list_),
    ("search", _LOOK, search.search),
    ("show", _LOOK, show.show),
    ("tree", _LOOK, tree.tree),
    ("diff", _LOOK, diff.diff),
    ("stats", _LOOK, stats.stats),
    ("watch", _LOOK, watch.watch),
    ("rename", _TIDY, rename.rename),
    ("prune", _TIDY, prune.prune),
    ("trash", _TIDY, trash.trash),
    ("fsck", _FILES, fsck.fsck),
    ("verify", _FILES, verify.verify),
    ("export", _MOVE, export.export),
    ("push", _MOVE, moving.push),
    ("pull", _MOVE, moving.pull),
    ("sync", _MOVE, moving.sync),
    ("bundle", _MOVE, bundle.bundle),
    ("unbundle", _MOVE, bundle.unbundle),
)

app = typer.Typer(
    name="pi-session",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:  # noqa: FBT001  # typer calls it so
    if value:
        from importlib.metadata import version  # noqa: PLC0415  # takes longer than most commands

        typer.echo(f"pi-session {version('pi-session-persistence')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """One stable id, one pi conversation, and tools for the files that hold it.

    [bold]First steps[/bold]

      pi-session run TASK-7 "fix the failing test"    begin a conversation, or go on with it
      pi-session fsck SESSION.jsonl                   find out what pi would not tell
      pi-session path TASK-7                          the file behind an id
    """


for _word, _panel, _function in _COMMANDS:
    app.command(_word, rich_help_panel=_panel)(_function)
app.command("tag", rich_help_panel=_TIDY, context_settings=tag.SETTINGS)(tag.tag)


def run() -> None:
    """Run the command line, and end with 0 for success, 1 for something wrong, 2 for wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        # Half characters are legal in a session, and in the name of a file.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except (PersistenceError, PiHostError) as error:
        for words in (str(error), *getattr(error, "__notes__", ())):
            say_error(words)
    except OSError as error:
        say_error(f"{error.strerror or error}: {str(error.filename or '')!r}")
    sys.exit(1)
