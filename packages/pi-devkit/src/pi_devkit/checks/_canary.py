"""R24: the component in every pi it is proved with."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pi_devkit.canary import find_pi, run_row
from pi_devkit.checks._model import Outcome, judge, passed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pi_devkit.canary import Row
    from pi_devkit.checks._context import Context

__all__ = ["canary", "rows", "verdict"]


def canary(context: Context) -> Outcome:
    """R24: it works in each of its pis, but for what is expected to fail, which has to."""
    versions = context.workspace.pis(context.component)
    if not versions:
        return passed("it promises nothing inside pi")
    found, notes = [], []
    for row in rows(context, versions):
        problems, note = verdict(context, row)
        found += problems
        notes.append(note)
    return judge(found, *notes)


def rows(context: Context, versions: Iterable[str]) -> list[Row]:
    """Run the component in pis, on each Python that was asked for.

    Args:
        context: the component.
        versions: versions of pi, or names, as :func:`~pi_devkit.canary.find_pi` takes them.

    Raises:
        EnvironmentMissingError: a pi or a Python is not here.
    """
    pis = [find_pi(version, offline=context.bench.offline) for version in versions]
    found = []
    for python in context.pythons:
        venv = context.environment(python)
        venv.install(*context.wheels())
        found += [run_row(context.component, venv, pi, context.bench.fresh("pi"), python=python) for pi in pis]
    return found


def verdict(context: Context, row: Row) -> tuple[list[str], str]:
    """What a row means, with what is expected to fail.

    Returns:
        What is wrong, and a note.
    """
    label = f"pi {row.pi} on Python {row.python}"
    expected = next((one for one in context.component.expected_failures if one.pi == row.pi), None)
    if expected is None:
        return [f"{label}: {line}" for line in row.problems], f"{label}: works"
    if row.problems and expected.until < dt.datetime.now(dt.UTC).date():
        ended = f"was expected until {expected.until} to fail, and still does; mend it, or look at it anew"
        return [f"{label}: {ended}: {line}" for line in row.problems], ""
    if row.problems:
        return [], f"{label}: fails as expected until {expected.until}: {expected.reason}"
    return [f"{label}: works, though it is expected to fail; take it out of `expected-failures`"], ""
