"""Finding memories by words, best first."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from pi_autonomous_session_control.memory import _decay, _index, _rows, _words

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from pi_autonomous_session_control.memory._records import Kind, Scope

__all__ = ["Search", "matching", "ranked"]

#: Words of a question that are looked for.
_MOST_WORDS: Final = 16
#: So many candidates at most are weighed.
_MOST: Final = 400
#: By query, all can be changed or forgotten.
_EVERY: Final = 1_000_000
#: Without words, so many of the latest of each scope are weighed.
_SHORT_LIST: Final = 100
_NEARNESS: Final = {"session": 1.3, "branch": 1.2, "repository": 1.1, "user": 1.0}
#: Text of so many bytes is worth half as much as none: of two with the same words the shorter one is about them.
_LENGTH: Final = 2_000


class Search:
    """What is looked for.

    Attributes:
        query: words; empty for everything, the latest first.
        scopes: where the memories must hold.
        kind: which, ``None`` for all.
        topic: one they must be filed under, in any case.
        limit: how many at most.
    """

    __slots__ = ("kind", "limit", "query", "scopes", "topic")

    def __init__(
        self,
        query: str,
        scopes: Iterable[Scope],
        *,
        kind: Kind | None = None,
        topic: str | None = None,
        limit: int = 10,
    ) -> None:
        self.query = query
        self.scopes = tuple(scopes)
        self.kind = kind
        self.topic = topic
        self.limit = limit

    @property
    def words(self) -> list[str]:
        """The words to look for, each once."""
        return list(dict.fromkeys(_words.words(self.query)))[:_MOST_WORDS]


def ranked(connection: sqlite3.Connection, search: Search, now: int) -> list[tuple[int, float]]:
    """Return row numbers and scores of the best hits.

    Memories with all words come before those with some. Among them count the rarity of the words, the strength that is
    left, the confidence, and how near the scope is.
    """
    words = search.words
    if not words:
        if search.query.strip():
            return []
        return _weighed(connection, search, dict.fromkeys(_latest(connection, search, now), 1.0), now)[: search.limit]
    words_found = [_index.one(connection, search.scopes, word) for word in words]
    complete = _with_all(connection, search, words_found)
    found = _weighed(connection, search, dict.fromkeys(complete, 1.0), now)
    if len(found) < search.limit and len(words) > 1:
        partial = _with_some(connection, words_found)
        for number in complete:
            partial.pop(number, None)
        found += _weighed(connection, search, partial, now)
    return found[: search.limit]


def matching(connection: sqlite3.Connection, search: Search, now: int) -> list[int]:
    """Return row numbers of the memories that have every word of the query as it is, oldest first.

    For changing or removing by query: nothing that is only similar.
    """
    words = search.words
    if words:
        expression = " AND ".join(f'"{word}"' for word in words)
        candidates = _index.numbers(connection, search.scopes, expression, _EVERY)
    elif search.topic is not None and not search.query.strip():
        candidates = _latest(connection, search, now)
    else:
        return []
    rows = _fetch(connection, search, candidates, now)
    return sorted(row["number"] for row in rows)[: search.limit]


def _with_all(connection: sqlite3.Connection, search: Search, words: list[_index.Found]) -> list[int]:
    if any(word.is_common for word in words) and len(words) > 1:
        return _index.few(connection, search.scopes, " AND ".join(word.expression for word in words))
    common = set(words[0].numbers).intersection(*(word.numbers for word in words[1:]))
    return sorted(common, reverse=True)


def _with_some(connection: sqlite3.Connection, words: list[_index.Found]) -> dict[int, float]:
    """Return rows with some of ``words``, each with the sum of their rarities."""
    total = connection.execute("SELECT memories FROM usage").fetchone()[0]
    scores: dict[int, float] = {}
    for word in [word for word in words if not word.is_common] or words:
        rarity = math.log1p(total / (1 + len(word.numbers)))
        for number in word.numbers:
            scores[number] = scores.get(number, 0.0) + rarity
    best = sorted(scores.items(), key=lambda item: (-item[1], -item[0]))[:_MOST]
    return dict(best)


def _latest(connection: sqlite3.Connection, search: Search, now: int) -> list[int]:
    if search.topic is not None:
        query = "SELECT memory FROM topic WHERE folded = ? ORDER BY memory DESC LIMIT ?"
        return [row["memory"] for row in connection.execute(query, (search.topic.casefold(), max(_MOST, search.limit)))]
    condition, values = _conditions(search, now)
    query = f"""
        SELECT number FROM memory WHERE scope = ? AND scope_key = ? AND {condition} ORDER BY accessed_at DESC LIMIT ?
    """  # noqa: S608  # no value in it
    found: list[int] = []
    for scope in search.scopes:  # one by one, so that the index has them in order
        rows = connection.execute(query, (scope.kind, scope.key, *values, max(_SHORT_LIST, search.limit)))
        found += [row["number"] for row in rows]
    return found


def _conditions(search: Search, now: int) -> tuple[str, list[Any]]:
    condition = "(expires_at IS NULL OR expires_at > ?)"
    values: list[Any] = [now]
    if search.kind is not None:
        condition += " AND kind = ?"
        values.append(search.kind)
    if search.topic is not None:
        condition += " AND EXISTS (SELECT 1 FROM topic WHERE folded = ? AND topic.memory = number)"
        values.append(search.topic.casefold())
    return condition, values


def _fetch(connection: sqlite3.Connection, search: Search, found: Iterable[int], now: int) -> list[sqlite3.Row]:
    condition, values = _conditions(search, now)
    place, keys = _rows.place(search.scopes)
    query = f"""
        SELECT number, scope, strength, accessed_at, access_count, confidence, size
        FROM json_each(?) CROSS JOIN memory ON number = value WHERE {condition} AND {place}
    """  # noqa: S608  # no value in it
    return connection.execute(query, (json.dumps(list(found)), *values, *keys)).fetchall()


def _weighed(
    connection: sqlite3.Connection, search: Search, relevance: dict[int, float], now: int
) -> list[tuple[int, float]]:
    scored = [
        (row["number"], relevance[row["number"]] * _worth(row, now), row["accessed_at"])
        for row in _fetch(connection, search, relevance, now)
    ]
    scored.sort(key=lambda hit: (-hit[1], -hit[2], -hit[0]))
    return [(number, score) for number, score, _ in scored]


def _worth(row: sqlite3.Row, now: int) -> float:
    left = _decay.strength_now(row["strength"], row["accessed_at"], row["access_count"], now)
    # Faint, unsure or long is worth less, never nothing: the words are what was asked for.
    about = _LENGTH / (_LENGTH + row["size"])
    return float((0.3 + 0.7 * left) * (0.5 + 0.5 * row["confidence"]) * _NEARNESS[row["scope"]] * about)
