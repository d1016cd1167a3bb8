"""A session as a picture shows it: columns of steps, rows of what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pi_autonomous_session_control.loops import Pattern, history
from pi_autonomous_session_control.mirror import (
    Call,
    Change,
    Event,
    Marked,
    Result,
    Run,
    RunnerReport,
    State,
    Trapped,
    Turn,
    TurnEnded,
    UserShell,
    Warned,
    fold,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["Mark", "Picture", "Step", "TurnRow", "picture"]


class Mark(msgspec.Struct, frozen=True):
    """Something that happened without a tool: a trap, a checkpoint, a warning, a command of the user."""

    kind: str
    text: str


class Step(msgspec.Struct, kw_only=True):
    """One column.

    Attributes:
        at: ms since 1970.
        tool: the tool; empty for changes that no tool made.
        what: what it was about.
        failed: whether it failed; ``None`` if no result came.
        message: what it said then.
        tests: what it reported about tests.
        changes: the files that changed.
        ms: how long it took.
        here: whether it is on the current branch.
    """

    at: int
    tool: str
    what: str = ""
    failed: bool | None = None
    message: str = ""
    tests: RunnerReport | None = None
    changes: list[Change] = []
    ms: int = 0
    here: bool = True


class TurnRow(msgspec.Struct, kw_only=True):
    """A turn with its steps.

    Attributes:
        number: of the turn in the session, 0 for what happened outside of any.
        prompt: of the run, if the turn is its first.
        at: ms since 1970.
        tokens: of the turn, with its ``cost`` in dollars.
    """

    number: int
    at: int
    prompt: str | None = None
    tokens: int = 0
    cost: float = 0.0
    steps: list[Step] = []
    marks: list[Mark] = []
    here: bool = True


class Picture(msgspec.Struct, kw_only=True):
    """All that is shown.

    Attributes:
        session: id of the session.
        cwd: its folder.
        turns: oldest first.
        loops: every loop there was, oldest first.
        state: what it came to.
    """

    session: str
    cwd: str
    turns: list[TurnRow]
    loops: list[Pattern]
    state: State

    @property
    def steps(self) -> list[Step]:
        """The steps of all turns."""
        return [step for turn in self.turns for step in turn.steps]


def picture(session: str, cwd: str, events: Sequence[Event], here: Collection[int] | None = None) -> Picture:
    """Return the picture of a session.

    Args:
        session: id of the session.
        cwd: its folder.
        events: ordered by time.
        here: ids (of Python) of the events on the current branch; ``None`` if all are.
    """
    painter = _Painter()
    for event in events:
        painter.take(event, is_here=here is None or id(event) in here)
    current = [event for event in events if here is None or id(event) in here]
    return Picture(session=session, cwd=cwd, turns=painter.turns, loops=history(current), state=fold(current))


class _Painter:
    def __init__(self) -> None:
        self.turns: list[TurnRow] = []
        self._steps: dict[str, Step] = {}
        self._prompt: str | None = None
        self._count = 0

    def take(self, event: Event, *, is_here: bool) -> None:
        match event:
            case Run():
                self._prompt = event.prompt
            case Turn():
                self._count += is_here
                turn = TurnRow(number=self._count, at=event.at, prompt=self._prompt, here=is_here)
                self.turns.append(turn)
                self._prompt = None
            case TurnEnded():
                turn = self._turn(event.at)
                turn.tokens, turn.cost = turn.tokens + event.tokens, turn.cost + event.cost
            case Call():
                step = self._steps[event.call] = Step(at=event.at, tool=event.tool, what=event.what, here=is_here)
                self._turn(event.at).steps.append(step)
            case Result():
                self._result(event, is_here=is_here)
            case Change():
                self._change(event, is_here=is_here)
            case _:
                self._mark(event)

    def _result(self, event: Result, *, is_here: bool) -> None:
        step = self._steps.get(event.call)
        if step is None:
            step = Step(at=event.at, tool=event.tool, what=event.what, here=is_here)
            self._turn(event.at).steps.append(step)
        step.failed, step.message, step.tests, step.ms = event.failed, event.message, event.tests, event.ms

    def _change(self, event: Change, *, is_here: bool) -> None:
        step = self._steps.get(event.call) if event.call else None
        if step is None:
            step = Step(at=event.at, tool="", what=event.path, here=is_here)
            self._turn(event.at).steps.append(step)
        step.changes.append(event)

    def _mark(self, event: Event) -> None:
        match event:
            case Trapped():
                mark = Mark("trap", f"{event.outcome}: {event.description}")
            case Marked():
                mark = Mark("checkpoint", event.reason)
            case Warned():
                mark = Mark("warned", f"{event.type} {event.key}")
            case UserShell():
                mark = Mark("user", event.command)
            case _:
                return
        self._turn(event.at).marks.append(mark)

    def _turn(self, at: int) -> TurnRow:
        if not self.turns:
            self.turns.append(TurnRow(number=0, at=at))
        return self.turns[-1]
