"""The chart of the page: a column for each step, a row for each thing that is told."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.memory import preview

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pi_autonomous_session_control.mirror import Change
    from pi_autonomous_session_control.timeline._model import Picture, Step, TurnRow

__all__ = ["chart"]

_LEFT: Final = 190
_NARROW: Final = 16
_WIDE: Final = 40
_ROOM: Final = 960
_ROW: Final = 22
#: Characters of a row's name.
_NAME: Final = 27
_MOST_FILES: Final = 18
_MOST_LOOPS: Final = 8
_SHADES: Final = {
    "read": "read",
    "grep": "read",
    "find": "read",
    "ls": "read",
    "edit": "edit",
    "write": "edit",
    "bash": "shell",
}
_AUTHORS: Final = {"edit": "edit", "write": "edit", "bash": "shell", "user": "user"}


class _Columns:
    """Where each turn and each step stands."""

    def __init__(self, turns: Sequence[TurnRow]) -> None:
        self.turns: list[tuple[TurnRow, int, int]] = []
        self.steps: list[tuple[int, Step]] = []
        column = 0
        for turn in turns:
            first = column
            for step in turn.steps:
                self.steps.append((column, step))
                column += 1
            column = max(column, first + 1)
            self.turns.append((turn, first, column))
        self.count = max(column, 1)
        self.width = min(max(_ROOM // self.count, _NARROW), _WIDE)

    def x(self, column: int) -> int:
        """Return where a column begins, in pixels."""
        return _LEFT + column * self.width

    def at(self, time: int) -> int:
        """Return the column of the last step that had begun at ``time``."""
        return max((column for column, step in self.steps if step.at <= time), default=0)


def chart(shown: Picture) -> str:
    """Return the chart as SVG."""
    columns = _Columns(shown.turns)
    files = sorted(shown.state.files.values(), key=lambda file: -file.ops)[:_MOST_FILES]
    loops = shown.loops[-_MOST_LOOPS:]
    rows = [
        "turn",
        "tokens",
        "tool",
        "tests",
        *[f"{loop.type} {loop.count}x" for loop in loops],
        *[_end(f.path) for f in files],
    ]
    width, height = _LEFT + columns.count * columns.width + 10, (len(rows) + 1) * _ROW
    parts = [f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="timeline">']
    parts += _bands(columns, height)
    for index, name in enumerate(rows):
        colour = ' style="fill:var(--loop)"' if _is_loop(index, len(loops)) else ""
        parts.append(f'<text x="8" y="{_middle(index) + 4}"{colour}>{_text(name, _NAME)}</text>')
    parts += _turns(columns)
    parts += _steps(columns)
    for index, loop in enumerate(loops, 4):
        first, last = columns.at(loop.first_seen), columns.at(loop.last_seen)
        title = f"{loop.explanation}. {loop.suggestion}"
        parts.append(
            _box(
                (columns.x(first), columns.x(last + 1)),
                index,
                "loop",
                title,
                opacity=0.75 if loop.severity == "critical" else 0.4,
            )
        )
    for index, file in enumerate(files, 4 + len(loops)):
        parts += _changes(columns, file.path, index)
    return "".join([*parts, "</svg>"])


def _end(path: str) -> str:
    """Return the end of a path: its name tells more than its folders."""
    return path if len(path) <= _NAME else f"…{path[-_NAME + 1 :]}"


def _is_loop(index: int, loops: int) -> bool:
    return 4 <= index < 4 + loops  # noqa: PLR2004  # the rows above


def _bands(columns: _Columns, height: int) -> Iterator[str]:
    for number, (turn, first, end) in enumerate(columns.turns):
        if number % 2 == 0:
            x, wide = _LEFT + first * columns.width, (end - first) * columns.width
            yield f'<rect x="{x}" y="0" width="{wide}" height="{height}" fill="var(--band)"/>'
        if turn.prompt is not None:
            x = _LEFT + first * columns.width
            yield f'<line x1="{x}" x2="{x}" y1="0" y2="{height}" stroke="var(--dim)"/>'


def _turns(columns: _Columns) -> Iterator[str]:
    most = max((turn.tokens for turn, _, _ in columns.turns), default=0)
    for turn, first, end in columns.turns:
        x = _LEFT + first * columns.width
        prompt = f"\n{turn.prompt}" if turn.prompt else ""
        title = _title(f"turn {turn.number}: {turn.tokens:,} tokens, ${turn.cost:.4f}{prompt}")
        yield f'<text class="dim" x="{x + 3}" y="{_middle(0) + 4}">{turn.number or ""}{title}</text>'
        if most and turn.tokens:
            high = max(round((_ROW - 6) * turn.tokens / most), 1)
            y, wide = _middle(1) + (_ROW - 6) // 2 - high, (end - first) * columns.width - 2
            yield f'<rect x="{x + 1}" y="{y}" width="{wide}" height="{high}" fill="var(--tokens)">{title}</rect>'


def _steps(columns: _Columns) -> Iterator[str]:
    for column, step in columns.steps:
        if step.tool:
            shade = "bad" if step.failed else _SHADES.get(step.tool, "child")
            title = f"{step.tool} {step.what}\n{step.message}".strip() + f"\n{step.ms} ms"
            yield _box((columns.x(column), columns.x(column + 1)), 2, shade, title, opacity=1 if step.here else 0.3)
        if step.tests is not None:
            yield from _tests(columns.width, column, step)


def _tests(width: int, column: int, step: Step) -> Iterator[str]:
    tests = step.tests
    if tests is None:
        return
    total = max(tests.passed + tests.failed, 1)
    room = _ROW - 6
    bad = min(max(round(room * tests.failed / total), 2 if tests.failed else 0), room)
    x, y = _LEFT + column * width + 2, _middle(3) - room // 2
    title = _title(f"{tests.runner}: {tests.passed} passed, {tests.failed} failed\n{' '.join(tests.failing[:5])}")
    if tests.passed:
        yield f'<rect x="{x}" y="{y}" width="{width - 4}" height="{room - bad}" fill="var(--good)">{title}</rect>'
    if bad:
        yield f'<rect x="{x}" y="{y + room - bad}" width="{width - 4}" height="{bad}" fill="var(--bad)">{title}</rect>'


def _changes(columns: _Columns, path: str, row: int) -> Iterator[str]:
    y = _middle(row)
    yield f'<line x1="{_LEFT}" x2="{_LEFT + columns.count * columns.width}" y1="{y}" y2="{y}" stroke="var(--line)"/>'
    for column, step in columns.steps:
        for change in step.changes:
            if change.path == path:
                yield _dot(column, y, change, width=columns.width, opacity=1 if step.here else 0.3)


def _dot(column: int, y: int, change: Change, *, width: int, opacity: float) -> str:
    colour = f"var(--{_AUTHORS.get(change.by, 'child')})"
    fill = "var(--bg)" if change.op == "delete" else colour
    x = _LEFT + column * width + width // 2
    title = _title(f"{change.op} {change.path} by {change.by}")
    look = f'fill="{fill}" stroke="{colour}" stroke-width="2" opacity="{opacity}"'
    return f'<circle cx="{x}" cy="{y}" r="5" {look}>{title}</circle>'


def _box(x: tuple[int, int], row: int, colour: str, title: str, *, opacity: float = 1) -> str:
    y = _middle(row) - (_ROW - 8) // 2
    size = f'width="{x[1] - x[0] - 4}" height="{_ROW - 8}" rx="2"'
    return f'<rect x="{x[0] + 2}" y="{y}" {size} fill="var(--{colour})" opacity="{opacity}">{_title(title)}</rect>'


def _middle(row: int) -> int:
    return row * _ROW + _ROW // 2 + 6


def _title(text: str) -> str:
    return f"<title>{_text(text, 400)}</title>"


def _text(text: str, width: int) -> str:
    return escape(preview(text, width))
