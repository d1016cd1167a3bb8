"""Takes keys and passwords out of text that is about to leave the machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["REMOVED", "redactor"]

#: Stands in place of what was taken out.
REMOVED: Final = "[removed]"

#: Longer texts are cut: collectors refuse requests beyond a few megabytes.
_LONGEST: Final = 32_768

#: What looks like a secret. A group named ``keep`` stays.
_SECRETS: Final = (
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,})",
    r"\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,}",
    r"\bAIza[\w-]{30,}",
    r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+",
    r"(?P<keep>://[^/\s:@]{1,200}:)[^/\s@]{1,200}(?=@)",
    r"(?i:(?P<keep>\b(?:bearer|basic) +))[\w.~+/=-]{12,}",
    (
        r"(?i:(?P<keep>\b[\w-]{0,40}(?:password|passwd|secret|token|api[_-]?key)(?:\\?[\"'])? ?[:=] ?(?:\\?[\"'])?))"
        r"[^\s\\\"',;]{6,}"
    ),
)


def redactor(extra: Iterable[str] = ()) -> Callable[[str], str]:
    """Return a function that takes secrets out of a text and cuts it to a bearable length.

    Args:
        extra: further regular expressions for what to take out.

    Raises:
        ValueError: one of them is no regular expression.
    """
    patterns = [re.compile(pattern) for pattern in _SECRETS]
    for pattern in extra:
        try:
            patterns.append(re.compile(pattern))
        except re.error as error:
            raise ValueError(f"redact: {pattern!r} is no regular expression: {error}") from error

    def redact(text: str) -> str:
        cut = len(text) - _LONGEST
        text = text[:_LONGEST]
        for pattern in patterns:
            text = pattern.sub(_replacement, text)
        return f"{text}... ({cut} more characters)" if cut > 0 else text

    return redact


def _replacement(match: re.Match[str]) -> str:
    kept = match.groupdict().get("keep")
    return f"{kept or ''}{REMOVED}"
