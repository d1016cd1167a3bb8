"""What a package needs to bring an act of its own to ``pi-host demo``.

An act is a function of type ``Act``, named in the entry-point group ``pi_host.demo_acts``: it plays something in real
pi with a scripted model, tells each step as it happens, and says at the end whether everything went as it should.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit import PiHome, PiInstall

__all__ = ["Act", "Outcome", "Step"]


class Step(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One thing that happened.

    Attributes:
        kind: what sort of thing. Acts of other packages use ``scene`` (a heading), ``say``, ``good`` and ``bad``; the
            others are those of the first act.
        who: who did it: the user, the model, pi, a terminal or a plugin.
        text: what happened.
        us: how long the plugin took, microseconds; for a tool by pi's clock, which counts milliseconds.
    """

    kind: Literal[
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


class Act(Protocol):
    """Plays one act; its docstring's first line is the title.

    Raises:
        PiHostError: pi broke off.
    """

    def __call__(self, install: PiInstall, home: PiHome, tell: Callable[[Step], None]) -> Outcome:
        """Run real pi ``install`` in ``home``, an empty one, and call ``tell`` with each step as it happens."""
        ...
