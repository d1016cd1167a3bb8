"""``pi-session show``: a session to read in the terminal."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pi_host.commandline import AsJson, console, say_json_line
from pi_session_persistence.cli._reading import STYLES, AnEntry, SessionName, entry_id, line, read

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from pi_host.sessionfile import Entry, Session
    from pi_session_persistence.export import Block, Piece, Teller

__all__ = ["show"]


def show(
    session: SessionName,
    *,
    entry: AnEntry = None,
    full: Annotated[bool, typer.Option("--full", help="Unfold tools, thinking and system prompts.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what was said in a session, from its beginning to where pi goes on.

    Calls of tools, their output and thinking are folded to one line each. Nothing is taken out: `export` does that.

    [bold]Examples[/bold]

      pi-session show TASK-7 | less -R
      pi-session show 019ab3f2 --full --entry 9f0c12ab
      pi-session show session.jsonl --json | jq -r '.entries[] | select(.kind == "user").blocks[].text'
    """
    from pi_session_persistence.export import Teller  # noqa: PLC0415  # `--help` needs none

    file, found = read(session)
    path = found.path(entry_id(found, entry))
    teller = Teller(None, images=False)
    if as_json:
        say_json_line(_data(file, found, path, teller))
        return
    screen = console(wrap=False)
    _say_head(screen, file, found, teller)
    after = ""
    for step in path:
        after = _say(screen, teller.tell(step), found.labels.get(step.id or "", ""), after, full=full)


def _data(file: "Path", session: "Session", path: "list[Entry]", teller: "Teller") -> dict[str, Any]:
    entries = []
    for entry in path:
        piece = teller.tell(entry)
        blocks = [block._asdict() for block in piece.blocks]
        own = {
            "id": entry.id,
            "parent": entry.parent_id,
            "type": entry.type,
            "label": session.labels.get(entry.id or ""),
        }
        entries.append({**piece._asdict(), **own, "blocks": blocks, "usage": piece.usage and piece.usage._asdict()})
    header = session.header
    return {
        "file": str(file),
        "session_id": header.id if header else None,
        "name": session.name,
        "cwd": header.cwd if header else None,
        "parent": header.parent_session if header else None,
        "leaf": session.leaf.id if session.leaf else None,
        "entries": entries,
    }


def _say_head(screen: "Console", file: "Path", session: "Session", teller: "Teller") -> None:
    from rich.text import Text  # noqa: PLC0415  # programs read JSON

    from pi_session_persistence.export import about, one_line  # noqa: PLC0415  # as above

    title, facts = about(session, file, teller.clean)
    screen.print(Text(one_line(title), "bold"))
    told = {**dict(facts), "file": str(file)}
    screen.print(Text(" · ".join(f"{name} {one_line(value)}" for name, value in told.items()), "dim"))


def _say(screen: "Console", piece: "Piece", label: str, after: str, *, full: bool) -> str:
    """Print what an entry says.

    Args:
        screen: where to.
        piece: what the entry says.
        label: its label, if it has one.
        after: kind of the piece before, empty if it had no title.
        full: whether nothing is folded.

    Returns:
        The kind of this piece, empty if it has no title.
    """
    from rich.text import Text  # noqa: PLC0415  # as above

    from pi_session_persistence.export import one_line  # noqa: PLC0415  # as above

    folded = piece.kind in ("note", "system", "tool")
    words = any(block.kind in ("text", "markdown", "error") for block in piece.blocks)
    titled = bool(label) or full or (not folded and (words or piece.kind == "bash"))
    if titled or after not in ("", "assistant"):
        screen.print()
    if titled:
        head = Text().append(piece.who or "note", STYLES[piece.kind])
        more = (piece.id, piece.title, piece.model, piece.at[:16].replace("T", " "))
        head.append("".join(f"  {one_line(word, 80)}" for word in more if word), "dim")
        if label:
            head.append("  ").append(f"[{one_line(label, 60)}]", "black on yellow")
        screen.print(head)
    elif piece.kind == "note":
        line(screen, Text(f"  · {one_line(piece.title)}", "dim"))
    for block in piece.blocks:
        _say_block(screen, block, piece, full=full)
    return piece.kind if titled else ""


def _say_block(screen: "Console", block: "Block", piece: "Piece", *, full: bool) -> None:
    from rich.text import Text  # noqa: PLC0415  # as above

    from pi_session_persistence.export import many_lines, one_line  # noqa: PLC0415  # as above

    text = many_lines(block.text)
    if block.kind in ("text", "markdown", "error") and (full or piece.kind != "system"):
        if text.strip():
            screen.out(text, style="red" if block.kind == "error" else None, highlight=False)
        return
    name = {"thinking": "thinking", "text": "system"}.get(block.kind, block.name)
    failed = piece.failed and block.kind == "output"
    count = text.rstrip("\n").count("\n") + 1
    row = Text("  ")
    row.append(one_line(name, 40), "red" if failed else "yellow" if block.kind != "thinking" else "magenta")
    row.append(" failed" if failed else "", "red")
    row.append(f" ({count:,} lines)" if count > 1 and block.kind != "call" else "", "dim")
    if not full or block.brief not in ("", block.text):
        row.append(f"  {one_line(block.brief or block.text)}", "dim")
    line(screen, row)
    if full:
        screen.out("\n".join(f"    {words}" for words in text.split("\n")), style="dim", highlight=False)
