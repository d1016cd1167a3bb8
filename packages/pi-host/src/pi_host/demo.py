"""What a package needs to bring an act of its own to ``pi-host demo``.

An act is a function of type ``Act``, named in the entry-point group ``pi_host.demo_acts``: it plays something in real
pi with a scripted model, tells each step as it happens, and says at the end whether everything went as it should.
"""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from pi_host._errors import PiHostError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

    from pi_testkit import PiHome, PiInstall

__all__ = ["Act", "Kind", "Outcome", "Playing", "Step"]

#: What sort of thing happened. Acts of other packages use ``scene`` (a heading), ``say``, ``good`` and ``bad``; the
#: others are those of the first act.
Kind = Literal[
    "user",
    "prompt",
    "offer",
    "request",
    "call",
    "pass",
    "ask",
    "result",
    "block",
    "answer",
    "scene",
    "say",
    "good",
    "bad",
]


class Step(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One thing that happened.

    Attributes:
        kind: what sort of thing.
        who: who did it: the user, the model, pi, a terminal or a plugin.
        text: what happened.
        us: how long the plugin took, microseconds; for a tool by pi's clock, which counts milliseconds.
    """

    kind: Kind
    who: str
    text: str
    us: float | None = None


class Outcome(msgspec.Struct, kw_only=True):
    """How an act went.

    Attributes:
        pi: version of pi.
        seconds: from pi's start to its end.
        steps: what happened.
        checks: whether it went as scripted, by what had to happen.
        lines: length of each plugin's file, lines of code, where the act shows files.
    """

    pi: str
    seconds: float
    steps: list[Step]
    checks: dict[str, bool]
    lines: dict[str, int] = {}

    @property
    def ok(self) -> bool:
        """Whether everything went as scripted."""
        return all(self.checks.values())


class Playing:
    """An act while it is played: tells each step, keeps what had to happen, and gives the outcome.

    Use it as a context manager: whatever of the test kit ends a session becomes a ``PiHostError``.

    Args:
        install: the pi.
        tell: is called with each step as it happens.

    Attributes:
        steps: what happened so far.
        checks: whether it goes as scripted, by what has to happen.
    """

    def __init__(self, install: PiInstall, tell: Callable[[Step], None]) -> None:
        self.steps: list[Step] = []
        self.checks: dict[str, bool] = {}
        self._pi = install.version
        self._tell = tell
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _where: TracebackType | None
    ) -> None:
        from pi_testkit import PiExitedError, PiTimeoutError, RpcError  # noqa: PLC0415  # an extra

        if isinstance(error, PiExitedError | PiTimeoutError | RpcError | subprocess.TimeoutExpired):
            raise PiHostError(f"the session broke off: {error}") from error

    def say(self, kind: Kind, who: str, text: str, us: float | None = None) -> None:
        """Tell a step.

        Args:
            kind: what sort of thing.
            who: who did it.
            text: what happened.
            us: how long the plugin took, microseconds.
        """
        step = Step(kind=kind, who=who, text=text, us=us)
        self.steps.append(step)
        self._tell(step)

    def outcome(self, lines: dict[str, int] | None = None) -> Outcome:
        """How it went.

        Args:
            lines: length of each plugin's file, lines of code, where the act shows files.
        """
        seconds = round(time.monotonic() - self._started, 2)
        return Outcome(pi=self._pi, seconds=seconds, steps=self.steps, checks=self.checks, lines=lines or {})


class Act(Protocol):
    """Plays one act; its docstring's first line is the title.

    Raises:
        PiHostError: pi broke off.
    """

    def __call__(self, install: PiInstall, home: PiHome, tell: Callable[[Step], None]) -> Outcome:
        """Run real pi ``install`` in ``home``, an empty one, and call ``tell`` with each step as it happens."""
        ...
