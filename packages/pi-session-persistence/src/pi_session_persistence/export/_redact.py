"""Secrets taken out of what is exported: those in the environment by their exact value, others by how they look."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from pi_session_persistence.export._patterns import HARMLESS, MIXED, PATTERNS, SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEEPEST", "Redactor"]

#: Lists and objects inside each other that are gone through: fewer than any Python's stack has room for.
DEEPEST: Final = 200

#: Shorter values are found in harmless text, too.
_SHORTEST: Final = 8


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
        small = text.lower()
        for kind, (hints, pattern) in PATTERNS.items():
            if any(hint in small for hint in hints):
                text = pattern.sub(partial(self._in_place, kind), text)
        return text

    def tree(self, value: Any) -> Any:
        """Return a JSON value without secrets; the data of images stay as they are, for patterns turn up in them.

        What is nested more deeply than `DEEPEST` is left out.
        """
        return self._tree(value)

    def _tree(self, value: Any, key: str = "", deep: int = 0) -> Any:
        if isinstance(value, str):
            text = self(value)
            assigned = text == value and SECRET_NAME.search(key) and MIXED.fullmatch(value)
            return self._replaced("assigned-secret") if assigned else text
        if deep == DEEPEST and isinstance(value, list | dict):
            return self._replaced("too-deep")
        if isinstance(value, list):
            return [self._tree(part, deep=deep + 1) for part in value]
        if isinstance(value, dict):
            keeps = "data" if value.get("type") == "image" else None
            return {self(key): part if key == keeps else self._tree(part, key, deep + 1) for key, part in value.items()}
        return value

    def _in_place(self, kind: str, found: re.Match[str]) -> str:
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
    """Return the names of the variables that hold secrets by their values, as these are and as URLs and JSON do."""
    found: dict[str, str] = {}
    for name, value in environ.items():
        if len(value) >= _SHORTEST and SECRET_NAME.search(name) and not HARMLESS.fullmatch(value):
            found.setdefault(value, name)
            found.setdefault(quote(value, safe=""), name)
            found.setdefault(json.dumps(value)[1:-1], name)
            found.setdefault(json.dumps(value, ensure_ascii=False)[1:-1], name)
    return found
