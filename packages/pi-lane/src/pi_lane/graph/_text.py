"""The picture for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from pi_lane.graph._fold import Row, contents
from pi_lane.graph._safe import one_line
from pi_lane.graph._shape import NO_LANE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_lane.graph._nodes import Kind, Node
    from pi_lane.graph._picture import Mark, Picture
    from pi_lane.graph._shape import Placed

__all__ = ["draw_text", "lane_style"]

_LANES: Final = ("green", "cyan", "magenta", "yellow", "blue", "bright_green", "bright_cyan", "bright_magenta")
_ORPHAN: Final = "red"

_SYMBOLS: Final[dict[Kind, str]] = {
    "session": "◇",
    "user": "●",
    "assistant": "○",
    "compaction": "◆",
    "summary": "◆",
}
_NAMES: Final[dict[Kind, str]] = {
    "session": "",
    "user": "",
    "assistant": "",
    "tool": "",
    "bash": "",
    "compaction": "compaction: ",
    "summary": "summary of a branch: ",
    "name": "named: ",
    "settings": "",
    "custom": "",
}

#: What plain ASCII terminals get instead.
_ASCII: Final = str.maketrans("●○◆◇·│├─┊…⋯→", "*o#@-|+-:~~>")

#: Below this many columns the time is left out.
_NARROW: Final = 60


class _Line:
    # Ten thousand of them are drawn: rich's own Text takes twice as long.

    def __init__(self) -> None:
        self.parts: list[tuple[str, str]] = []

    def append(self, text: str, style: str = "") -> _Line:
        self.parts.append((text, style))
        return self


def draw_text(
    picture: Picture, *, width: int, everything: bool = False, ascii_only: bool = False
) -> Iterator[list[Segment]]:
    """Draw the tree, one line for each row, the first entries at the top.

    Args:
        picture: the tree.
        width: how wide a line may be.
        everything: leave nothing out.
        ascii_only: whether the terminal knows nothing but ASCII.

    Yields:
        Lines without a line break and without anything that a terminal would act on.
    """
    states = {tip.node: (tip.state, tip.entries) for tip in picture.tips}
    day = ""
    for row in picture.rows(everything=everything):
        line = _gutter(row.shown, folded=row.folded, room=max(4, width // 4))
        at = row.shown.node.at
        when, day = (at[11:16], day) if at[:10] == day else (at[:10], at[:10])
        if row.folded:
            line.append(contents([row.shown, *row.hidden]), "dim")
        else:
            _say(line, row.shown.node, picture, states, width)
        if ascii_only:
            line.parts = [(_plain(text), style) for text, style in line.parts]
        yield _fit(line, _margin(row, when, width), width, "~" if ascii_only else "…")


def lane_style(rank: int) -> str:
    """Return the colour of a lane, by its place among the lanes."""
    return "dim" if rank == NO_LANE else _LANES[rank % len(_LANES)]


def _gutter(entry: Placed, *, folded: bool, room: int) -> _Line:
    columns = entry.columns
    line = _Line()
    if len(columns) > room // 2:  # a column takes two characters
        line.append("⋯ ", "dim")
        columns = columns[-(room // 2) :]
    for rank in columns[:-1]:
        line.append("│ ", lane_style(rank))
    if columns:
        last = columns[-1]
        if entry.begins:
            line.append("├", lane_style(last)).append("─", lane_style(entry.rank))
        else:
            line.append("│ ", lane_style(last))
    symbol = "┊" if folded else _SYMBOLS.get(entry.node.kind, "·")
    return line.append(symbol, lane_style(entry.rank)).append(" ")


def _say(line: _Line, node: Node, picture: Picture, states: dict[Node, tuple[str, int]], width: int) -> None:
    if node.kind == "session":
        line.append(one_line(picture.title), "bold")
    else:
        line.append(one_line(node.id, 8), "yellow")
    for rank in node.lanes:
        _tag(line, picture.marks[rank], rank)
    if node.label:
        line.append(f" «{one_line(node.label, 40)}»", "bold yellow")
    if node in states:
        _tip(line, *states[node])
    if node is picture.leaf:
        line.append(" (end of file)", "dim")
    if node.kind != "session":
        line.append(" ").append(_NAMES[node.kind], "bold").append(
            one_line(node.text, width), "bold" if node.kind == "user" else ""
        )


def _tag(line: _Line, mark: Mark, rank: int) -> None:
    style = lane_style(rank)
    line.append(" [", style).append(one_line(mark.name, 64), f"bold {style}")
    if mark.current:
        line.append("*", f"bold {style}")
    if mark.state:
        line.append(f": {one_line(mark.state, 60)}", "bold red" if mark.trouble else style)
    line.append("]", style)


def _tip(line: _Line, state: str, entries: int) -> None:
    match state:
        case "orphan":
            line.append(" [orphan tip]", _ORPHAN)
        case "ahead":
            line.append(f" [{entries} after the head]", "yellow")
        case "settings":
            line.append(" [settings only]", "dim")


def _margin(row: Row, when: str, width: int) -> str:
    if width < _NARROW:
        return ""
    more = f"+{len(row.hidden)}" if row.hidden and not row.folded else ""
    return f"{more:>6} {'' if row.folded else one_line(when, 10):>10}"


def _fit(line: _Line, margin: str, width: int, more: str) -> list[Segment]:
    room = width - len(margin)
    segments = []
    for text, style in line.parts:
        cells = cell_len(text)
        if cells > room:
            segments.append(Segment(set_cell_size(text, max(0, room - 1)) + more[:room], Style.parse(style)))
            room = 0
            break
        segments.append(Segment(text, Style.parse(style)))
        room -= cells
    if margin.strip():
        segments.append(Segment(" " * room + margin, Style.parse("dim")))
    return segments


def _plain(text: str) -> str:
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")
