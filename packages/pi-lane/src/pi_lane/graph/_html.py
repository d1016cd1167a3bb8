"""The picture as a web page in one file: no server, no network, and safe whatever the session says."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from pi_lane.graph._colours import themed
from pi_lane.graph._fold import Row, contents
from pi_lane.graph._gutter import HEIGHT, colour, gutter, gutter_width
from pi_lane.graph._overview import draw_overview
from pi_lane.graph._safe import many_lines, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_lane.graph._nodes import Kind, Node
    from pi_lane.graph._picture import Mark, Picture
    from pi_lane.graph._shape import Placed, Tip

__all__ = ["TIPS", "WHAT", "draw_html"]

#: How many characters of an entry a reader can see.
_TEXT: Final = 2000
_TOOL_TEXT: Final = 500

WHAT: Final[dict[Kind, str]] = {
    "compaction": "compaction",
    "summary": "summary of a branch",
    "name": "named",
    "bash": "by hand",
}

TIPS: Final = {
    "orphan": "orphan tip",
    "ahead": "after the head",
    "settings": "settings only",
}


def draw_html(picture: Picture) -> str:
    """Return the page. Long stretches are folded, and unfold at a click.

    What entries say is cut after 2,000 characters (500 for the results of tools).
    """
    script, style = _file("page.js"), f"{themed()}{_file('page.css')}"
    # Should a text of the session ever get through as markup, the browser still runs and loads nothing.
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'"
    title = escape(one_line(picture.title))
    rows = picture.rows()
    parts = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>",
        f'<header>\n<h1>{title}</h1>\n<p class="where">{escape(one_line(picture.file))}</p>',
        *_facts(picture),
        *_lanes(picture),
        "</header>",
        *(f'<nav class="map">{overview}</nav>' for overview in [draw_overview(picture, rows)] if overview),
        f'{_BAR}\n<main>\n<div id="tree">',
        *_tree(picture, rows),
        '</div>\n<aside id="entry"></aside>\n</main>',
        f"<script>{script}</script>\n</body>\n</html>\n",
    )
    return "\n".join(parts)


_BAR: Final = (
    '<div class="bar"><input id="find" type="search" placeholder="find (/)" aria-label="find">'
    '<button id="unfold">unfold all</button><button id="fold">fold</button><output id="count"></output>'
    '<button id="theme" class="right">day / night</button></div>'
)


def _facts(picture: Picture) -> Iterator[str]:
    kinds = [entry.node.kind for entry in picture.placed]
    times = sorted(at for entry in picture.placed if (at := entry.node.at))
    facts = (
        (len(kinds) - 1, "entry", "entries"),
        (kinds.count("user"), "prompt", "prompts"),
        (kinds.count("compaction"), "compaction", "compactions"),
        (sum(len(entry.node.children) > 1 for entry in picture.placed), "branch point", "branch points"),
        (sum(tip.state == "orphan" for tip in picture.tips), "orphan tip", "orphan tips"),
    )
    yield '<ul class="facts">'
    yield from (f"<li><b>{number:,}</b> {one if number == 1 else many}</li>" for number, one, many in facts if number)
    if times:
        yield f"<li>{_time(times[0])} to {_time(times[-1])}</li>"
    yield "</ul>"


def _lanes(picture: Picture) -> Iterator[str]:
    if not picture.marks:
        return
    orders = {index: entry.node.order for entry in picture.placed for index in entry.node.lanes}
    yield '<ul class="lanes">'
    for index, mark in enumerate(picture.marks):
        yield f'<li class="{colour(index) if index in orders else "cx lost"}">{_lane(mark, orders.get(index))}</li>'
    yield "</ul>"


def _lane(mark: Mark, order: int | None) -> str:
    head = escape(one_line(mark.head or "the beginning", 16))
    place = f"<code>{head}</code>, which is not in the file" if order is None else f'<a href="#e{order}">{head}</a>'
    state = escape(one_line(mark.state or "free", 100))
    here = " · this terminal" if mark.current else ""
    style = ' class="trouble"' if mark.trouble else ""
    return (
        f"<b>{escape(one_line(mark.name, 64))}</b>{here}"
        f"<span>head {place} · epoch {mark.epoch}</span><span{style}>{state}</span>"
    )


def _tree(picture: Picture, rows: list[Row]) -> Iterator[str]:
    tips = {tip.node: tip for tip in picture.tips}
    for row in rows:
        drawn = _row(row, picture, tips)
        if not row.hidden:
            yield f"<div {drawn}</div>"
            continue
        yield f'<details>\n<summary {drawn}</summary>\n<div class="inside">'
        for entry in [row.shown, *row.hidden] if row.folded else row.hidden:
            yield f"<div {_row(Row(entry), picture, tips)}</div>"
        yield "</div>\n</details>"


def _row(row: Row, picture: Picture, tips: dict[Node, Tip]) -> str:
    node = row.shown.node
    width = gutter_width(row)
    lines = f'<svg width="{width}" height="{HEIGHT}" aria-hidden="true">{gutter(row)}</svg>'
    if row.folded:
        stretch = [row.shown, *row.hidden]
        return f'{_data(stretch)}>{lines}<span class="text">{escape(contents(stretch))}</span>'
    text = picture.file if node.kind == "session" else node.text
    parts = [f'id="e{node.order}" {_about(node, text, picture)}>{lines}']
    if node.kind != "session":
        parts.append(f"<code>{escape(one_line(node.id, 8))}</code>")
    parts += (_badge(picture.marks[rank], rank) for rank in node.lanes)
    if node.label:
        parts.append(f'<span class="label">{escape(one_line(node.label, 60))}</span>')
    if (tip := tips.get(node)) and tip.state != "free":
        parts.append(f'<span class="tip {tip.state}">{TIPS[tip.state]}</span>')
    if node is picture.leaf:
        parts.append('<span class="tip">end of file</span>')
    if what := WHAT.get(node.kind):
        parts.append(f'<span class="what">{what}</span>')
    line = one_line(picture.title) if node.kind == "session" else one_line(text)
    parts.append(f'<span class="text">{escape(line)}</span>')
    if row.hidden:
        parts.append(f'<span class="more">+{len(row.hidden)}</span>')
    return f"{''.join(parts)}<time>{_time(node.at)}</time>"


def _badge(mark: Mark, rank: int) -> str:
    trouble = " trouble" if mark.trouble else ""
    return f'<span class="lane {colour(rank)}{trouble}">{escape(one_line(mark.name, 64))}</span>'


def _about(node: Node, text: str, picture: Picture) -> str:
    limit = _TOOL_TEXT if node.kind in {"tool", "bash"} else _TEXT
    values = {
        "id": one_line(node.id, 64),
        "parent": one_line(node.parent or "", 64),
        "kind": one_line(node.entry.type, 40) if node.entry and node.kind == "custom" else node.kind,
        "at": one_line(node.at, 40),
        "lanes": ", ".join(one_line(picture.marks[rank].name, 64) for rank in node.lanes),
        "label": one_line(node.label, 60),
        "text": many_lines(text, limit),
    }
    data = " ".join(f'data-{name}="{escape(value)}"' for name, value in values.items() if value)
    current = " data-current" if any(picture.marks[rank].current for rank in node.lanes) else ""
    return f'class="row {node.kind}" {data}{current}'


def _data(stretch: list[Placed]) -> str:
    return f'class="row folded" data-kind="folded" data-text="{contents(stretch)}"'


def _time(at: str) -> str:
    return escape(one_line(at[:16].replace("T", " "), 20))


def _file(name: str) -> str:
    return files("pi_lane.graph").joinpath("page", name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
