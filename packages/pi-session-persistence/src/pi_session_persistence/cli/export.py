"""``pi-session export``: a session as Markdown, as a web page, or as it is."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli._output import say_error
from pi_session_persistence.cli._reading import AnEntry, SessionName, entry_id, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_session_persistence.export import Form, Redactor

__all__ = ["export"]


def export(  # noqa: PLR0913  # a command line
    session: SessionName,
    *,
    form: Annotated[
        Literal["md", "html", "jsonl"] | None,
        typer.Option("--as", help="What it becomes; default: what FILE ends in, else md.", show_default=False),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; default: standard output.")] = None,
    redact: Annotated[
        bool | None,
        typer.Option("--redact/--no-redact", help="Take out secrets; default: yes, but for jsonl.", show_default=False),
    ] = None,
    images: Annotated[bool, typer.Option(help="Keep images.")] = True,
    entry: AnEntry = None,
) -> None:
    """Write a session as a document, as a web page, or as a copy of its file.

    `html` is one file that loads nothing: all branches, with their tree. `md` is the branch that pi goes on with. Both
    are made to be shown, so the secrets that can be told are taken out, and how many is said; look at it nevertheless.
    `jsonl` is the session file, byte for byte, for a program or another pi; with --redact it is one to be shown, too.

    [bold]Examples[/bold]

      pi-session export TASK-7 --out task-7.html
      pi-session export TASK-7 > task-7.md
      pi-session export 019ab3f2 --as jsonl --redact --no-images --out for-a-bug-report.jsonl
    """
    from pi_session_persistence import export as library  # noqa: PLC0415  # `--help` needs none
    from pi_session_persistence.cli._progress import progress  # noqa: PLC0415  # as above

    file, found = read(session)
    chosen = form or _form(out)
    last = entry_id(found, entry)
    del found
    redactor = library.Redactor() if (chosen != "jsonl" if redact is None else redact) else None
    with progress("exporting") as told:
        parts = library.export(file, chosen, redactor=redactor, images=images, entry=last, progress=told)
        if out is None:
            _to_stdout(parts)
        else:
            _refuse_sessions(out, file)
            library.write(out, parts)
    if redactor is not None:
        say_error(_taken_out(redactor))


def _form(out: Path | None) -> "Form":
    endings: dict[str, Form] = {".html": "html", ".htm": "html", ".jsonl": "jsonl"}
    return endings.get(out.suffix.lower(), "md") if out is not None else "md"


def _to_stdout(parts: "Iterable[bytes]") -> None:
    from pi_session_persistence.export import many_lines  # noqa: PLC0415  # as above

    if sys.stdout.isatty():
        for part in parts:
            typer.echo(many_lines(part.decode("utf-8", "replace")), nl=False)
        return
    stream = typer.get_binary_stream("stdout")
    for part in parts:
        stream.write(part)
    stream.flush()


def _refuse_sessions(out: Path, file: Path) -> None:
    from pi_host.sessionfile import read_header  # noqa: PLC0415  # as above

    if out.exists() and out.is_file() and (out.samefile(file) or read_header(out) is not None):
        raise PersistenceError(f"{str(out)!r} is a session, which an export never replaces; choose another place")


def _taken_out(redactor: "Redactor") -> str:
    if not redactor.counts:
        return "no secrets were found; look at it before you share it"
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(redactor.counts.items()))
    return f"secrets were taken out: {kinds}; look at it before you share it"
