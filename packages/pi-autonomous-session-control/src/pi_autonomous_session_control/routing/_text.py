"""The user's own text in a query: behind the colon, in quotes, or behind the words that lead to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.routing._speech import QUESTION

if TYPE_CHECKING:
    from pi_autonomous_session_control.routing._analysis import Analysis

__all__ = ["named_topic", "own_text"]

_PAIRS: Final = ('""', "''", "“”", "„“", "„”", "«»", "‹›", "‘’", "``")  # noqa: RUF001  # what people write
#: Words that only lead to the text.
_LEADING: Final = re.compile(
    r"\A(?:that|to|for|about|on|of|with|regarding|concerning|dass|daran|an|fuer|für|ueber|über|zu|zum|zur|mit|bei|auf|que|de|del|"
    r"para|con|sobre|acerca|a|en|qu|d|des|du|pour|avec|sur|propos|um|von|vor)\b[\s,:'\u2019]*",
    re.IGNORECASE,
)
#: A delay before the text of a reminder is a slot of its own.
_DELAY: Final = re.compile(
    r"^(?:in|after|within|nach|dans|en)\s+(?:\d+|an?|eine[rmn]?|une?|una?)\s+\w+[\s,]+", re.IGNORECASE
)
#: Words that stand for a text which is not in the query.
_POINTING: Final = frozenset(
    ["THIS", "HERE", "PRESENT", "LATER", "PLEASE", "I", "YOU", "COMMON", "FILLER", "NEED", "ALL"]
)
_AS: Final = frozenset({"as", "als", "como", "comme"})
_TOPIC: Final = re.compile(
    r"\b(?:topic|thema|tema|sujet|th[eè]me)\s*[:=]?\s*(?:[\"“„«']\s*(?P<quoted>[^\"”“»']+?)\s*[\"”“»']|(?P<word>[\w-]+))",
    re.IGNORECASE,
)


def own_text(seen: Analysis, heads: frozenset[str], *, keep_leading: bool = False) -> str | None:
    """Return the text that a query is about, ``None`` if it has none.

    Args:
        seen: the query.
        heads: concepts behind which the text stands if nothing else shows where it begins.
        keep_leading: whether a preposition before the text is a part of it, as in "before the merge".
    """
    clause = next((clause for clause in seen.kept if clause.rest is not None), None)
    behind = seen.query[clause.rest :].strip() if clause else ""
    after_colon = bool(clause and behind and seen.query[: clause.rest].rstrip().endswith(":"))
    if after_colon:
        return _unquoted(behind) or None
    if between := _between(seen):
        return between
    quoted = [item.tokens[0].text for item in seen.items if item.sort == "quote"]
    if quoted:
        # A double-quoted text wins over a single-quoted one before it.
        return _unquoted(next((text for text in quoted if text[0] not in "'‘"), quoted[0])) or None  # noqa: RUF001  # as above
    if clause and clause.act == QUESTION:
        behind = behind.rstrip(" ?.!")
    if keep_leading:
        return behind or _behind(seen, heads)
    return _LEADING.sub("", _DELAY.sub("", behind), count=1) or _behind(seen, heads)


def _behind(seen: Analysis, heads: frozenset[str]) -> str | None:
    """Return what follows the word that says what to do, unless it says nothing of its own, as in "remember this"."""
    for clause in seen.kept:
        head = next((at for at, item in enumerate(clause.items) if item.concepts & heads), len(clause.items))
        text = clause.items[head + 1 :]
        if any(not item.concepts & _POINTING for item in text):
            return seen.query[text[0].start : text[-1].end]
    return None


def _between(seen: Analysis) -> str | None:
    """Return what stands between "mark" and "as a trap"."""
    for clause in seen.kept:
        mark = next((at for at, item in enumerate(clause.items) if item.concepts & {"MARK", "REMEMBER", "SAVE"}), None)
        then = next((at for at, item in enumerate(clause.items) if item.word in _AS), None)
        own = any(not item.concepts & _POINTING for item in clause.items[(mark or 0) + 1 : then])
        if mark is not None and then is not None and own:
            return _unquoted(seen.query[clause.items[mark].end : clause.items[then].start]) or None
    return None


def named_topic(query: str) -> str | None:
    """Return what stands behind the word "topic"."""
    found = _TOPIC.search(query)
    return (found["quoted"] or found["word"]) if found else None


def _unquoted(text: str) -> str:
    text = text.strip()
    if text.startswith("```"):
        return text.strip("`").strip()
    for opening, closing in _PAIRS:
        if len(text) > 1 and text[0] == opening and text.endswith(closing) and closing not in text[1:-1]:
            return text[1:-1].strip()
    if text[:1] in '"“„«' and not text.endswith(("”", '"', "»")):
        return text[1:].strip()
    return text
