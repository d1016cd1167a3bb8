"""One check, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pi_devkit.checks._context import Context

__all__ = ["Check", "Outcome", "Status", "judge", "not_asked", "passed"]

#: ``missing``: something it needs is not on this machine. ``blocked``: a check that it builds on did not pass.
Status = Literal["passed", "failed", "waived", "missing", "blocked"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a check.

    Attributes:
        status: how it ended.
        lines: what is wrong, or what is worth knowing, one line each.
        evidence: what was seen: hashes, versions, names.
    """

    status: Status
    lines: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to prove.

    Attributes:
        id: what it is called everywhere, such as ``R13``.
        title: what it proves, in a few words.
        run: proves it.
        quick: whether it is part of the quick run.
        needs: the checks that it builds on.
    """

    id: str
    title: str
    run: Callable[[Context], Outcome]
    quick: bool = True
    needs: tuple[str, ...] = ()


def judge(problems: Iterable[str], *notes: str, **evidence: Any) -> Outcome:
    """Failed if there are problems, else passed.

    Args:
        problems: what is wrong.
        notes: what is worth knowing if nothing is.
        evidence: what was seen.
    """
    found = tuple(problems)
    return Outcome("failed", found, evidence) if found else Outcome("passed", notes, evidence)


def passed(*notes: str, **evidence: Any) -> Outcome:
    """Passed.

    Args:
        notes: what is worth knowing.
        evidence: what was seen.
    """
    return Outcome("passed", notes, evidence)


def not_asked(whom: str, option: str) -> Outcome:
    """Left out because the user said so.

    Args:
        whom: what was not asked.
        option: what was said.
    """
    return Outcome("waived", (f"{option}: {whom} was not asked",))
