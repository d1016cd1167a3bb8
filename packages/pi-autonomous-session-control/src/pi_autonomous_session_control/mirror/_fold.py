"""What is true now, as the fold over the events on the current branch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from pi_autonomous_session_control.mirror._events import (
    Asked,
    Began,
    Branched,
    Call,
    Change,
    Confident,
    Delivered,
    Event,
    Marked,
    Queued,
    Result,
    Run,
    RunnerReport,
    Trapped,
    Turn,
    TurnEnded,
)
from pi_autonomous_session_control.mirror._normal import error_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["CHILD_TOOLS", "Child", "CommandRun", "ErrorKind", "FileState", "State", "fold"]

#: Tools that start another agent.
CHILD_TOOLS: Final = frozenset({"dispatch_subagent", "subagent", "task"})


class FileState(msgspec.Struct, kw_only=True):
    """What became of a file.

    Attributes:
        path: as it was named first.
        ops: how often it changed.
        last_op: what happened last.
        by: how often it was changed by whom.
        digest: of its content now.
        seen: whether its last change was found on the disk.
    """

    path: str
    ops: int = 0
    last_op: str = ""
    by: dict[str, int] = {}
    digest: str = ""
    seen: bool = True


class CommandRun(msgspec.Struct, frozen=True):
    """A command that ran to its end."""

    command: str
    failed: bool
    at: int
    tests: RunnerReport | None


class ErrorKind(msgspec.Struct, kw_only=True):
    """Errors of one tool that have their signature in common."""

    tool: str
    signature: str
    count: int = 0
    last_message: str = ""
    first_at: int = 0
    last_at: int = 0


class Child(msgspec.Struct, kw_only=True):
    """A run of another agent; ``status`` is ``running``, ``done`` or ``failed``."""

    call: str
    objective: str
    status: str = "running"


class State(msgspec.Struct, kw_only=True):
    """What the mirror shows.

    Attributes:
        started_at: when the session began, ms since 1970.
        last_change_at: when a file changed last, ``None`` for never.
        turns_since_change: turns that began after that; all of them if there was none.
        commands: commands of the agent, oldest first; ``errors`` are those of all tools.
        queued: follow-ups that have not been delivered.
        tokens: of all requests; ``cost`` in dollars.
    """

    started_at: int | None = None
    turns: int = 0
    runs: int = 0
    tokens: int = 0
    cost: float = 0.0
    files: dict[str, FileState] = {}
    operations: int = 0
    last_change_at: int | None = None
    turns_since_change: int = 0
    commands: list[CommandRun] = []
    errors: dict[tuple[str, str], ErrorKind] = {}
    tests: list[RunnerReport] = []
    children: dict[str, Child] = {}
    trapped: list[Trapped] = []
    branches: list[Branched] = []
    confidence: list[Confident] = []
    help: list[Asked] = []
    checkpoints: list[Marked] = []
    queued: dict[str, Queued] = {}
    cwd: str = ""


def fold(events: Iterable[Event]) -> State:
    """Return what ``events``, oldest first, come to."""
    state = State()
    for event in events:
        step = _STEPS.get(type(event))
        if step is not None:
            step(state, event)
    return state


def _began(state: State, event: Began) -> None:
    if state.started_at is None:
        state.started_at = event.at
    state.cwd = event.cwd


def _turn(state: State, event: Turn) -> None:
    del event
    state.turns += 1
    state.turns_since_change += 1


def _run(state: State, event: Run) -> None:
    del event
    state.runs += 1


def _turn_ended(state: State, event: TurnEnded) -> None:
    state.tokens += event.tokens
    state.cost += event.cost


def _call(state: State, event: Call) -> None:
    if event.tool in CHILD_TOOLS:
        state.children[event.call] = Child(call=event.call, objective=event.what)


def _result(state: State, event: Result) -> None:
    if event.tool == "bash":
        state.commands.append(CommandRun(event.what, event.failed, event.at, event.tests))
    if event.tests is not None:
        state.tests.append(event.tests)
    if event.call in state.children:
        state.children[event.call].status = "failed" if event.failed else "done"
    if event.failed:
        _error(state, event)


def _error(state: State, event: Result) -> None:
    signature = error_signature(event.message)
    key = (event.tool, signature)
    kind = state.errors.setdefault(key, ErrorKind(tool=event.tool, signature=signature, first_at=event.at))
    kind.count += 1
    kind.last_message, kind.last_at = event.message, event.at


def _change(state: State, event: Change) -> None:
    key = os.path.normpath(os.path.join(state.cwd, event.path))  # noqa: PTH118  # no file is looked at
    file = state.files.setdefault(key, FileState(path=event.path))
    file.ops += 1
    file.last_op, file.digest, file.seen = event.op, event.digest, event.seen
    file.by[event.by] = file.by.get(event.by, 0) + 1
    state.operations += 1
    state.last_change_at = event.at
    state.turns_since_change = 0


def _queued(state: State, event: Queued) -> None:
    state.queued[event.id] = event


def _delivered(state: State, event: Delivered) -> None:
    state.queued.pop(event.id, None)


def _append(name: str) -> Callable[[State, Event], None]:
    def step(state: State, event: Event) -> None:
        getattr(state, name).append(event)

    return step


_STEPS: Final[dict[type, Callable[..., None]]] = {
    Began: _began,
    Turn: _turn,
    Run: _run,
    TurnEnded: _turn_ended,
    Call: _call,
    Result: _result,
    Change: _change,
    Queued: _queued,
    Delivered: _delivered,
    Trapped: _append("trapped"),
    Branched: _append("branches"),
    Confident: _append("confidence"),
    Asked: _append("help"),
    Marked: _append("checkpoints"),
}
