"""The full-text index: which rows have which words, in which scopes.

What a user types is only ever words here: every one is quoted, so none can be an operator of the search language.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final, NamedTuple

from pi_autonomous_session_control.memory import _rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from pi_autonomous_session_control.memory._records import Scope

__all__ = ["COMMON", "Found", "all_but_one", "few", "numbers", "one", "place_of"]

#: A word in so many memories is common; of more, the newest are looked at.
COMMON: Final = 400
_TEXT: Final = "{content topics context}"
_QUERY: Final = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?"
#: A word this long is found as the beginning of longer ones, too.
_PREFIX: Final = 4


def place_of(scope: Scope) -> str:
    """Return the word that stands for ``scope`` in the index, so that searching reads no other scope's memories."""
    return f"s{hashlib.blake2b(f'{scope.kind}:{scope.key}'.encode(), digest_size=8).hexdigest()}"


class Found(NamedTuple):
    """Where a word is.

    Attributes:
        expression: what was looked for.
        numbers: rows, newest first.
    """

    expression: str
    numbers: list[int]

    @property
    def is_common(self) -> bool:
        """Whether there are more."""
        return len(self.numbers) >= COMMON


def one(connection: sqlite3.Connection, scopes: Iterable[Scope], word: str) -> Found:
    """Return where ``word`` is, or words that begin with it if it is long enough."""
    found = Found(f'"{word}"', numbers(connection, scopes, f'"{word}"'))
    if len(word) < _PREFIX or found.is_common:
        return found  # of a common word there is enough, and its longer forms would be read as a whole
    return Found(f'"{word}"*', few(connection, tuple(scopes), f'"{word}"*'))


def few(connection: sqlite3.Connection, scopes: Sequence[Scope], expression: str) -> list[int]:
    """Return what ``numbers`` returns, faster where ``expression`` fits few rows."""
    # Of few rows it is cheaper to look at each one's scope than to walk through the index of all that are in scope.
    everywhere = [row[0] for row in connection.execute(_QUERY, (f"{_TEXT} : ({expression})", COMMON))]
    if len(everywhere) >= COMMON:
        return numbers(connection, scopes, expression)
    condition, keys = _rows.place(scopes)
    query = f"SELECT number FROM json_each(?) CROSS JOIN memory ON number = value WHERE {condition}"  # noqa: S608  # no value in it
    return [row[0] for row in connection.execute(query, (json.dumps(everywhere), *keys))]


def all_but_one(words: list[str]) -> str:
    """Return the expression for at least all but one of some words."""
    quoted = [f'"{word}"' for word in words]
    return " OR ".join("(" + " AND ".join([*quoted[:i], *quoted[i + 1 :]]) + ")" for i in range(len(quoted)))


def numbers(connection: sqlite3.Connection, scopes: Iterable[Scope], expression: str, limit: int = COMMON) -> list[int]:
    """Return the row numbers that ``expression`` fits in ``scopes``, newest first."""
    places = " OR ".join(f'"{place_of(scope)}"' for scope in scopes)
    if not places:
        return []
    return [row[0] for row in connection.execute(_QUERY, (f"place : ({places}) AND {_TEXT} : ({expression})", limit))]
