"""``pi-session tree``: the branches of a session."""

from typing import TYPE_CHECKING, Annotated

import typer

from pi_host.commandline import AsJson, console, say_json_line
from pi_session_persistence.cli._reading import STYLES, SessionName, entry_data, gist, read

if TYPE_CHECKING:
    from rich.text import Text

    from pi_host.sessionfile import Entry, Session
    from pi_session_persistence.export import Piece, Teller

__all__ = ["tree"]


def tree(
    session: SessionName,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every entry.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the tree of a session: where it branches, and where pi goes on.

    The branch that pi goes on with runs down the left side; the others hang beside it. Without --all only prompts,
    summaries, names, labelled entries, and the beginnings and ends of branches are shown. --json has every entry.

    [bold]Examples[/bold]

      pi-session tree TASK-7
      pi-session tree session.jsonl --all | less -R
    """
    from pi_session_persistence.export import Teller  # noqa: PLC0415  # `--help` needs none

    file, found = read(session)
    teller = Teller(None, images=False)
    labels = found.labels
    if as_json:
        path = {entry.offset for entry in found.path()}
        entries = [
            entry_data(entry, teller.tell(entry), labels.get(entry.id or "")) | {"active": entry.offset in path}
            for entry in found.entries
        ]
        header = found.header
        leaf = found.leaf.id if found.leaf else None
        identity = header.id if header else None
        say_json_line({"file": str(file), "session_id": identity, "name": found.name, "leaf": leaf, "entries": entries})
        return
    _draw(found, teller, every=every)


def _draw(session: "Session", teller: "Teller", *, every: bool) -> None:
    from rich.text import Text  # noqa: PLC0415  # programs read JSON

    from pi_session_persistence.cli._reading import line  # noqa: PLC0415  # as above
    from pi_session_persistence.export import Close, Open, walk  # noqa: PLC0415  # as above

    screen = console(wrap=False)
    depth, opened = 0, False
    for step in walk(session):
        if isinstance(step, Open):
            depth, opened = depth + 1, True
        elif isinstance(step, Close):
            depth, opened = depth - 1, False
        elif every or _matters(session, step, first=opened):
            edge = "│  " * (depth - 1) + ("├─ " if opened else "│  ") if depth else ""
            line(screen, _row(session, step, teller.tell(step), Text(edge, "dim")))
            opened = False


def _matters(session: "Session", entry: "Entry", *, first: bool) -> bool:
    if entry.type == "label" and entry is not session.leaf and not session.children(entry):
        return False  # it is shown where it belongs, and is no branch to a reader
    return (
        first
        or entry.role == "user"
        or entry.type in ("compaction", "branch_summary", "session_info")
        or entry is session.leaf
        or (entry.id or "") in session.labels
        or len(session.children(entry)) != 1
    )


def _row(session: "Session", entry: "Entry", piece: "Piece", row: "Text") -> "Text":
    from pi_session_persistence.export import one_line  # noqa: PLC0415  # as above

    row.append(f"{one_line(entry.id or '-', 40)}  ", "dim")
    if label := session.labels.get(entry.id or ""):
        row.append(f"[{one_line(label, 60)}]", "black on yellow").append(" ")
    if entry is session.leaf:
        row.append("◀ pi goes on here  ", "bold")
    if piece.who:
        row.append(f"{piece.who}: ", "red" if piece.failed else STYLES[piece.kind])
    return row.append(gist(piece), "dim" if piece.kind == "note" else "")
