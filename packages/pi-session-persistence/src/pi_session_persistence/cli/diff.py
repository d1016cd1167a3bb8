"""``pi-session diff``: what two sessions have in common, and what each has alone."""

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pi_host.commandline import AsJson, console, say_json_line
from pi_session_persistence._errors import PersistenceError
from pi_session_persistence.cli._output import say_error
from pi_session_persistence.cli._reading import STYLES, SessionName, entry_data, entry_id, gist, line, read

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from pi_host.sessionfile import Entry, Session
    from pi_session_persistence.comparing import Comparison
    from pi_session_persistence.export import Teller

__all__ = ["diff"]

_DIFFERENT: Final = 1
_FAILED: Final = 2


def diff(
    one: SessionName,
    other: Annotated[str | None, typer.Argument(metavar="OTHER", help="Another one; default: the same.")] = None,
    *,
    entry: Annotated[
        str | None, typer.Option(metavar="ENTRY", help="Where the branch of the first one ends; default: its leaf.")
    ] = None,
    other_entry: Annotated[
        str | None, typer.Option(metavar="ENTRY", help="Where the branch of the other one ends; default: its leaf.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare two sessions, or two branches of one: their common history, and what each has alone.

    Entries are the same if they say the same, also where a copy has other ids. An ENTRY is an id, the beginning of one,
    or a label. Ends with 0 if there is no difference, 1 if there is one, 2 if it can't be told.

    [bold]Examples[/bold]

      pi-session diff TASK-7 TASK-7~2
      pi-session diff session.jsonl --entry 9f0c12ab          a branch, and the one that pi goes on with
      pi-session diff mine.jsonl theirs.jsonl --json | jq .relation
    """
    try:
        raise typer.Exit(_diff(one, other, entry, other_entry, as_json=as_json))
    except (PersistenceError, OSError) as error:
        say_error(f"{error.filename!r}: {error.strerror}" if isinstance(error, OSError) else str(error))
        raise typer.Exit(_FAILED) from error


def _diff(one: str, other: str | None, entry: str | None, other_entry: str | None, *, as_json: bool) -> int:
    from pi_session_persistence.comparing import compare  # noqa: PLC0415  # `--help` needs none
    from pi_session_persistence.export import Teller  # noqa: PLC0415  # as above

    if other is None and entry is None and other_entry is None:
        raise PersistenceError("a session is the same as itself; name another one, or an entry with --entry")
    first = read(one)
    second = read(other) if other is not None else first
    ends = entry_id(first[1], entry), entry_id(second[1], other_entry)
    result = compare(first[1], second[1], first_entry=ends[0], second_entry=ends[1])
    teller = Teller(None, images=False)
    if as_json:
        say_json_line(_data(result, (first, second), teller))
    else:
        _show(result, (first, second), teller)
    return 0 if result.relation == "same" else _DIFFERENT


def _data(result: "Comparison", sessions: "tuple[tuple[Path, Session], ...]", teller: "Teller") -> dict[str, Any]:
    sides = []
    for (file, session), side in zip(sessions, (result.first, result.second), strict=True):
        alone = [entry_data(entry, teller.tell(entry), session.labels.get(entry.id or "")) for entry in side.alone]
        end = side.path[-1].id if side.path else None
        header = session.header
        sides.append(
            {
                "file": str(file),
                "session_id": header.id if header else None,
                "entries": len(side.path),
                "end": end,
                "alone": alone,
                "elsewhere": side.elsewhere,
            }
        )
    return {
        "relation": result.relation,
        "common": {"entries": result.common, "last": result.last.id if result.last else None},
        "changed": [{"first": pair.first.id, "second": pair.second.id} for pair in result.changed],
        "first": sides[0],
        "second": sides[1],
    }


def _show(result: "Comparison", sessions: "tuple[tuple[Path, Session], ...]", teller: "Teller") -> None:
    from rich.text import Text  # noqa: PLC0415  # programs read JSON

    from pi_session_persistence.export import one_line  # noqa: PLC0415  # as above

    screen = console(wrap=False)
    pairs = list(zip("AB", sessions, (result.first, result.second), strict=True))
    for letter, (file, session), side in pairs:
        about = f"{one_line(session.name or (session.header.id if session.header else ''))}  {_count(len(side.path))}"
        line(screen, Text(f"{letter}  {one_line(str(file))}  {about}", "bold"))
    screen.print(Text(_sentence(result)))
    for pair in result.changed:
        _entry(screen, "≠", pair.first, teller)
    for letter, _, side in pairs:
        if side.alone:
            screen.print(Text(f"\nonly in {letter}: {_count(len(side.alone))}", "bold"))
        for entry in side.alone:
            _entry(screen, "-" if letter == "A" else "+", entry, teller)
        if side.elsewhere:
            screen.print(Text(f"\non other branches of {letter} alone: {_count(side.elsewhere)}", "bold"))


def _entry(screen: "Console", sign: str, entry: "Entry", teller: "Teller") -> None:
    from rich.text import Text  # noqa: PLC0415  # as above

    from pi_session_persistence.export import one_line  # noqa: PLC0415  # as above

    piece = teller.tell(entry)
    row = Text(f"{sign} ", {"-": "red", "+": "green"}.get(sign, "yellow"))
    row.append(f"{one_line(entry.id or '-', 40)}  ", "dim")
    if piece.who:
        row.append(f"{piece.who}: ", "red" if piece.failed else STYLES[piece.kind])
    line(screen, row.append(gist(piece)))


def _sentence(result: "Comparison") -> str:
    from pi_session_persistence.export import one_line  # noqa: PLC0415  # as above

    last = one_line(result.last.id or "", 40) if result.last is not None else ""
    first, second = len(result.first.alone), len(result.second.alone)
    sentence = {
        "same": "they are the same",
        "changed": "they have the same history",
        "behind": f"B continues A by {_count(second)}",
        "ahead": f"A continues B by {_count(first)}",
        "separate": f"both went on separately after entry {last}, with {_count(result.common)} in common",
        "unrelated": "they have nothing in common",
    }[result.relation]
    if result.changed:
        sentence += f"; {_count(len(result.changed))} of it not the same in both"
    return sentence


def _count(entries: int) -> str:
    return f"{entries:,} {'entry' if entries == 1 else 'entries'}"
