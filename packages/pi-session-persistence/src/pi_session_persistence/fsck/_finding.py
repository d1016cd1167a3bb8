"""One thing that is worth knowing about a session file, and how much it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

if TYPE_CHECKING:
    from pi_host.sessionfile import Code, Oddity

__all__ = ["Finding", "Severity", "judge"]

#: ``damage``: a pi that opens the file loses history, crashes or refuses it, or something is lost already.
Severity: TypeAlias = Literal["notice", "damage"]

#: What every pi copes with and what hides nothing. All other oddities are damage.
_NOTICES: Final[frozenset[Code]] = frozenset(
    {"empty", "second-header", "no-type", "no-timestamp", "invalid-utf8", "duplicate-id", "too-deep", "bad-reference"}
)


class Finding(msgspec.Struct, frozen=True):
    """One thing found in a session file.

    Attributes:
        code: what it is: a code of `pi_host.sessionfile`, or ``old-version``, ``cwd-missing``, ``writable-by-others``.
        severity: how much it matters.
        line: number of the line, starting at 1.
        offset: where it begins, in bytes from the start of the file.
        message: the same for a person.
    """

    code: str
    severity: Severity
    line: int
    offset: int
    message: str


def judge(oddity: Oddity, kind: str) -> Finding:
    """Return an oddity as a finding.

    Args:
        oddity: the oddity.
        kind: type of the entry that it is about: a compaction that keeps from an entry nobody has keeps nothing.
    """
    lost = oddity.code == "bad-reference" and kind == "compaction"
    severity: Severity = "notice" if oddity.code in _NOTICES and not lost else "damage"
    return Finding(oddity.code, severity, oddity.line, oddity.offset, oddity.message)
