"""Finding what repeats without getting anywhere.

A repetition counts only with its outcome: the same call with the same result, the same content again, the same tests
failing. What changes from one time to the next, such as a poll that shows progress, is no loop, and neither is a
validation that passes. A success of the same thing ends a loop, and so does a pause of some steps.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.loops._records import Pattern
from pi_autonomous_session_control.loops._steps import window
from pi_autonomous_session_control.mirror import command_key, error_signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pi_autonomous_session_control.loops._records import Severity
    from pi_autonomous_session_control.loops._steps import Step, Window
    from pi_autonomous_session_control.mirror import Event

__all__ = ["STALLED", "find"]

_THRESHOLD: Final = 3
_MANY: Final = 5
#: Turns without a change of any file.
STALLED: Final = 5
_LONG_STALL: Final = 10
#: A repetition that has not shown in so many steps is over.
_RECENT: Final = 8
_LONGEST_CYCLE: Final = 6
_WASTED: Final = 0.6


def find(events: Iterable[Event], *, turns_since_change: int = 0) -> list[Pattern]:
    """Return what shows in ``events``, ordered by time: loops first, the worst before the others.

    Args:
        events: those on the current branch.
        turns_since_change: turns since a file changed last.
    """
    seen = window(events)
    found = [
        *_failing_tests(seen),
        *_errors(seen.steps),
        *_repeats(seen.steps),
        *_cycles(seen.steps),
        *_oscillations(seen),
        *_costs(seen),
        *_course(seen, turns_since_change),
    ]
    rank = {"critical": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda pattern: (not pattern.is_loop, rank[pattern.severity], -pattern.last_seen))


def _repeats(steps: Sequence[Step]) -> Iterator[Pattern]:
    """Find calls that are made again and again with one outcome."""
    groups: dict[tuple[str, str], list[int]] = {}
    contents: set[tuple[str, str]] = set()
    for index, step in enumerate(steps):
        news = {change for change in step.changes if change[1] and change not in contents}
        contents |= news
        if not step.failed and step.validates:
            # It passes: what failed before is mended, and passing again is no loop.
            groups.pop(_subject(step), None)
            continue
        if not step.failed and news:
            # It does something; only doing it again without effect would be a repetition.
            groups[_subject(step)] = [index]
            continue
        group = groups.setdefault(_subject(step), [])
        if group and _sameness(steps[group[-1]]) != _sameness(step):
            group.clear()
        group.append(index)
    for (kind, key), group in groups.items():
        last = steps[group[-1]]
        if len(group) < _THRESHOLD or group[-1] < len(steps) - _RECENT or (last.tests and last.failed):
            continue
        failed = any(steps[index].failed for index in group)
        critical = failed or (kind == "edit_loop" and len(group) >= _MANY)
        yield _pattern(
            kind,
            key,
            [steps[index] for index in group],
            severity="critical" if critical else "warning",
            explanation=f"{_named(last)} ran {len(group)} times with the same outcome"
            + (f": {last.message.splitlines()[0]}" if last.failed and last.message else ""),
            suggestion=_WAYS_OUT[kind, failed],
        )


_WAYS_OUT: Final = {
    ("command_loop", True): "Read the message, change what it complains about or the command, before running it again.",
    ("command_loop", False): "Its output does not change: use what it says, wait longer, or look elsewhere.",
    ("edit_loop", True): "Read the file as it is now and edit from its real text.",
    ("edit_loop", False): "Read the file as it is now; the same edit again changes nothing.",
    ("call_loop", True): "Use other arguments, or another tool.",
    ("call_loop", False): "Its result does not change: use what it says, or look elsewhere.",
}


def _sameness(step: Step) -> tuple[str, str]:
    # Two commands that fail alike are the same attempt; two that say nothing may be different work.
    return step.outcome, "" if step.failed else step.args


def _subject(step: Step) -> tuple[str, str]:
    if step.tool == "bash":
        return "command_loop", command_key(step.what)
    if step.tool in {"edit", "write"}:
        return "edit_loop", f"{step.what}"
    return "call_loop", f"{step.tool} {step.what} {step.args}"


def _errors(steps: Sequence[Step]) -> Iterator[Pattern]:
    """Find errors that come back; a success of the same tool on the same thing ends them."""
    groups: dict[tuple[str, str], list[int]] = {}
    for index, step in enumerate(steps):
        if step.failed:
            groups.setdefault((step.tool, error_signature(step.message)), []).append(index)
        elif step.validates:
            groups = {key: group for key, group in groups.items() if key[0] != step.tool}
        else:
            mended = {key for key, group in groups.items() if steps[group[-1]].what == step.what}
            groups = {key: group for key, group in groups.items() if key not in mended}
    for (tool, signature), group in groups.items():
        calls = {steps[index].what for index in group}
        if len(group) < _THRESHOLD or group[-1] < len(steps) - _RECENT or any(steps[i].tests for i in group):
            continue
        yield _pattern(
            "error_loop",
            f"{tool}: {signature}",
            [steps[index] for index in group],
            severity="critical",
            explanation=f"{tool} failed {len(group)} times in the same way, with {_counted(len(calls), 'call')}",
            suggestion="Find out why before trying again: read the whole message, and check what it takes for granted.",
        )


def _cycles(steps: Sequence[Step]) -> Iterator[Pattern]:
    """Find a sequence of steps at the end that repeats, outcomes included."""
    for length in range(2, _LONGEST_CYCLE + 1):
        if len(steps) < 2 * length:
            return
        cycle = [step.key for step in steps[-length:]]
        if len(set(cycle)) == 1:
            continue
        times = 1
        while [step.key for step in steps[-length * (times + 1) : -length * times]] == cycle:
            times += 1
        part = steps[-length:]
        harmless = all(step.validates and not step.failed for step in part)
        acts = any(step.failed or step.changes for step in part)
        if harmless or times < (2 if acts else _THRESHOLD):
            continue
        names = " -> ".join(_named(step) for step in part)
        yield _pattern(
            "cycle",
            names,
            steps[-length * times :],
            count=times,
            severity="critical" if times >= _THRESHOLD and acts else "warning",
            explanation=f"the same {length} steps ran {times} times with the same outcomes: {names}",
            suggestion="None of these steps tells anything new: leave the cycle, and test the assumption behind it.",
        )
        return


def _oscillations(seen: Window) -> Iterator[Pattern]:
    """Find files whose content comes back to what it was."""
    contents: dict[str, list[tuple[int, Any]]] = {}
    for index, change in seen.changes:
        if change.by != "user":
            contents.setdefault(change.path, []).append((index, change))
    for path, versions in contents.items():
        digests = [change.digest for _, change in versions]
        times = Counter(digests)
        again = sum(count - 1 for count in times.values())
        back = digests[-1] if times[digests[-1]] > 1 else ""
        if again < 2 or not back or versions[-1][0] < len(seen.steps) - _RECENT:  # noqa: PLR2004  # A-B-A-B, or A-B-A-C-A
            continue
        changes = [change for _, change in versions]
        yield Pattern(
            type="oscillation",
            key=path,
            count=again,
            first_seen=changes[0].at,
            last_seen=changes[-1].at,
            severity="critical" if again >= _THRESHOLD else "warning",
            explanation=f"{path} has a content again that it had before, {again} times in {len(changes)} changes",
            suggestion="Two wishes contradict each other: say which one wins, then change the other side.",
            entries=tuple(dict.fromkeys(change.entry for change in changes if change.entry)),
        )


def _failing_tests(seen: Window) -> Iterator[Pattern]:
    """Find tests that fail in run after run, while no other test gets mended."""
    runs = [(index, step) for index, step in enumerate(seen.steps) if step.tests is not None]
    streak: list[Step] = []
    for _, step in runs:
        tests = step.tests
        before = streak[-1].tests if streak else None
        if tests is None or not tests.failed:
            streak = []
        elif before is not None and (tests.failed < before.failed or not _are_same(before.failing, tests.failing)):
            streak = [step]
        else:
            streak.append(step)
    if len(streak) < _THRESHOLD or runs[-1][0] < len(seen.steps) - _RECENT:
        return
    last = streak[-1].tests
    names = ", ".join(last.failing[:3]) if last and last.failing else f"{last.failed if last else 0} tests"
    edits = sum(1 for _, change in seen.changes if streak[0].at <= change.at <= streak[-1].at)
    yield _pattern(
        "failing_test",
        names,
        streak,
        severity="critical" if len(streak) >= _MANY else "warning",
        explanation=f"{names} failed in {len(streak)} runs, with {_counted(edits, 'change')} in between",
        suggestion="Run only this test, read its first error, and check that the code it runs is the code you change.",
    )


def _are_same(before: tuple[str, ...], now: tuple[str, ...]) -> bool:
    return not before or not now or set(before) <= set(now)


def _costs(seen: Window) -> Iterator[Pattern]:
    """Find turns that cost something and bring nothing: no change, and mostly steps that were made before."""
    last_change = max((change.at for _, change in seen.changes), default=0)
    turns = [at for at in seen.turns if at > last_change]
    steps = [step for step in seen.steps if step.at > last_change]
    if len(turns) < STALLED or len(steps) < STALLED:
        return
    earlier = {step.key for step in seen.steps if step.at <= last_change}
    repeated = 0
    for step in steps:
        repeated += step.key in earlier
        earlier.add(step.key)
    if repeated < _WASTED * len(steps):
        return
    tokens = sum(number for at, number in seen.tokens if at > last_change)
    spent = sum(number for at, number in seen.spent if at > last_change)
    yield _pattern(
        "cost_loop",
        f"{len(turns)} turns",
        steps,
        severity="critical" if len(turns) >= _LONG_STALL else "warning",
        explanation=f"{len(turns)} turns and {tokens:,} tokens (${spent:.2f}) since the last change; "
        f"{repeated} of {len(steps)} steps gave what earlier ones had given",
        suggestion="Stop and write down what is known and what is not, then ask for what is missing.",
    )


def _course(seen: Window, turns_since_change: int) -> Iterator[Pattern]:
    """Tell how it goes."""
    last = seen.turns[-1] if seen.turns else 0
    if turns_since_change >= STALLED:
        severity: Severity = "critical" if turns_since_change >= _LONG_STALL else "warning"
        first = seen.turns[-min(turns_since_change, len(seen.turns))] if seen.turns else 0
        yield Pattern(
            type="stall",
            key="turns",
            count=turns_since_change,
            first_seen=first,
            last_seen=last,
            severity=severity,
            explanation=f"{turns_since_change} turns without a change of any file",
            suggestion="If a change is the goal, make the smallest one that can be tested.",
        )
    if seen.changes:
        changes = [change for _, change in seen.changes]
        yield Pattern(
            type="progress",
            key="files",
            count=len(changes),
            first_seen=changes[0].at,
            last_seen=changes[-1].at,
            severity="info",
            explanation=f"{_counted(len(changes), 'change')} lately",
        )


def _pattern(kind: str, key: str, steps: Sequence[Step], **members: Any) -> Pattern:
    given = {"count": len(steps), **members}
    entries = tuple(dict.fromkeys(step.entry for step in steps if step.entry))
    return Pattern(type=kind, key=key, first_seen=steps[0].at, last_seen=steps[-1].at, entries=entries, **given)


def _named(step: Step) -> str:
    return f"{step.tool} `{' '.join(step.what.split())[:60]}`"


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
