"""The picture as a page of its own: one file, nothing from elsewhere, no script."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.memory import preview, printable
from pi_autonomous_session_control.timeline._svg import chart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pi_autonomous_session_control.timeline._model import Picture

__all__ = ["page"]

_STYLE: Final = """
:root { color-scheme: light dark; --bg: #fff; --fg: #1d2330; --dim: #667085; --line: #e4e7ec; --band: #f6f7f9;
  --good: #2f9e61; --bad: #d6453d; --edit: #3b6fd4; --shell: #c77d0a; --read: #98a2b3; --user: #9b4fc4;
  --child: #0e9aa7; --loop: #d6453d; --tokens: #8aa8e6; }
@media (prefers-color-scheme: dark) { :root { --bg: #14171d; --fg: #e6e9ef; --dim: #98a2b3; --line: #2c323d;
  --band: #1b1f27; --good: #4cc38a; --bad: #f2695f; --edit: #7ba6f5; --shell: #e5a645; --read: #667085;
  --user: #c58be8; --child: #4fc4cf; --loop: #f2695f; --tokens: #4f6fae; } }
body { margin: 2rem auto; max-width: 1200px; padding: 0 1rem; background: var(--bg);
  color: var(--fg);
  font: 14px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.25rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
.dim { color: var(--dim); } .facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0; }
.facts b { display: block; font-size: 1.4rem; line-height: 1.2; } .facts .bad b { color: var(--bad); }
.chart { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
svg { display: block; font: 11px system-ui, sans-serif; } svg text { fill: var(--fg); } svg .dim { fill: var(--dim); }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: 12px; color: var(--dim); margin-top: .5rem; }
.key i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 5px; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; border-top: 1px solid var(--line);
  } td:last-child, code { overflow-wrap: anywhere; } th { font-weight: 600; border-top: 0; color: var(--dim); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
code { font: 12px ui-monospace, monospace; } .critical { color: var(--bad); } .warning { color: var(--shell); }
"""

_KEY: Final = (
    ("read", "reads"),
    ("edit", "writes, edits"),
    ("shell", "shell"),
    ("child", "child runs, other tools"),
    ("user", "the user or another program"),
    ("bad", "failed"),
    ("good", "tests passed"),
)
_MOST: Final = 200


def page(shown: Picture) -> str:
    """Return the picture as HTML."""
    return "\n".join(_parts(shown)) + "\n"


def _parts(shown: Picture) -> Iterator[str]:
    title = f"Session {_text(shown.session, 60)}"
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body>"
    began = shown.state.started_at
    day = datetime.fromtimestamp(began / 1000).astimezone().strftime("%Y-%m-%d %H:%M") if began else ""
    yield f'<h1>{title}</h1><div class="dim">{_text(shown.cwd, 200)} · {day}</div>'
    yield _facts(shown)
    yield f'<div class="chart">{chart(shown)}</div>'
    key = "".join(f'<span><i style="background:var(--{color})"></i>{text}</span>' for color, text in _KEY)
    yield f'<div class="key">{key}</div>'
    yield from _tables(shown)
    yield "</body></html>"


def _facts(shown: Picture) -> str:
    state = shown.state
    errors = sum(kind.count for kind in state.errors.values())
    facts = [
        (state.turns, "turns", False), (len(shown.steps), "steps", False), (len(state.files), "files", False),
        (errors, "errors", errors > 0), (len(shown.loops), "loops", bool(shown.loops)),
        (f"{state.tokens:,}", "tokens", False), (f"${state.cost:.2f}", "cost", False),
    ]  # fmt: skip
    items = "".join(f"<div{' class=bad' if bad else ''}><b>{number}</b>{name}</div>" for number, name, bad in facts)
    return f'<div class="facts">{items}</div>'


def _tables(shown: Picture) -> Iterator[str]:
    if shown.loops:
        rows = [
            (
                f'<span class="{loop.severity}">{loop.type}</span>',
                f"{loop.count}",
                f"{_text(loop.explanation, 400)}<br><span class=dim>{_text(loop.suggestion, 400)}</span>",
            )
            for loop in shown.loops
        ]
        yield _table("Loops", ("type", "count", "what repeats, and a way out"), rows)
    if shown.state.errors:
        kinds = sorted(shown.state.errors.values(), key=lambda kind: -kind.count)[:_MOST]
        rows = [
            (_text(kind.tool, 40), f"{kind.count}", f"<code>{_text(kind.last_message, 300)}</code>") for kind in kinds
        ]
        yield _table("Errors", ("tool", "count", "last message"), rows)
    if shown.state.files:
        files = list(shown.state.files.values())[:_MOST]
        rows = [
            (
                f"<code>{_text(file.path, 200)}</code>",
                f"{file.ops}",
                f"{file.last_op}, by {', '.join(f'{_text(by, 30)} {count}x' for by, count in file.by.items())}",
            )
            for file in files
        ]
        yield _table("Files", ("path", "changes", "last"), rows)


def _table(title: str, heads: tuple[str, str, str], rows: Iterable[tuple[str, str, str]]) -> str:
    head = "".join(f"<th{_number(column)}>{name}</th>" for column, name in enumerate(heads))
    body = "".join(
        f"<tr>{''.join(f'<td{_number(column)}>{cell}</td>' for column, cell in enumerate(row))}</tr>" for row in rows
    )
    return f"<h2>{title}</h2><table><tr>{head}</tr>{body}</table>"


def _number(column: int) -> str:
    return ' class="number"' if column == 1 else ""


def _text(text: str, width: int) -> str:
    return escape(preview(printable(text), width))
