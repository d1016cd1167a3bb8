"""The commands in one place, and what becomes of their errors."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pi_host import PiHostError
from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli import fsck, path
from pi_session_persistence.cli import run as run_command
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["app", "run"]

_IDS: Final = "One id, one conversation"
_FILES: Final = "Check and mend"

#: Every word, the panel of the help it is in, and the function behind it, in the order of the help.
_COMMANDS: Final[tuple[tuple[str, str, Callable[..., Any]], ...]] = (
    ("run", _IDS, run_command.run),
    ("path", _IDS, path.path),
    ("forget", _IDS, path.forget),
    ("fsck", _FILES, fsck.fsck),
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


def run() -> None:
    """Run the command line, and end with 0 for success, 1 for something wrong, 2 for wrong usage."""
    for stream in (sys.stdout, sys.stderr):
        # Half characters are legal in a session, and in the name of a file.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except (PersistenceError, PiHostError) as error:
        say_error(str(error))
    except OSError as error:
        say_error(f"{error.strerror or error}: {str(error.filename or '')!r}")
    sys.exit(1)
