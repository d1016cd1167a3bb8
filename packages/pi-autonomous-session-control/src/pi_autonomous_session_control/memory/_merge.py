"""Near-duplicates: two wordings of one statement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.memory import _index, _rows, _words

if TYPE_CHECKING:
    import sqlite3

    from pi_autonomous_session_control.memory._records import Draft

__all__ = ["same_statement", "twin"]

#: So many memories with nearly the same words are compared.
_CANDIDATES: Final = 50
#: So many words of the text are searched for, the longest ones: all but one must be there.
_SOUGHT: Final = 6
#: A longer text is compared only as a whole: it is read too seldom to look for its typing errors.
_LONG_TEXT: Final = 2_000
#: A word at least this long may have one typing error.
_LONG_WORD: Final = 5
#: One word in so many may have one.
_WORDS_PER_SLIP: Final = 8


def same_statement(one: str, other: str) -> bool:
    """Tell whether two texts say the same in the same order, but for inflection, articles, signs and typing errors.

    Every other word counts: "port 8080" is not "port 8081", "valid" not "invalid", "use tabs" not "do not use tabs".
    """
    left, right = _words.essence(one), _words.essence(other)
    if len(left) != len(right) or not left:
        return one == other
    different = [(a, b) for a, b in zip(left, right, strict=True) if a != b]
    return len(different) <= max(1, len(left) // _WORDS_PER_SLIP) and all(_is_slip(a, b) for a, b in different)


def _is_slip(one: str, other: str) -> bool:
    if not (one.isalpha() and other.isalpha() and min(len(one), len(other)) >= _LONG_WORD):
        return False
    from rapidfuzz.distance import OSA  # noqa: PLC0415  # 60 ms, and it is seldom that a single letter differs

    # The first letter is hardly ever wrong.
    return one[0] == other[0] and OSA.distance(one, other, score_cutoff=1) <= 1


def twin(connection: sqlite3.Connection, draft: Draft) -> int | None:
    """Return the row number of the memory that says what ``draft`` says, in the same scope."""
    scope = (draft.kind, draft.scope.kind, draft.scope.key)
    exact = "SELECT number FROM memory WHERE essence = ? AND kind = ? AND scope = ? AND scope_key = ? LIMIT ?"
    found = connection.execute(exact, (_rows.essence_of(draft.content), *scope, _CANDIDATES))
    numbers = [row["number"] for row in found] or _near(connection, draft)
    query = "SELECT number, content FROM memory WHERE number IN (SELECT value FROM json_each(?)) AND kind = ?"
    rows = connection.execute(query, (json.dumps(numbers), draft.kind))
    return next((row["number"] for row in rows if same_statement(row["content"], draft.content)), None)


def _near(connection: sqlite3.Connection, draft: Draft) -> list[int]:
    sought = sorted(set(_words.words(draft.content)), key=lambda word: (-len(word), word))[:_SOUGHT]
    if len(draft.content) > _LONG_TEXT or len(sought) < 2 or len(sought[0]) < _LONG_WORD:  # noqa: PLR2004  # of one word nothing would be left
        return []
    return _index.numbers(connection, [draft.scope], _index.all_but_one(sought), _CANDIDATES)
