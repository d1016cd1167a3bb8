"""``pi-trace stats``: what stored sessions cost."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  # typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pi_host.commandline import console, say_json, table
from pi_trace_headers._errors import TraceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

    from pi_trace_headers.offline import Line, Totals

__all__ = ["stats"]

_NAME_WIDTH: Final = 20


def stats(
    paths: Annotated[list[Path], typer.Argument(help="Session files of pi, or folders with some.", metavar="PATH...")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Sum up stored sessions: calls, tokens, cache hits, cost and latency by model, and the tools.

    What a fork took over from its parent is counted once, in the parent.

    [bold]Examples[/bold]

      pi-trace stats ~/.pi/agent/sessions
      pi-trace stats session.jsonl --json | jq .total.cost_usd
    """
    from pi_trace_headers.offline import Totals, spans_of  # noqa: PLC0415  # other commands start without it

    totals, sessions, others = Totals(), 0, 0
    for path in _files(paths):
        try:
            totals.add(spans_of(path))
            sessions += 1
        except TraceError:
            if path in paths:
                raise
            others += 1
    if as_json:
        say_json(_data(totals, sessions, others))
    else:
        _show(totals, sessions, others)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(found for found in path.rglob("*.jsonl") if found.is_file())
        else:
            yield path


def _data(totals: Totals, sessions: int, others: int) -> dict[str, object]:
    return {
        "sessions": sessions,
        "other_files": others,
        "runs": totals.runs,
        "total": totals.all_models.as_data(),
        "models": [line.as_data() for line in _ranked(totals.models)],
        "tools": [line.as_data() for line in _ranked(totals.tools)],
    }


def _ranked(lines: dict[str, Line]) -> list[Line]:
    return sorted(lines.values(), key=lambda line: (-line.cost_usd, -line.calls, line.name))


def _show(totals: Totals, sessions: int, others: int) -> None:
    screen = console()
    left_out = f", {_many(others, 'other file')} left out" if others else ""
    screen.print(f"{_many(sessions, 'session')}, {_many(totals.runs, 'run')}{left_out}\n")
    lines = _ranked(totals.models)
    models = _table("model", "calls", "failed", "in", "cached", "out", "cost", "p50", "p95")
    for line in [*lines, *([totals.all_models] if len(lines) > 1 else [])]:
        models.add_row(*_model_cells(line))
    tools = _table("tool", "calls", "failed", "p50", "p95", "in all")
    for line in _ranked(totals.tools):
        whole = f"{sum(line.seconds):.1f} s"
        tools.add_row(line.name, str(line.calls), _count(line.errors), _time(line, 0.5), _time(line, 0.95), whole)
    for made in (models, tools):
        if made.row_count:
            screen.print(made)
            screen.print()


def _table(*columns: str) -> Table:
    made = table(*columns)
    made.columns[0].min_width = _NAME_WIDTH
    for column in made.columns[1:]:
        column.justify, column.no_wrap = "right", True
    return made


def _model_cells(line: Line) -> list[str]:
    from pi_trace_headers.offline._words import amount, dollars  # noqa: PLC0415

    return [
        line.name,
        str(line.calls),
        _count(line.errors),
        amount(line.input_tokens),
        f"{line.cache_hits:.0%}" if line.cache_hits is not None else "",
        amount(line.output_tokens),
        dollars(line.cost_usd),
        _time(line, 0.5),
        _time(line, 0.95),
    ]


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _count(number: int) -> str:
    return str(number) if number else ""


def _time(line: Line, share: float) -> str:
    value = line.quantile(share)
    return f"{value:.2f} s" if value is not None else ""
