"""Spans as a waterfall in the terminal: each run has a scale of its own, so that pauses between runs take no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

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

__all__ = ["waterfall"]

_COLORS: Final = {"run": "bold", "turn": "dim", "chat": "cyan", "tool": "green", "summary": "magenta"}
_MARKS: Final = {"chat": "◆ ", "tool": "▸ ", "summary": "≡ "}
_EIGHTHS: Final = " ▏▎▍▌▋▊▉"

_NAME_WIDTH: Final = 26
_TIME_WIDTH: Final = 9
_FIGURES_WIDTH: Final = 36
_NARROW_FIGURES_WIDTH: Final = 24
_NARROW: Final = 100
_LEAST_BAR: Final = 10
_LONGEST_MESSAGE: Final = 80


def waterfall(spans: Iterable[Span], width: int) -> Iterator[Text]:
    """Yield the lines of a waterfall.

    Args:
        spans: the spans, in any order.
        width: of the terminal, in columns.
    """
    spans = list(spans)
    rows = rows_of(spans)
    session = session_of(spans)
    if session is not None:
        yield _heading(session, sum(kind_of(row.span) == "run" for row in rows))
        yield Text()
    wide = width >= _NARROW
    figures = _FIGURES_WIDTH if wide else _NARROW_FIGURES_WIDTH
    bar = max(_LEAST_BAR, width - _NAME_WIDTH - _TIME_WIDTH - figures - 3)
    for number, row in enumerate(rows):
        if row.depth == 0:
            if number:
                yield Text()
            yield _title(row)
            if not row.has_parts:
                continue
        else:
            yield _line(row, bar, wide=wide)
        for event in row.span.events:
            kind = event.attributes.get(n.ERROR_TYPE)
            name, reason = event.name.removeprefix("pi."), "a failure" if kind in {None, n.OTHER_ERROR} else kind
            yield Text(f"{'  ' * (row.depth + 1)}↻ {name} after {reason}", style="yellow")


def _heading(session: Span, runs: int) -> Text:
    text = Text(f"session {printable(str(session.attributes[n.SESSION]))}", style="bold")
    what = f"{runs} run{'' if runs == 1 else 's'} in {seconds(session.end - session.start)}"
    parent = origin(session)
    text.append(f"  {what}{f', forked from {parent}' if parent else ''}", style="not bold")
    return text


def _title(row: Row) -> Text:
    span = row.span
    text = Text(f"{clock(span.start)}  {short(span)}", style=_COLORS[kind_of(span)])
    text.append(f"  {seconds(span.end - span.start)}  {_figures(span)}".rstrip(), style="not bold")
    _add_outcome(text, span)
    if row.topic:
        text.append(f"  {row.topic}", style="not bold dim")
    return text


def _line(row: Row, width: int, *, wide: bool) -> Text:
    span, kind = row.span, kind_of(row.span)
    color = "red" if span.error is not None else _COLORS[kind]
    name = f"{'  ' * row.depth}{_MARKS.get(kind, '')}{short(span)} {row.topic}"
    text = Text(_fit(name, _NAME_WIDTH), style=color)
    text.append(" ")
    text.append(_bar(row, width), style=color)
    text.append(f" {seconds(span.end - span.start):>{_TIME_WIDTH}} ")
    text.append(_figures(span, wide=wide) if kind != "turn" else "", style="dim")
    _add_outcome(text, span)
    text.rstrip()
    return text


def _bar(row: Row, width: int) -> str:
    whole = max(row.top.end - row.top.start, 1)
    eighths = width * 8
    start = min(max((row.span.start - row.top.start) * eighths // whole, 0), eighths - 8)
    end = min(max((row.span.end - row.top.start) * eighths // whole, start + 1), eighths)
    first, rest = divmod(start, 8)
    if rest:
        # Blocks grow from the left, so a bar begins at a whole column.
        start = first * 8
    full, part = divmod(max(end - start, 1), 8)
    return _fit(" " * first + "█" * full + (_EIGHTHS[part] if part else ""), width)


def _figures(span: Span, *, wide: bool = True) -> str:
    sent, cached, received = tokens_of(span)
    cost = cost_of(span)
    parts = [f"{amount(sent)} in", f"{amount(received)} out"] if sent or received else []
    if cached and wide:
        parts.insert(1, f"{100 * cached // sent}% cached")
    return "  ".join([*parts, *([dollars(cost)] if cost else [])])


def _add_outcome(text: Text, span: Span) -> None:
    word = outcome(span)
    if span.error is not None:
        message = printable(" ".join(span.error.split()))[:_LONGEST_MESSAGE]
        text.append(f"  ✗ {message or word}", style="red")
    elif word:
        text.append(f"  {word}", style="yellow")


def _fit(text: str, width: int) -> str:
    return text[: width - 1] + "…" if len(text) > width else text.ljust(width)
