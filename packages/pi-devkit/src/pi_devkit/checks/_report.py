"""The report of one component."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pi_devkit.checks._model import Outcome

__all__ = ["Record", "Report"]


@dataclass(frozen=True, slots=True)
class Record:
    """One check and what came of it.

    Attributes:
        id: of the check.
        title: of the check.
        outcome: what came of it.
        seconds: how long it took.
    """

    id: str
    title: str
    outcome: Outcome
    seconds: float


@dataclass(slots=True)
class Report:
    """What one component has proved.

    Attributes:
        component: its name.
        version: its version.
        hashes: the SHA-256 of the proved artifacts by their names.
        records: the checks in their order.
    """

    component: str
    version: str
    hashes: dict[str, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)

    def ids(self, *statuses: str) -> list[str]:
        """The ids of the checks that ended in one of some ways."""
        return [record.id for record in self.records if record.outcome.status in statuses]

    @property
    def failed(self) -> list[str]:
        """The ids of the checks that failed."""
        return self.ids("failed")

    @property
    def code(self) -> int:
        """The exit code: 0 all is well, 1 something failed, 2 something needed is not here."""
        return 1 if self.failed else 2 if self.ids("missing") else 0

    def as_json(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "component": self.component,
            "version": self.version,
            "ok": self.code == 0,
            "artifacts": self.hashes,
            "checks": [
                {
                    "id": record.id,
                    "title": record.title,
                    "status": record.outcome.status,
                    "lines": list(record.outcome.lines),
                    "evidence": record.outcome.evidence,
                    "seconds": round(record.seconds, 3),
                }
                for record in self.records
            ],
        }
