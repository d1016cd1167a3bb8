"""Spans as one HTML file that loads nothing from anywhere."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pi_trace_headers.offline._totals import total
from pi_trace_headers.offline._tree import (
    cost_of,
    kind_of,
    origin,
    outcome,
    printable,
    rows_of,
    session_of,
    short,
    tokens_of,
)
from pi_trace_headers.offline._words import amount, clock, dollars, seconds
from pi_trace_headers.spans import _names as n

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pi_trace_headers.offline._tree import Row
    from pi_trace_headers.spans._model import Span

__all__ = ["page"]

_TICKS: Final = 5


def page(spans: Iterable[Span]) -> str:
    """Return the page for the spans, which may be in any order."""
    spans = list(spans)
    rows = rows_of(spans)
    session = session_of(spans)
    title = f"Session {session.attributes[n.SESSION]}" if session is not None else "Session"
    parts = {
        "title": escape(f"{title} - pi trace"),
        "heading": escape(title),
        "subtitle": escape(_subtitle(session, rows)),
        "tiles": "".join(_tiles(rows)),
        "rows": "".join(_sections(rows)) or "<p>Nothing happened in this session.</p>",
        "data": _embedded([_details(row) for row in rows]),
        "css": _read("page.css"),
        "js": _read("page.js"),
    }
    return Template(_read("page.html")).substitute(parts)


def _read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _embedded(value: Any) -> str:
    # Within a script element nothing may look like its end or like a comment.
    text = msgspec.json.encode(value).decode()
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _subtitle(session: Span | None, rows: list[Row]) -> str:
    if session is None:
        return ""
    models = dict.fromkeys(str(row.span.attributes.get(n.REQUEST_MODEL, "")) for row in rows)
    parent = f"forked from {origin(session)}" if origin(session) else ""
    lasted = f"{clock(session.start)}, {seconds(session.end - session.start)}"
    return "  ·  ".join([lasted, *filter(None, models), *filter(None, [parent])])


def _tiles(rows: list[Row]) -> Iterator[str]:
    totals = total(row.span for row in rows)
    models = totals.all_models
    tools = sum(line.calls for line in totals.tools.values())
    failures = models.errors + sum(line.errors for line in totals.tools.values())
    hits = models.cache_hits
    working = sum(row.span.end - row.span.start for row in rows if row.depth == 0)
    yield _tile("runs", str(totals.runs))
    yield _tile("model calls", str(models.calls))
    yield _tile("tool calls", str(tools))
    yield _tile("failures", str(failures), css="bad" if failures else "")
    yield _tile("tokens sent", amount(models.input_tokens), f"{hits:.0%} cached" if hits else "")
    yield _tile("tokens received", amount(models.output_tokens))
    yield _tile("cost", dollars(models.cost_usd) if models.cost_usd else "unknown")
    yield _tile("working time", seconds(working))


def _tile(name: str, value: str, more: str = "", css: str = "") -> str:
    extra = f" <small>{escape(more)}</small>" if more else ""
    return f'<div class="{css}"><dt>{escape(name)}</dt><dd>{escape(value)}{extra}</dd></div>'


def _sections(rows: list[Row]) -> Iterator[str]:
    for number, row in enumerate(rows):
        if row.depth == 0:
            yield f'{"</section>" if number else ""}<section class="run">'
        yield _line(row)
        if row.depth == 0 and row.has_parts:
            yield _axis(row.span.end - row.span.start)
    if rows:
        yield "</section>"


def _line(row: Row) -> str:
    span, kind = row.span, kind_of(row.span)
    css = " ".join(
        filter(None, ["row", kind if kind != "run" else "run-bar", "" if row.depth else "top", _failed(span)])
    )
    opens = ' aria-expanded="true"' if row.has_parts else ""
    name = f"{clock(span.start)[11:]} {short(span)}" if row.depth == 0 else short(span)
    return (
        f'<div class="{css}" role="treeitem" tabindex="-1" aria-selected="false" aria-level="{row.depth + 1}"{opens}>'
        f'<div class="what" style="--depth:{row.depth}"><i>{"▾" if row.has_parts else ""}</i>'
        f"<span>{escape(name)} <q>{escape(row.topic)}</q></span></div>"
        f'<div class="track">{_bar(row)}</div>'
        f'<div class="time">{seconds(span.end - span.start)}</div><div class="figures">{_figures(span)}</div></div>'
    )


def _bar(row: Row) -> str:
    whole = max(row.top.end - row.top.start, 1)

    def share(at: int) -> float:
        return min(max(100 * (at - row.top.start) / whole, 0), 100)

    left = share(row.span.start)
    marks = "".join(
        f'<span class="mark" style="left:{share(event.at):.3f}%" title="{escape(event.name)}">↻</span>'
        for event in row.span.events
    )
    return f'<div class="bar" style="left:{left:.3f}%;width:{share(row.span.end) - left:.3f}%"></div>{marks}'


def _axis(duration: int) -> str:
    ticks = "".join(f"<span>{seconds(duration * tick // (_TICKS - 1))}</span>" for tick in range(_TICKS))
    return f'<div class="axis" aria-hidden="true"><div>{ticks}</div></div>'


def _figures(span: Span) -> str:
    if kind_of(span) == "turn":
        return escape(outcome(span))
    sent, cached, received = tokens_of(span)
    cost = cost_of(span)
    parts = [f"{amount(sent)} in", f"{amount(received)} out"] if sent or received else []
    if cached:
        parts.insert(1, f"{100 * cached // sent}% cached")
    parts += [dollars(cost)] if cost else []
    word = escape(outcome(span))
    if word:
        parts.append(f"<b>{word}</b>" if span.error is not None else f"<em>{word}</em>")
    return " · ".join(parts)


def _failed(span: Span) -> str:
    return "failed" if span.error is not None else ""


def _details(row: Row) -> dict[str, Any]:
    span = row.span
    into = f", {seconds(span.start - row.top.start)} into its run" if row.depth else ""
    facts: list[tuple[str, Any]] = [
        (name, ", ".join(value) if isinstance(value, list) else value)
        for name, value in sorted(span.attributes.items())
    ]
    facts += [(f"{event.name} at", f"{clock(event.at)} {_plain(event.attributes)}") for event in span.events]
    facts += [("link", f"{link.trace_id} {_plain(link.attributes)}") for link in span.links]
    facts += [("trace id", span.trace_id), ("span id", span.span_id)]
    return {
        "name": printable(span.name),
        "when": f"{clock(span.start)}{into}, took {seconds(span.end - span.start)}",
        "error": span.error if span.error is not None else "",
        "facts": facts,
    }


def _plain(attributes: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in attributes.items())
