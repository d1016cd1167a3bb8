"""What must hold about the counters, whatever happened; reported, never enforced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pi_autonomous_session_control.edge import Invariant, Report, asserted, number

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Counters", "check", "page"]


class Counters(msgspec.Struct, kw_only=True, frozen=True):
    """The counters of a session; the numbers may be anything that was reported."""

    turn_count: float = 0
    turns_since_change: float = 0
    active: float = 0
    completed: float = 0
    max_concurrent: float = 5
    sessions_dir: str = ".pi-subagent-sessions"
    reserved_names: object = ()


def check(counters: Counters) -> Report:
    """Return which invariants hold."""
    return asserted(_invariants(counters))


def page(report: Report) -> str:
    """Return the report for people."""
    listed = [f"- **{issue.level}** `{issue.id}`: {issue.message}" for issue in report.issues] or ["- none"]
    status = "OK" if report.ok else "FAILED"
    return "\n".join(
        ["# Runtime invariants", "", f"Status: {status}", f"Checks: {report.checked}", "", "## Issues", "", *listed]
    )


def _invariants(c: Counters) -> Iterator[Invariant]:
    for name, count in (
        ("ops.turnCount", c.turn_count),
        ("ops.turnsSinceMeaningfulChange", c.turns_since_change),
        ("subagent.activeCount", c.active),
        ("subagent.completedCount", c.completed),
    ):
        yield Invariant(f"{name}.invalid", number(count, least=0, integer=True) is not None, f"{count!r} is no count")
    limit = number(c.max_concurrent, least=1, integer=True)
    yield Invariant("subagent.maxConcurrent.invalid", limit is not None, f"{c.max_concurrent!r} is no limit")
    yield Invariant(
        "ops.turnsSinceMeaningfulChange.gt.turnCount",
        not c.turns_since_change > c.turn_count,
        f"{c.turns_since_change} turns since the last change, of {c.turn_count}",
    )
    yield Invariant(
        "subagent.activeCount.gt.maxConcurrent",
        not c.active > c.max_concurrent,
        f"{c.active} are active, {c.max_concurrent} may be",
        "warning",
    )
    yield Invariant("subagent.sessionsDir.missing", bool(c.sessions_dir), "there is no folder for sessions", "warning")
    names = c.reserved_names
    listed = isinstance(names, list | tuple | set | frozenset) and all(isinstance(name, str) for name in names)
    yield Invariant("subagent.reservedSessionNames.invalid", listed, f"{names!r} is no set of names")
