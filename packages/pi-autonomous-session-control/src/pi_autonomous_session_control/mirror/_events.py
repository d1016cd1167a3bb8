"""What is written down about a session. An event is never taken back; what is true is the fold over them.

``at`` is in milliseconds since 1970. ``entry`` is the entry of the session that the event belongs to; ``None`` is
before the first one.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

__all__ = [
    "MAX_WHAT",
    "Asked",
    "Began",
    "Branched",
    "Call",
    "Change",
    "Compacted",
    "Confident",
    "Delivered",
    "Event",
    "Marked",
    "Moved",
    "Operation",
    "Queued",
    "Result",
    "Run",
    "RunEnded",
    "RunnerReport",
    "Trapped",
    "Turn",
    "TurnEnded",
    "UserShell",
    "Warned",
]

#: Characters of a command, a message or another text that are kept.
MAX_WHAT: Final = 500

Operation: TypeAlias = Literal["create", "modify", "delete"]


class _Event(msgspec.Struct, kw_only=True, omit_defaults=True, tag_field="kind", tag=str.lower):
    at: int
    entry: str | None = None


class Began(_Event):
    """A process took up the session."""

    reason: str
    cwd: str = ""


class Run(_Event):
    """A run of the agent begins."""

    prompt: str = ""


class RunEnded(_Event):
    """The run is over, nothing is left to do."""

    aborted: bool = False


class Turn(_Event):
    """A request to the model begins."""


class TurnEnded(_Event):
    """The turn is complete.

    Attributes:
        tokens: of the request and of the answer.
        cost: in dollars, as pi reckons it.
    """

    tokens: int = 0
    cost: float = 0.0


class Call(_Event):
    """A tool is about to run.

    Attributes:
        call: pi's id of the call.
        tool: name of the tool.
        what: what it is about: the command, the path, or the arguments as JSON.
        digest: of all its arguments.
    """

    call: str
    tool: str
    what: str = ""
    digest: str = ""


class RunnerReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a test runner reported.

    Attributes:
        runner: its name.
        passed: number of tests.
        failed: number of tests, errors included.
        skipped: number of tests.
        failing: names of failing tests, as far as the output has them.
    """

    runner: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failing: tuple[str, ...] = ()


class Result(_Event):
    """A tool has run.

    Attributes:
        call: pi's id of the call.
        tool: name of the tool.
        what: as in `Call`; empty if the call was not seen.
        failed: whether it failed.
        digest: of what came out, without durations and the like.
        message: the beginning of what it said, only if it failed.
        tests: what it reported about tests.
        ms: how long it took.
    """

    call: str
    tool: str
    what: str = ""
    failed: bool = False
    digest: str = ""
    message: str = ""
    tests: RunnerReport | None = None
    ms: int = 0


class UserShell(_Event):
    """The user ran a command."""

    command: str


class Change(_Event):
    """A file is not as it was.

    Attributes:
        path: relative to the session's folder if it is in it.
        op: what happened to it.
        by: the tool; ``child`` for a child run; ``user`` for anybody else: the user, an editor, a program left running.
        call: pi's id of the call, empty if none did it.
        digest: of the content now, empty if it is gone.
        lines: by how many it grew, as far as the tool says so.
        seen: whether it was found on the disk; otherwise only the tool says so.
    """

    path: str
    op: Operation
    by: str
    call: str = ""
    digest: str = ""
    lines: int = 0
    seen: bool = True


class Trapped(_Event):
    """A call stepped into a trap."""

    trap: str
    level: str
    outcome: str
    tool: str
    description: str = ""


class Moved(_Event):
    """The user moved in the session tree."""

    to: str | None = None


class Compacted(_Event):
    """Older messages were replaced by a summary."""


class Branched(_Event):
    """An alternative was proposed; ``source`` is the entry to fork from."""

    id: str
    objective: str
    source: str


class Confident(_Event):
    """The agent said how sure it is."""

    level: str
    context: str


class Asked(_Event):
    """The agent asked for help."""

    topic: str
    urgency: str
    context: str = ""


class Marked(_Event):
    """A checkpoint; ``target`` is the labelled entry."""

    id: str
    label: str
    reason: str
    target: str | None = None


class Queued(_Event):
    """A follow-up to be delivered at ``due``, after ``turns`` more turns, or else when the run settles."""

    id: str
    text: str
    context: str = ""
    due: int | None = None
    turns: int | None = None


class Delivered(_Event):
    """A follow-up was delivered."""

    id: str


class Warned(_Event):
    """The agent was told that it goes in circles."""

    type: str
    key: str
    count: int


Event: TypeAlias = (
    Began
    | Run
    | RunEnded
    | Turn
    | TurnEnded
    | Call
    | Result
    | UserShell
    | Change
    | Trapped
    | Moved
    | Compacted
    | Branched
    | Confident
    | Asked
    | Marked
    | Queued
    | Delivered
    | Warned
)
