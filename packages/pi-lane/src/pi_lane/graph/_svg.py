"""The picture as one SVG file, for a page, a report or a README."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size

from pi_lane.graph._colours import themed
from pi_lane.graph._fold import Row, contents
from pi_lane.graph._gutter import HEIGHT, colour, gutter, gutter_width
from pi_lane.graph._html import TIPS, WHAT
from pi_lane.graph._safe import many_lines, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_lane.graph._nodes import Node
    from pi_lane.graph._picture import Picture
    from pi_lane.graph._shape import Tip

__all__ = ["draw_svg"]

_WIDTH: Final = 1000
_MARGIN: Final = 16

#: Width of a character of the monospaced font, in pixels.
_CHARACTER: Final = 7.85
_TIME: Final = 16

#: How many characters of an entry are seen when the pointer rests on it.
_HOVER: Final = 300

_STYLE: Final = """\
svg { background: var(--paper); }
text {
  font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  fill: var(--ink); white-space: pre;
}
.row { fill: transparent; } .row:hover { fill: var(--panel); }
.soft { fill: var(--soft); } .strong { font-weight: 700; } .lane { fill: var(--c); font-weight: 700; }
.label { fill: var(--c3); font-weight: 700; } .alarm { fill: var(--alarm); } .folded { font-style: italic; }
"""


def draw_svg(picture: Picture) -> str:
    """Return the picture, 1,000 pixels wide. Long stretches are folded; what a row says is seen on hovering."""
    rows = picture.rows()
    height = 2 * _MARGIN + HEIGHT * len(rows)
    tips = {tip.node: tip for tip in picture.tips}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">',
        f"<title>{escape(one_line(picture.title))}</title>",
        f"<style>{themed()}{_STYLE}</style>",
    ]
    for index, row in enumerate(rows):
        parts.append(f'<g transform="translate({_MARGIN} {_MARGIN + HEIGHT * index})">')
        parts += _row(row, picture, tips)
        parts.append("</g>")
    return "\n".join((*parts, "</svg>\n"))


def _row(row: Row, picture: Picture, tips: dict[Node, Tip]) -> Iterator[str]:
    node = row.shown.node
    width = _WIDTH - 2 * _MARGIN
    yield f'<rect class="row" width="{width}" height="{HEIGHT}"><title>{escape(_hover(row))}</title></rect>'
    yield gutter(row)
    start = gutter_width(row) + 4
    room = int((width - start) / _CHARACTER) - _TIME - 2
    spans = []
    for style, text in _spans(row, picture, tips):
        fits = text if cell_len(text) <= room else f"{set_cell_size(text, max(0, room - 1))}…"
        room -= cell_len(fits)
        spans.append(f'<tspan class="{style}">{escape(fits)}</tspan>')
        if room <= 0:
            break
    yield f'<text x="{start}" y="{HEIGHT // 2 + 4}" pointer-events="none">{"".join(spans)}</text>'
    at = "" if row.folded else escape(one_line(node.at[:_TIME].replace("T", " ")))
    yield f'<text class="soft" x="{width}" y="{HEIGHT // 2 + 4}" text-anchor="end">{at}</text>'


def _spans(row: Row, picture: Picture, tips: dict[Node, Tip]) -> Iterator[tuple[str, str]]:
    node = row.shown.node
    if row.folded:
        yield "soft folded", contents([row.shown, *row.hidden])
        return
    if node.kind != "session":
        yield "soft", f"{one_line(node.id, 8)} "
    for rank in node.lanes:
        mark = picture.marks[rank]
        yield f"lane {colour(rank)}", f"[{one_line(mark.name, 64)}] "
        if mark.state:
            yield "alarm" if mark.trouble else "soft", f"{one_line(mark.state, 60)} "
    if node.label:
        yield "label", f"«{one_line(node.label, 40)}» "
    if (tip := tips.get(node)) and tip.state != "free":
        yield "alarm" if tip.state == "orphan" else "soft", f"({TIPS[tip.state]}) "
    if node is picture.leaf:
        yield "soft", "(end of file) "
    if what := WHAT.get(node.kind):
        yield "soft", f"{what} "
    strong = node.kind in {"user", "session"}
    yield "strong" if strong else "", one_line(picture.title) if node.kind == "session" else one_line(node.text)
    if row.hidden:
        yield "soft", f" +{len(row.hidden)}"


def _hover(row: Row) -> str:
    if row.folded:
        return contents([row.shown, *row.hidden])
    return many_lines(row.shown.node.text, _HOVER)
