"""Secrets taken out of what is exported: those in the environment by their exact value, others by how they look."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PATTERNS", "Redactor"]

#: A variable whose name has one of these words in it holds a secret.
_SECRET_NAME: Final = re.compile(
    r"(^|[_.-])(KEY|APIKEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|PAT|AUTH)([_.-]|$)|API_?KEY",
    re.IGNORECASE,
)

#: Shorter values are found in harmless text, too.
_SHORTEST: Final = 8

#: What begins like a path or is one of these is no secret, whatever the variable is called.
_HARMLESS: Final = re.compile(
    r"[~./].*|(true|false|none|null|required|disabled|enabled|password|changeme\w*)|\d{1,9}", re.IGNORECASE
)

#: Letters and digits without a space, as made by a machine.
_MIXED: Final = re.compile(r"(?=[^\s]*\d)(?=[^\s]*[A-Za-z])[A-Za-z0-9_.~+/=!@#%^&*-]{16,}")

#: How secrets look that have a form of their own. The part of a match that is named `s` is replaced, or all of it.
PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    "private-key": re.compile(
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----.*?"
        r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)",
        re.DOTALL,
    ),
    "anthropic-key": re.compile(r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
    "openai-key": re.compile(r"\bsk-(?:proj-|svcacct-|admin-|or-v1-)?(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{32,}"),
    "google-key": re.compile(r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    "google-token": re.compile(r"\bya29\.[A-Za-z0-9_-]{30,}"),
    "aws-key-id": re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])"),
    "github-token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"),
    "gitlab-token": re.compile(r"\bgl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_.-]{20,}"),
    "slack-token": re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{20,}"),
    "slack-hook": re.compile(r"https://hooks\.slack\.com/services/(?P<s>[A-Za-z0-9_/]{20,})"),
    "stripe-key": re.compile(r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{20,}"),
    "npm-token": re.compile(r"\bnpm_[A-Za-z0-9]{36}\b"),
    "pypi-token": re.compile(r"\bpypi-AgE[A-Za-z0-9_-]{40,}"),
    "huggingface-token": re.compile(r"\bhf_[A-Za-z0-9]{30,}\b"),
    "xai-key": re.compile(r"\bxai-[A-Za-z0-9]{40,}\b"),
    "groq-key": re.compile(r"\bgsk_[A-Za-z0-9]{40,}\b"),
    "sendgrid-key": re.compile(r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{30,}"),
    "jwt": re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{10,}"),
    "authorization": re.compile(
        r"(?i:\bauthorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+)(?P<s>[A-Za-z0-9._~+/=-]{12,})"
    ),
    "password-in-url": re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@\"'<>]*:(?P<s>[^\s:/@\"'<>${}\[\]]{3,})@"),
    "assigned-secret": re.compile(
        r"(?i:\b[a-z0-9_.-]*(?:api_?key|secret|token|passw(?:or)?d|access_?key)[\"']?\s*(?:=|:|=>)\s*)"
        r"(?P<q>[\"'])(?P<s>(?=[^\"'\s]*\d)(?=[^\"'\s]*[A-Za-z])[A-Za-z0-9_.~+/=!@#%^&*-]{16,})(?P=q)"
    ),
}


class Redactor:
    """Takes secrets out of text, and counts what it took out.

    Args:
        environ: the environment whose secrets are known by their value.

    Attributes:
        counts: how often each kind of secret was found; ``$NAME`` for those of the environment.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self.counts: Counter[str] = Counter()
        self._names = _known_secrets(environ)
        # The longest first: one secret may be the beginning of another.
        values = sorted(self._names, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, values))) if values else None

    def __call__(self, text: str) -> str:
        """Return ``text`` with ``[redacted:...]`` in the place of each secret."""
        if self._known is not None:
            text = self._known.sub(lambda found: self._replaced(f"${self._names[found[0]]}"), text)
        for kind, pattern in PATTERNS.items():
            text = pattern.sub(lambda found, kind=kind: self._in_place(found, kind), text)  # type: ignore[misc]  # mypy can't type the default
        return text

    def tree(self, value: Any) -> Any:
        """Return a JSON value without secrets; the data of images stay as they are, for patterns turn up in them."""
        try:
            return self._tree(value)
        except RecursionError:
            return self._replaced("too-deep")

    def _tree(self, value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            text = self(value)
            assigned = text == value and _SECRET_NAME.search(key) and _MIXED.fullmatch(value)
            return self._replaced("assigned-secret") if assigned else text
        if isinstance(value, list):
            return [self._tree(part) for part in value]
        if isinstance(value, dict):
            keeps = "data" if value.get("type") == "image" else None
            return {self(key): part if key == keeps else self._tree(part, key) for key, part in value.items()}
        return value

    def _in_place(self, found: re.Match[str], kind: str) -> str:
        if "s" not in found.re.groupindex:
            return self._replaced(kind)
        start, end = (place - found.start() for place in found.span("s"))
        if found["s"].startswith("[redacted:"):
            return found[0]
        return f"{found[0][:start]}{self._replaced(kind)}{found[0][end:]}"

    def _replaced(self, kind: str) -> str:
        self.counts[kind] += 1
        return f"[redacted:{kind}]"


def _known_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the names of the variables that hold secrets by their values, as these are and as they stand in a URL."""
    found: dict[str, str] = {}
    for name, value in environ.items():
        if len(value) >= _SHORTEST and _SECRET_NAME.search(name) and not _HARMLESS.fullmatch(value):
            found.setdefault(value, name)
            found.setdefault(quote(value, safe=""), name)
    return found
