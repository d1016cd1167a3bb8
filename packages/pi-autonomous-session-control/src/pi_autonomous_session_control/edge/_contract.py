"""What must hold, and how a tool's result says whether it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Invariant", "Issue", "Report", "asserted", "envelope"]


class Invariant(NamedTuple):
    """Something that must hold.

    Attributes:
        id: its name, which people and programs look for.
        holds: whether it does.
        message: what is wrong if it doesn't.
        level: a warning leaves the report ``ok``.
    """

    id: str
    holds: bool
    message: str
    level: Literal["error", "warning"] = "error"


class Issue(msgspec.Struct, frozen=True):
    """An invariant that does not hold."""

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


def asserted(invariants: Iterable[Invariant]) -> Report:
    """Return which invariants hold; nothing is raised for one that doesn't."""
    checked = list(invariants)
    issues = tuple(Issue(one.id, one.message, one.level) for one in checked if not one.holds)
    return Report(all(issue.level != "error" for issue in issues), len(checked), issues)


def envelope(text: str, status: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of a tool: one block of text, and details in which ``status`` is what it is said to be here."""
    return {"content": [{"type": "text", "text": text}], "details": {**details, "status": status}}
