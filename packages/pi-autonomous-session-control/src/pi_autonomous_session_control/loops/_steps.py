"""What was done lately, a step for each call with what came of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_autonomous_session_control.mirror import Call, Change, Result, RunnerReport, Turn, TurnEnded, UserShell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_autonomous_session_control.mirror import Event

__all__ = ["Step", "Window", "window"]

#: So many steps are looked at; what is older is over.
_STEPS: Final = 60
#: The mirror itself.
_OWN: Final = "self"
_WATCH: Final = re.compile(
    r"\b(?:pytest|unittest|nox|tox|jest|vitest|mocha|ava|rspec|phpunit|ctest|tsc|ruff|mypy|pyright|eslint|prettier|"
    r"(?:go|cargo|npm|pnpm|yarn|bun|deno|make|just|dotnet|mvn|gradle|swift)\b.*\b(?:test|check|lint|build|vet|clippy)|"
    r"git\s+(?:status|diff|log|show|add|commit|push|pull|fetch))\b"
)


class Step(NamedTuple):
    """A call that ran.

    Attributes:
        tool: its tool.
        what: what it was about.
        args: digest of its arguments.
        outcome: digest of what came out.
        failed: whether it failed.
        message: what it said then.
        tests: what it reported about tests.
        changes: paths it changed, with digests of their contents.
        validates: it is a run of tests or the like, which is repeated for a good reason.
        at: when it ended, ms since 1970.
        entry: its entry in the session.
        tokens: of the turn it belongs to, as far as that is over.
    """

    tool: str
    what: str
    args: str
    outcome: str
    failed: bool
    message: str
    tests: RunnerReport | None
    changes: tuple[tuple[str, str], ...]
    validates: bool
    at: int
    entry: str | None

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for the same call with the same outcome."""
        return self.tool, self.args, self.outcome


class Window(NamedTuple):
    """The last steps, and what else is known about that time.

    Attributes:
        steps: oldest first.
        changes: every change of a file, with the index of the step after which it happened.
        turns: when each turn began, ms since 1970.
        tokens: tokens of the turns that ended, with the time.
        spent: the same in dollars.
    """

    steps: list[Step]
    changes: list[tuple[int, Change]]
    turns: list[int]
    tokens: list[tuple[int, int]]
    spent: list[tuple[int, float]]


def window(events: Iterable[Event]) -> Window:
    """Return the last steps of ``events``, which are ordered by time."""
    found = list(events)
    calls = {event.call: event for event in found if isinstance(event, Call)}
    changed: dict[str, list[tuple[str, str]]] = {}
    for event in found:
        if isinstance(event, Change) and event.call:
            changed.setdefault(event.call, []).append((event.path, event.digest))
    results = [event for event in found if isinstance(event, Result) and event.tool != _OWN]
    since = results[-_STEPS].at if len(results) > _STEPS else 0
    view = Window([], [], [], [], [])
    for event in found:
        if event.at < since:
            continue
        if isinstance(event, Result) and event.tool != _OWN:
            view.steps.append(_step(event, calls.get(event.call), tuple(changed.get(event.call, ()))))
        elif isinstance(event, Change):
            view.changes.append((len(view.steps), event))
        elif isinstance(event, Turn):
            view.turns.append(event.at)
        elif isinstance(event, TurnEnded):
            view.tokens.append((event.at, event.tokens))
            view.spent.append((event.at, event.cost))
        elif isinstance(event, UserShell):
            continue
    return view


def _step(result: Result, call: Call | None, changes: tuple[tuple[str, str], ...]) -> Step:
    validates = result.tests is not None or (result.tool == "bash" and _WATCH.search(result.what) is not None)
    return Step(
        tool=result.tool,
        what=result.what,
        args=call.digest if call is not None else result.what,
        outcome=result.digest,
        failed=result.failed,
        message=result.message,
        tests=result.tests,
        changes=changes,
        validates=validates,
        at=result.at,
        entry=result.entry,
    )
