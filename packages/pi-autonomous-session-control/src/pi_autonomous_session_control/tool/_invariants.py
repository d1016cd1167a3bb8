"""What must hold about the counters, whatever happened; reported, never enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CHECKS", "Counters", "Issue", "Report", "check"]

CHECKS: Final = 9


class Counters(msgspec.Struct, kw_only=True, frozen=True):
    """The counters of a session; the numbers may be anything that was reported."""

    turn_count: float = 0
    turns_since_change: float = 0
    active: float = 0
    completed: float = 0
    max_concurrent: float = 5
    sessions_dir: str = ".pi-subagent-sessions"
    reserved_names: object = ()


class Issue(msgspec.Struct, frozen=True):
    """A check that failed."""

    id: str
    message: str
    level: Literal["error", "warning"]


class Report(msgspec.Struct, frozen=True):
    """What the checks came to; only errors make it not ``ok``."""

    ok: bool
    checked: int
    issues: tuple[Issue, ...]

    @property
    def line(self) -> str:
        """The report in a few words."""
        return f"OK ({self.checked} checks)" if not self.issues else f"{len(self.issues)} issue(s)"

    @property
    def markdown(self) -> str:
        """The report as a page."""
        listed = [f"- **{issue.level}** `{issue.id}`: {issue.message}" for issue in self.issues] or ["- none"]
        status = "OK" if self.ok else "FAILED"
        return "\n".join(
            ["# Runtime invariants", "", f"Status: {status}", f"Checks: {self.checked}", "", "## Issues", "", *listed]
        )


def check(counters: Counters) -> Report:
    """Return which invariants hold."""
    issues = tuple(_issues(counters))
    return Report(all(issue.level != "error" for issue in issues), CHECKS, issues)


def _issues(c: Counters) -> Iterator[Issue]:
    numbers = (
        ("ops.turnCount", c.turn_count),
        ("ops.turnsSinceMeaningfulChange", c.turns_since_change),
        ("subagent.activeCount", c.active),
        ("subagent.completedCount", c.completed),
    )
    for name, number in numbers:
        if not _is_count(number):
            yield Issue(f"{name}.invalid", f"{number!r} is no count", "error")
    if not _is_count(c.max_concurrent) or c.max_concurrent < 1:
        yield Issue("subagent.maxConcurrent.invalid", f"{c.max_concurrent!r} is no limit", "error")
    if c.turns_since_change > c.turn_count:
        text = f"{c.turns_since_change} turns since the last change, of {c.turn_count}"
        yield Issue("ops.turnsSinceMeaningfulChange.gt.turnCount", text, "error")
    if c.active > c.max_concurrent:
        text = f"{c.active} are active, {c.max_concurrent} may be"
        yield Issue("subagent.activeCount.gt.maxConcurrent", text, "warning")
    if not c.sessions_dir:
        yield Issue("subagent.sessionsDir.missing", "there is no folder for sessions", "warning")
    names = c.reserved_names
    if not isinstance(names, list | tuple | set | frozenset) or not all(isinstance(name, str) for name in names):
        yield Issue("subagent.reservedSessionNames.invalid", f"{names!r} is no set of names", "error")


def _is_count(number: float) -> bool:
    return not isinstance(number, bool) and number >= 0 and number == number // 1
