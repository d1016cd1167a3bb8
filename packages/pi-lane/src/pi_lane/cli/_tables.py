"""What the commands show to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from pi_lane._status import duration
from pi_lane.cli._words import owner_words, short, since, tilde, who
from pi_lane.graph import lane_style, one_line
from pi_lane.store import Liveness

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from pi_lane.cli._view import Lane, Terminal, View
    from pi_lane.store import Waiter

__all__ = ["identity_table", "instances_table", "lanes_table", "status_screen"]

_HERE: Final = "*"

_STATUS: Final = {"idle": "green", "active": "bold cyan", "waiting": "yellow"}


def status_screen(view: View) -> RenderableType:
    """Return everything about a session: which, who has which lane and who waits, and the terminals that are there."""
    present = [terminal for terminal in view.terminals if terminal.live or _state(terminal)[0] in {"paused", "dead"}]
    parts: list[RenderableType] = [identity_table(view)]
    parts.append(
        lanes_table(view) if view.lanes else Text("\nno lanes yet: they begin when pi opens the session", "dim")
    )
    if present:
        parts.append(_terminals(present, view))
    gone = len(view.terminals) - len(present)
    if gone:
        parts.append(Text(f"{gone} more left or were not seen lately; `pil instances` shows them", "dim"))
    return Group(*parts)


def identity_table(view: View) -> Table:
    """Return which session it is, and who asks."""
    identity = view.identity
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    facts = {
        "session": one_line(identity.session_id or ""),
        "file": tilde(identity.session_file or ""),
        "key": one_line(view.paths.key),
        "root": tilde(str(identity.root)),
        "terminal": one_line(identity.instance_id or ""),
        "lane": one_line(identity.lane or ""),
    }
    for name, value in facts.items():
        if value:
            table.add_row(name, Text(value))
    return table


def lanes_table(view: View) -> Table:
    """Return who has which lane, since when and what for, and who waits for it in which place."""
    table = _table("", "Lane", "Head", "Epoch", "Has it", "Waiting")
    table.columns[2].no_wrap = True
    table.columns[3].justify = "right"
    for rank, lane in enumerate(view.lanes):
        words, trouble = owner_words(lane, view)
        table.add_row(
            _HERE if lane.name == view.current else "",
            _name(lane, rank),
            Text(one_line(lane.head, 12) if lane.head else "(beginning)", "" if lane.head else "dim"),
            str(lane.epoch),
            _owner(lane, words, trouble=trouble),
            _queue(lane, view),
        )
    return table


def instances_table(view: View) -> RenderableType:
    """Return all terminals that ever opened the session and are not forgotten yet."""
    if not view.terminals:
        return Text("no terminals: none has opened this session with lanes", "dim")
    return _terminals(view.terminals, view)


def _terminals(terminals: Iterable[Terminal], view: View) -> Table:
    table = _table("", "Terminal", "Process", "Lane", "State", "Seen", "Here for", "At entry")
    for column in (*table.columns[:3], table.columns[4]):
        column.no_wrap = True
    for terminal in terminals:
        state, style = _state(terminal)
        seen = "" if terminal.age_ms is None else f"{duration(max(0, terminal.age_ms) / 1000)} ago"
        leaf = terminal.text("leafId")
        table.add_row(
            _HERE if terminal.id == view.identity.instance_id else "",
            Text(short(terminal.id)),
            Text(one_line(str(terminal.data.get("pid", "")), 12)),
            Text(one_line(terminal.text("lane"), 64)),
            Text(state, style),
            seen,
            since(terminal.text("startedAt")),
            Text(one_line(leaf, 12)),
        )
    return table


def _state(terminal: Terminal) -> tuple[str, str]:
    status = one_line(terminal.text("status"), 20) or "unknown"
    if status == "disconnected":
        return "left", "dim"
    match terminal.liveness:
        case Liveness.DEAD:
            return "dead", "bold red"
        case Liveness.PAUSED:
            return "paused", "bold red"
    if not terminal.live:
        return "not seen", "dim"
    return status, _STATUS.get(status, "")


def _name(lane: Lane, rank: int) -> Text:
    name = Text(one_line(lane.name, 64), f"bold {lane_style(rank)}")
    if lane.state.title and lane.state.title != lane.name:
        name.append(f"\n{one_line(lane.state.title, 60)}", "not bold dim")
    return name


def _owner(lane: Lane, words: str, *, trouble: bool) -> Text:
    if not words:
        return Text("free", "dim")
    text = Text(words, "bold red" if trouble else "cyan")
    if lane.state.abort and lane.state.abort.epoch == lane.state.lease_epoch:
        text.append(f"\nasked to stop by {one_line(lane.state.abort.by, 60)}", "yellow")
    return text


def _queue(lane: Lane, view: View) -> Text:
    return Text("\n").join(_waiter(place, waiter, view) for place, waiter in enumerate(lane.state.queue, 1))


def _waiter(place: int, waiter: Waiter, view: View) -> Text:
    text = Text(
        f"{place}. {one_line(waiter.purpose, 20)} for {since(waiter.since) or 'a while'}, {who(waiter)}", "yellow"
    )
    found = view.liveness.get(waiter.instance_id)
    if found in {Liveness.PAUSED, Liveness.DEAD}:
        text.append(f" ({found.value}, passed over)", "bold red")
    return text


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
