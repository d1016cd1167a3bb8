"""Runs the checks of a component, each after those that it builds on."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING

from pi_devkit._errors import DevkitError, EnvironmentMissingError
from pi_devkit.checks._context import Context
from pi_devkit.checks._model import Outcome
from pi_devkit.checks._registry import CHECKS
from pi_devkit.checks._report import Record, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_devkit.checks._bench import Bench
    from pi_devkit.checks._context import Asked
    from pi_devkit.checks._model import Check
    from pi_devkit.components import Component

__all__ = ["prove"]


def prove(
    bench: Bench, component: Component, asked: Asked, on_record: Callable[[Record], None] | None = None
) -> Report:
    """Prove a component.

    Args:
        bench: where.
        component: the component.
        asked: what is wanted.
        on_record: is called after each check.

    Returns:
        What came of each check.

    Raises:
        DevkitError: a check was asked for that does not exist, or the component's folder can't be read.
    """
    context = Context(bench, component, asked)
    report = Report(component.name, str(context.version))
    for check in _wanted(asked):
        begun = time.perf_counter()
        outcome = _waived(check, component, _run(check, context, report))
        record = Record(check.id, check.title, outcome, time.perf_counter() - begun)
        report.records.append(record)
        if on_record is not None:
            on_record(record)
    if "R06" in report.ids("passed"):
        report.hashes = context.artifacts.hashes()
    return report


def _wanted(asked: Asked) -> list[Check]:
    known = {check.id: check for check in CHECKS}
    unknown = [one for one in asked.only if one not in known]
    if unknown:
        raise DevkitError(f"there is no check {unknown[0]!r}; there are {CHECKS[0].id} to {CHECKS[-1].id}")
    wanted: set[str] = set()
    waiting = list(asked.only) or [check.id for check in CHECKS if check.quick or not asked.quick]
    while waiting:
        one = waiting.pop()
        if one not in wanted:
            wanted.add(one)
            waiting += known[one].needs
    return [check for check in CHECKS if check.id in wanted]


def _run(check: Check, context: Context, report: Report) -> Outcome:
    stopped = [one for one in check.needs if one in report.ids("failed", "missing", "blocked")]
    if stopped:
        return Outcome("blocked", (f"needs {', '.join(stopped)}, which did not pass",))
    try:
        return check.run(context)
    except EnvironmentMissingError as error:
        return Outcome("missing", tuple(str(error).splitlines()))
    except DevkitError as error:
        return Outcome("failed", tuple(str(error).splitlines()))
    except Exception as error:  # noqa: BLE001  # the others are still proved, and the report is written
        return Outcome(
            "failed", (f"{type(error).__name__}: {error}; this is a mistake of the check, please report it",)
        )


def _waived(check: Check, component: Component, outcome: Outcome) -> Outcome:
    today = dt.datetime.now(dt.UTC).date()
    for waiver in component.waivers:
        if waiver.check != check.id or waiver.until < today:
            continue
        if outcome.status == "passed":
            return Outcome("failed", (f"passes, though it is waived until {waiver.until}; take the waiver out",))
        if outcome.status in {"failed", "missing"}:
            return Outcome("waived", (f"until {waiver.until}: {waiver.reason}", *outcome.lines), outcome.evidence)
    return outcome
