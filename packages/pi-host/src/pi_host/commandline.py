"""What the command lines of this project have in common, for a plugin that brings one of its own.

A command speaks to people in text and tables, to programs in JSON, writes what is wrong to standard error in one line,
and ends with 0 for success, 1 for something wrong and 2 for wrong usage.
"""

from __future__ import annotations

import errno
import io
import json
import re
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeAlias

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

__all__ = [
    "AsJson",
    "application",
    "console",
    "run",
    "safe",
    "save",
    "say_error",
    "say_json",
    "say_json_line",
    "table",
    "version",
]

#: The option that every command has which shows something.
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Write JSON to stdout, for programs.")]

# What moves the cursor, turns text around or talks to the terminal; a new line and a tab do not.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# The same, and halves of characters, which no pipe takes.
_NOT_IN_JSON: Final = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def application(name: str, **settings: Any) -> typer.Typer:
    """Return a program without commands.

    Args:
        name: what people type.
        settings: more for ``typer.Typer``.
    """
    return typer.Typer(
        name=name,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        **{"no_args_is_help": True, **settings},
    )


def version(name: str, distribution: str) -> Any:
    """Return the option ``--version`` of a program, to stand in an ``Annotated`` of its callback.

    Args:
        name: what people type.
        distribution: whose version it has.
    """

    def show(value: bool) -> None:  # noqa: FBT001  # typer calls it so
        if value:
            from importlib.metadata import version  # noqa: PLC0415  # takes longer than most commands

            typer.echo(f"{name} {version(distribution)}")
            raise typer.Exit

    return typer.Option("--version", callback=show, is_eager=True, help="Show the version and exit.")


def run(app: typer.Typer, name: str, *expected: type[Exception], remedy: str = "see to it, and try again") -> NoReturn:
    """Run a program and end the process.

    Args:
        app: the program.
        name: what people type; errors begin with it.
        expected: errors whose text, and whose notes, tell people what is wrong and what to do. Those of the file
            system are told, too.
        remedy: what to do about errors of the file system.
    """
    for stream in (sys.stdout, sys.stderr):
        # Half characters are legal in a session and in the name of a file; some terminals lack most characters.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name=name)
    except expected as error:
        for words in (str(error), *getattr(error, "__notes__", ())):
            say_error(name, words)
    except OSError as error:
        where, mend = (repr(str(error.filename)), remedy) if error.filename else ("standard output", "make room for it")
        say_error(name, f"{where}: {error.strerror or error}; {mend}")
    sys.exit(1)


def console(*, stderr: bool = False, markup: bool = False, wrap: bool = True) -> Console:
    """Return a console that leaves words alone: no guessed highlighting, no emoji codes.

    Args:
        stderr: whether it writes to stderr.
        markup: whether square brackets mean styles; not for text of others.
        wrap: whether lines that are too long are broken; where not, that is up to the terminal.
    """
    from rich.console import Console  # noqa: PLC0415  # commands that start pi do without it

    return Console(stderr=stderr, highlight=False, emoji=False, markup=markup, soft_wrap=not wrap)


def table(*columns: str) -> Table:
    """Return an empty table without a frame."""
    from rich.table import Table  # noqa: PLC0415  # as above

    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


def say_json(value: object) -> None:
    """Write ``value`` to stdout, laid out for people as well."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    typer.echo(_NOT_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def say_json_line(value: object) -> None:
    """Write ``value`` to stdout in one line, at once."""
    # ASCII only: what a session holds may be half a character, which no pipe takes.
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def save(path: Path, parts: Iterable[bytes]) -> None:
    """Write what a command shows to a file that somebody named.

    It is for its owner alone, since it tells what was said in a session, and whole or not there. A session is never
    replaced: one slip of the fingers would cost a conversation.

    Args:
        path: the file, or a device or pipe, which is written to as it is.
        parts: its bytes.

    Raises:
        OSError: it is a session, its folder is not there, or it can't be written.
    """
    from pi_host.files import replace  # noqa: PLC0415  # most commands write nothing
    from pi_host.sessionfile import read_header  # noqa: PLC0415  # as above

    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            stream.writelines(parts)
        return
    if path.exists() and read_header(path) is not None:
        raise FileExistsError(errno.EEXIST, "it is a session, and is not replaced", str(path))
    replace(path.resolve(), parts)


def say_error(name: str, message: str) -> None:
    """Write a message to stderr.

    Args:
        name: of the program.
        message: what is wrong and what to do.
    """
    sys.stderr.write(f"{name}: {safe(message)}\n")


def safe(text: str) -> str:
    """Return ``text`` as a terminal may show it: what others wrote must not move its cursor."""
    return _CONTROLS.sub(lambda found: repr(found[0])[1:-1], text)
