"""The picture in a terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from pi_autonomous_session_control.memory import preview

if TYPE_CHECKING:
    from rich.console import RenderableType

    from pi_autonomous_session_control.loops import Pattern
    from pi_autonomous_session_control.mirror import Change
    from pi_autonomous_session_control.timeline._model import Mark, Picture, Step, TurnRow

__all__ = ["drawn"]

_WHAT: Final = 52
_BAR: Final = 12
_OPS: Final = {"create": "+", "modify": "~", "delete": "-"}
_MARKS: Final = {"trap": "!", "checkpoint": "#", "warned": "@", "user": "$"}
_SEVERITY: Final = {"critical": "bold red", "warning": "yellow", "info": "dim"}


def drawn(shown: Picture) -> RenderableType:
    """Return the picture for rich: turns with their steps, then loops and files."""
    most = max((turn.tokens for turn in shown.turns), default=0)
    table = Table(box=None, pad_edge=False, expand=False, show_header=False, padding=(0, 1))
    for name in ("time", "turn", "tokens", "what"):
        table.add_column(name, overflow="fold", no_wrap=name != "what", justify="right" if name == "turn" else "left")
    for turn in shown.turns:
        if turn.prompt is not None:
            table.add_row("", "", "", Text(f'"{preview(turn.prompt, _WHAT)}"', style="bold"))
        table.add_row(_clock(turn.at), str(turn.number or ""), _bar(turn.tokens, most), _turn(turn))
    return Group(_head(shown), Text(""), table, *_loops(shown.loops), *_files(shown))


def _head(shown: Picture) -> Text:
    state = shown.state
    errors = sum(kind.count for kind in state.errors.values())
    counts = {
        "turn": state.turns,
        "step": len(shown.steps),
        "file": len(state.files),
        "error": errors,
        "loop": len(shown.loops),
        "token": state.tokens,
    }
    parts = [f"{count:,} {name}{'' if count == 1 else 's'}" for name, count in counts.items()]
    parts.append(f"${state.cost:.2f}")
    return Text.assemble((preview(shown.session, 40), "bold"), f"  {preview(shown.cwd, 80)}\n", " · ".join(parts))


def _turn(turn: TurnRow) -> Text:
    text = Text(style="" if turn.here else "dim strike")
    for number, step in enumerate(turn.steps):
        text.append("\n" if number else "")
        text.append_text(_step(step))
    for mark in turn.marks:
        text.append("\n" if text.plain else "")
        text.append_text(_mark(mark))
    return text if text.plain else Text("·", style="dim")


def _step(step: Step) -> Text:
    glyph, style = {None: ("?", "dim"), True: ("✗", "red"), False: ("✓", "green")}[step.failed]
    if not step.tool:
        glyph, style = "»", "magenta"
    text = Text.assemble((glyph, style), " ", (step.tool, "cyan"), " " if step.tool else "", preview(step.what, _WHAT))
    if step.tests is not None:
        text.append(f"  {step.tests.passed} passed", style="green")
        text.append(f" {step.tests.failed} failed" if step.tests.failed else "", style="red")
    for change in step.changes:
        text.append(f"  {_changed(change)}", style="blue" if step.tool else "magenta")
    if step.failed and step.message:
        text.append(f"\n    {preview(step.message, _WHAT)}", style="red")
    return text


def _changed(change: Change) -> str:
    return f"{_OPS[change.op]}{preview(change.path, 40)}" + (f" by {change.by}" if not change.call else "")


def _mark(mark: Mark) -> Text:
    return Text(f"{_MARKS[mark.kind]} {mark.kind}: {preview(mark.text, _WHAT)}", style="magenta")


def _loops(loops: list[Pattern]) -> list[RenderableType]:
    return [Text("\nloops", style="bold"), *map(_loop, loops)] if loops else []


def _loop(loop: Pattern) -> Text:
    return Text.assemble(
        f"{_clock(loop.first_seen)} to {_clock(loop.last_seen)}  ",
        (loop.type, _SEVERITY[loop.severity]),
        f" {loop.count}x  {preview(loop.explanation, 160)}",
    )


def _files(shown: Picture) -> list[RenderableType]:
    if not shown.state.files:
        return []
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1))
    for file in shown.state.files.values():
        who = ", ".join(f"{by} {count}" for by, count in file.by.items())
        table.add_row(_OPS.get(file.last_op, "?"), preview(file.path, 80), f"{file.ops}x", who)
    return [Text("\nfiles", style="bold"), table]


def _bar(tokens: int, most: int) -> Text:
    filled = round(_BAR * tokens / most) if most else 0
    return Text("▇" * filled + " " * (_BAR - filled), style="blue")


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at / 1000).astimezone().strftime("%H:%M:%S") if at else "        "
