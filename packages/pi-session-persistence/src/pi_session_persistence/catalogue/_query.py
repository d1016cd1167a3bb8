"""What people type into a search, as a query that FTS5 understands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["match_expression"]

#: A phrase in quotes (which may be left open) or a word, each maybe with a minus before it and a star after it.
_TERM: Final = re.compile(r'(-?)(?:"([^"]*)(?:"|$)|(\S+))(\*?)')

#: More terms than anybody types; the rest is left out.
_MOST_TERMS: Final = 64


def match_expression(query: str) -> str:
    """Return the FTS5 expression for what somebody typed; empty if there is nothing in it to look for.

    All words must be there. ``"several words"`` is a phrase, ``-word`` must not be there, ``one OR other`` is either,
    ``begin*`` is any word that begins so. Everything else is a word, whatever FTS5 would make of it.
    """
    wanted: list[list[str]] = []
    unwanted: list[str] = []
    either = False
    for minus, term in _terms(query):
        if term == "OR" and not minus:
            either = bool(wanted)
            continue
        if minus:
            unwanted.append(_quoted(term))
        elif either:
            wanted[-1].append(_quoted(term))
        else:
            wanted.append([_quoted(term)])
        either = False
    if not wanted:
        return ""
    found = " AND ".join(f"({' OR '.join(choices)})" for choices in wanted)
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def _terms(query: str) -> Iterator[tuple[bool, str]]:
    plain = query.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    for number, found in enumerate(_TERM.finditer(plain)):
        if number == _MOST_TERMS:
            return
        minus, phrase, word, star = found.groups()
        text = phrase if phrase is not None else word
        # FTS5 finds nothing at all where one of several terms has no letter or digit in it.
        if any(char.isalnum() for char in text):
            yield bool(minus), f"{text}{star}" if phrase is not None else text


def _quoted(term: str) -> str:
    star = "*" if term.endswith("*") else ""
    return '"{}"{}'.format(term.rstrip("*").replace('"', '""'), star)
