"""What sessions took, as tables for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from pi_host.commandline import console
from pi_session_persistence._figures import dollars, many, share, short
from pi_session_persistence.cli._telling import columns, folder, show
from pi_session_persistence.export import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from pi_session_persistence.catalogue import Part, Sums

__all__ = ["show_sums"]

#: Width of the longest bar.
_BAR: Final = 24


def show_sums(sums: Sums, limit: int) -> None:
    """Print what sessions took; of each table so many rows."""
    total = sums.total
    screen = console(wrap=False)
    counts = {"session": sums.sessions, "prompt": sums.prompts, "answer": sums.answers, "failure": sums.failures}
    screen.print(", ".join(many(number, what) for what, number in counts.items()))
    cached = share(total.cache_read, total.tokens)
    screen.print(f"{many(total.tokens, 'token')} ({cached} from the cache), {dollars(total.cost)}\n")
    for name, parts in (("model", sums.models), ("folder", sums.cwds)):
        _show_parts(name, parts, total.cost, limit)
    if sums.tools:
        table = columns("tool", "sessions", "calls", "failed", right=("sessions", "calls", "failed"))
        for tool in sums.tools[:limit]:
            table.add_row(one_line(tool.name, 40), f"{tool.sessions:,}", f"{tool.calls:,}", f"{tool.errors:,}")
        _end(table, len(sums.tools) - limit)
    days = [part for part in sums.days if part.key]
    if days:
        _show_days(days, limit)


def _show_parts(name: str, parts: Sequence[Part], total: float, limit: int) -> None:
    if not parts:
        return
    figures = ("sessions", "requests", "tokens", "cached", "cost", "share")
    table = columns(name, *figures, right=figures)
    for part in parts[:limit]:
        table.add_row(
            folder(part.key) if name == "folder" else one_line(part.key or "-", 60),
            *(f"{part.sessions:,}", f"{part.requests:,}", short(part.tokens), share(part.cache_read, part.tokens)),
            *(dollars(part.cost), share(part.cost, total)),
        )
    _end(table, len(parts) - limit)


def _show_days(days: Sequence[Part], limit: int) -> None:
    figures = ("sessions", "requests", "tokens", "cost")
    table = columns("day", *figures, "", right=figures)
    shown = days[-limit:]
    # Without a price, tokens tell how much was done.
    values = [part.cost for part in shown] if any(part.cost for part in shown) else [part.tokens for part in shown]
    most = max(values) or 1
    for part, value in zip(shown, values, strict=True):
        bar = "█" * round(value / most * _BAR) or "▏"
        table.add_row(
            *(part.key, f"{part.sessions:,}", f"{part.requests:,}", short(part.tokens), dollars(part.cost)),
            Text(bar, "blue"),
        )
    _end(table, len(days) - limit)


def _end(table: Table, more: int) -> None:
    show(table)
    console(wrap=False).print(f"and {more:,} more\n" if more > 0 else "")
