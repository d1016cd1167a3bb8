"""What sessions took, as a web page in one file: cost and tokens over time, and tables of what they went into."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from pi_session_persistence._figures import dollars, share, short
from pi_session_persistence.export._chart import Bar, draw_bars
from pi_session_persistence.export._html import facts, page
from pi_session_persistence.export._text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pi_session_persistence.catalogue import Part, Row, Sums

__all__ = ["draw_stats"]

#: So many models have a colour of their own; the others share the last one.
_SERIES: Final = 5

#: Longest table.
_ROWS: Final = 20


def draw_stats(sums: Sums, dearest: Sequence[Row], title: str) -> Iterator[str]:
    """Yield a page about what sessions took, part by part.

    Args:
        sums: what they took.
        dearest: sessions to name, the dearest first.
        title: which sessions they are.
    """
    yield from page(title, "stats", _body(sums, dearest, title))


def _body(sums: Sums, dearest: Sequence[Row], title: str) -> Iterator[str]:
    total = sums.total
    yield f"<header><h1>{escape(one_line(title))}</h1>"
    yield facts(
        (
            ("sessions", f"{sums.sessions:,}"),
            ("prompts", f"{sums.prompts:,}"),
            ("answers", f"{sums.answers:,}"),
            ("failures", f"{sums.failures:,}"),
            ("tokens", f"{total.tokens:,}"),
            ("of them from the cache", share(total.cache_read, total.tokens)),
            ("cost", dollars(total.cost)),
        )
    )
    yield '<button id="theme">day / night</button></header>\n<main>\n'
    yield from _charts(sums)
    yield _spending("by model", "model", sums.models, total.cost)
    yield _spending("by working directory", "directory", sums.cwds, total.cost)
    yield _table(
        "tools",
        ("tool", "sessions", "calls", "failed"),
        ((tool.name, f"{tool.sessions:,}", f"{tool.calls:,}", share(tool.errors, tool.calls)) for tool in sums.tools),
    )
    yield _table(
        "dearest sessions, each as a whole",
        ("session", "directory", "prompts", "tokens", "cost"),
        (
            (
                row.name or row.first or row.session_id or row.file.name,
                row.cwd or "",
                f"{row.prompts:,}",
                f"{row.tokens:,}",
                dollars(row.cost),
            )
            for row in dearest
        ),
    )
    yield "</main>"


def _charts(sums: Sums) -> Iterator[str]:
    days = [part for part in sums.daily if part.day]
    if not days:
        yield "<p>nothing was spent yet</p>"
        return
    rank = {part.key: min(place, _SERIES) for place, part in enumerate(sums.models)}
    names = [part.key or "(unknown)" for part in sums.models[:_SERIES]] + ["others"] * (len(sums.models) > _SERIES)
    key = '<svg viewBox="0 0 10 10" class="key"><rect class="s{}" width="10" height="10"/></svg>'
    legend = "".join(f"<li>{key.format(place)}{escape(one_line(name))}</li>" for place, name in enumerate(names))
    yield f'<ul class="legend">{legend}</ul>\n'
    for title, value, shown in (
        ("cost", lambda part: part.cost, dollars),
        ("tokens", lambda part: float(part.tokens), short),
    ):
        bars = [Bar(part.day, rank.get(part.model, _SERIES), one_line(part.model), value(part)) for part in days]
        yield f"<section><h2>{title}</h2>{draw_bars(bars, f'{title} over time', shown)}</section>\n"


def _spending(title: str, name: str, parts: Sequence[Part], total: float) -> str:
    return _table(
        title,
        (name, "sessions", "requests", "tokens", "cached", "cost", "share"),
        (
            (
                part.key or "(unknown)",
                f"{part.sessions:,}",
                f"{part.requests:,}",
                f"{part.tokens:,}",
                share(part.cache_read, part.tokens),
                dollars(part.cost),
                share(part.cost, total),
            )
            for part in parts
        ),
    )


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    found = list(rows)
    if not found:
        return ""
    head = "".join(f"<th{_kind(name)}>{escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(map(_cell, heads, row))}</tr>" for row in found[:_ROWS])
    more = f"<p>and {len(found) - _ROWS:,} more</p>" if len(found) > _ROWS else ""
    return (
        f"<section><h2>{title}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}</section>\n"
    )


def _cell(name: str, text: str) -> str:
    return f"<td{_kind(name)}>{escape(one_line(text, 120))}</td>"


def _kind(name: str) -> str:
    # The first column has words in every table.
    return ' class="words"' if name == "directory" else ""
