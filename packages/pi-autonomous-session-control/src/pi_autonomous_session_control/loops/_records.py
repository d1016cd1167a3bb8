"""What repeats."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

__all__ = ["LOOPS", "Pattern", "Severity"]

Severity: TypeAlias = Literal["info", "warning", "critical"]

#: The types that mean going in circles; ``stall`` and ``progress`` only tell how it goes.
LOOPS = frozenset(
    {"edit_loop", "command_loop", "error_loop", "call_loop", "cycle", "oscillation", "failing_test", "cost_loop"}
)


class Pattern(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """Something that shows in what happened lately.

    Attributes:
        type: the sort: ``edit_loop``, ``command_loop``, ``error_loop``, ``call_loop`` (another tool), ``cycle``,
            ``oscillation``, ``failing_test``, ``cost_loop``, ``stall`` or ``progress``.
        key: what it is about: a path, a command, a message, the names of tests.
        count: how often.
        first_seen: ms since 1970, as ``last_seen``.
        severity: how bad.
        explanation: what repeats, in a sentence.
        suggestion: a way out, in a sentence.
        entries: entries of the session where it shows, oldest first.
    """

    type: str
    key: str
    count: int
    first_seen: int
    last_seen: int
    severity: Severity
    explanation: str = ""
    suggestion: str = ""
    entries: tuple[str, ...] = ()

    @property
    def is_loop(self) -> bool:
        """Whether it means going in circles."""
        return self.type in LOOPS
