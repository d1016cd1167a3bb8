"""Single words: what they mean, and which word a mistyped one was to be."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

from pi_autonomous_session_control.routing._data import data

__all__ = ["meaning", "spelling", "targets"]

#: A shorter word is one letter away from too many others: it can only have two letters the wrong way round.
_SHORT: Final = 5
#: Two mistakes are forgiven in a word of this length.
_LONG: Final = 8
_NOTHING: Final[frozenset[str]] = frozenset()


@lru_cache(maxsize=8192)
def meaning(text: str, spelled: str) -> frozenset[str]:
    """Return the concepts of a word: of the whole word, else of its longest known beginning."""
    known = data()
    whole = {*known.words.get(text, ()), *known.words.get(spelled, ())}
    if whole:
        return frozenset(whole)
    if spelled.endswith("s") and len(spelled) >= _SHORT and (one := known.words.get(spelled[:-1])):
        return frozenset(one)
    for word in dict.fromkeys((text, spelled)):
        for length in range(len(word), 2, -1):
            if word[:length] in known.stems:
                return frozenset(known.stems[word[:length]])
    return _NOTHING


@lru_cache(maxsize=8192)
def spelling(text: str, plain: str) -> str:
    """Return ``plain``, or the known word that it is a mistyping of.

    Args:
        text: the word with its accents, in lower case.
        plain: the word without them.
    """
    if meaning(text, plain) or len(plain) < _SHORT - 2 or not plain.isascii():
        return plain
    if len(plain) < _SHORT:
        return _swapped(plain)
    known = targets()
    found = _nearest(plain, known, 1)
    if found is None and len(plain) >= _LONG - 2:
        found = _nearest(plain, {shape: words for shape, words in known.items() if shape[0] >= _LONG}, 2)
    return found or plain


def _nearest(plain: str, targets: dict[tuple[int, str], list[str]], mistakes: int) -> str | None:
    """Return the word that the fewest mistakes turn into ``plain``; a letter too few or too many is the least one."""
    near = [
        word
        for length in range(len(plain) - mistakes, len(plain) + mistakes + 1)
        for first in dict.fromkeys(plain[:2])
        for word in targets.get((length, first), ())
    ]
    if not near:
        return None
    from rapidfuzz.distance import OSA, Indel  # noqa: PLC0415  # 40 ms to import, for typing mistakes only
    from rapidfuzz.process import extract  # noqa: PLC0415  # as above

    found = extract(plain, near, scorer=OSA.distance, score_cutoff=mistakes, limit=8)
    if not found:
        return None
    least = min(distance for _, distance, _ in found)
    best = [word for word, distance, _ in found if distance == least and _is_slip(plain, word)]
    if not best:
        return None
    return str(min(best, key=lambda word: (_says_nothing(word), Indel.distance(plain, word))))


def _is_slip(plain: str, word: str) -> bool:
    """Return whether it is a slip of the finger; a short word with one letter for another is rather a different one."""
    return len(plain) > _SHORT or len(plain) != len(word) or sorted(plain) == sorted(word)


def _says_nothing(word: str) -> bool:
    return "COMMON" in data().words[word]


def _swapped(plain: str) -> str:
    """Return a known word that has two neighbouring letters the other way round."""
    words = data().words
    for at in range(len(plain) - 1):
        other = plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :]
        if other in words:
            return other
    return plain


@cache
def targets() -> dict[tuple[int, str], list[str]]:
    """Return what a typo can mean, by length and first letter."""
    found: dict[tuple[int, str], list[str]] = {}
    for word in data().words:
        if len(word) >= _SHORT - 1 and word.isascii() and "KNOWN" not in data().words[word]:
            found.setdefault((len(word), word[0]), []).append(word)
    return found
