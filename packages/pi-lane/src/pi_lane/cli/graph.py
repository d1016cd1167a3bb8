"""``pil graph``: the tree of a session with the heads of its lanes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.segment import SegmentLines
from rich.text import Text

from pi_host.commandline import console, save, say_json
from pi_host.sessionfile import Session
from pi_lane.cli._asking import Asked
from pi_lane.cli._errors import CommandError
from pi_lane.cli._forms import as_data as view_data
from pi_lane.cli._forms import common
from pi_lane.cli._options import AsJson, Options, SessionFile, StaleMs
from pi_lane.cli._words import marks, tilde
from pi_lane.graph import Picture, as_data, draw_html, draw_svg, draw_text, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pi_lane.cli._view import View

__all__ = ["graph", "read_session"]

#: How wide the tree is where nobody says how wide it may be, as in a pipe.
_PIPE_WIDTH: Final = 120

_MOST_HINTS: Final = 5


def graph(  # noqa: PLR0913  # each option of the command is one
    context: typer.Context,
    *,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Draw a web page that works on its own.")
    ] = None,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="FILE", help="Draw a picture.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Fold nothing: a line for each entry.")] = False,
    as_json: AsJson = False,
    stale_ms: StaleMs = None,
    session: SessionFile = None,
) -> None:
    """Draw the tree of the session: branches, heads of lanes, labels, names, compactions, orphans.

    Long stretches are folded; `+12` after a line tells how many entries follow it. The first entries are at the top.

    [bold]Examples[/bold]

      pil graph
      pil graph --all | less -R
      pil graph --html session.html
    """
    options = Options(as_json=as_json, stale_ms=stale_ms, session=session).over(context)
    view = Asked(options).look()
    file, found = read_session(view)
    picture = Picture.of(found, marks(view), file=tilde(str(file)))
    for target, draw in ((html, draw_html), (svg, draw_svg)):
        if target:
            _write(target, draw, picture)
    if options.as_json:
        say_json(common("graph", view) | as_data(picture) | {"lanes": view_data("lanes", view)["lanes"]})
    elif not (html or svg):
        _show(picture, everything=everything)


def read_session(view: View) -> tuple[Path, Session]:
    """Return the file of the session and what is in it.

    Raises:
        CommandError: it is not known or can't be read.
    """
    named = (terminal.text("sessionFile") for terminal in view.terminals)
    name = view.identity.session_file or next((name for name in named if name), None)
    if not name:
        raise CommandError("no session file is known, only a key: name it with --session FILE")
    try:
        return Path(name), Session.read(Path(name))
    except FileNotFoundError:
        raise CommandError(f"there is no '{tilde(name)}' yet: pi writes it with the first prompt") from None
    except (OSError, ValueError) as error:
        raise CommandError(f"can't read '{tilde(name)}': {one_line(str(error))}; check --session") from error


def _show(picture: Picture, *, everything: bool) -> None:
    out = console()
    width = out.width if out.is_terminal or "COLUMNS" in os.environ else _PIPE_WIDTH
    lines = draw_text(picture, width=width, everything=everything, ascii_only=out.options.ascii_only)
    out.print(SegmentLines(lines, new_lines=True), no_wrap=True, crop=False, end="")
    for hint in _hints(picture):
        out.print(Text(hint, "dim"), soft_wrap=True)


def _hints(picture: Picture) -> Iterator[str]:
    orphans = [tip for tip in picture.tips if tip.state == "orphan"]
    for mark in picture.lost:
        yield f"the head of lane {one_line(mark.name, 64)} is not in the file: {one_line(mark.head or '', 40)}"
    for tip in orphans[:_MOST_HINTS]:
        name = one_line(tip.node.id, 40)
        yield f"no lane leads to {name} ({tip.entries} entries): `/lane adopt {name}` in pi goes on from there"
    if len(orphans) > _MOST_HINTS:
        yield f"and {len(orphans) - _MOST_HINTS} more orphan tips"


def _write(target: Path, draw: Callable[[Picture], str], picture: Picture) -> None:
    try:
        save(target, [draw(picture).encode()])
    except OSError as error:
        raise CommandError(f"can't write '{target}': {error.strerror}; choose another place") from error
