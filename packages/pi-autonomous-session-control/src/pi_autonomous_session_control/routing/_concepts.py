"""Words and phrases as concepts, whatever the language; small typing mistakes are forgiven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pi_autonomous_session_control.routing._data import data
from pi_autonomous_session_control.routing._words import meaning, spelling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_autonomous_session_control.routing._tokens import Token

__all__ = ["Item", "conceive"]

_NOTHING: Final[frozenset[str]] = frozenset()


class Item(NamedTuple):
    """One or several tokens that mean one thing.

    Attributes:
        tokens: what it was made of.
        concepts: what it means; nothing for a word nobody knows.
        known: whether the word was found at all.
    """

    tokens: tuple[Token, ...]
    concepts: frozenset[str]
    known: bool

    @property
    def sort(self) -> str:
        """The sort of the first token."""
        return self.tokens[0].sort

    @property
    def word(self) -> str:
        """The first word without accents."""
        return self.tokens[0].plain

    @property
    def start(self) -> int:
        """Where it begins in the query."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where it ends in the query."""
        return self.tokens[-1].end


def conceive(tokens: Sequence[Token]) -> list[Item]:
    """Turn tokens into items, longest phrases first."""
    items: list[Item] = []
    at = 0
    spelled = [spelling(token.text, token.plain) if token.sort == "word" else "" for token in tokens]
    while at < len(tokens):
        if tokens[at].sort != "word":
            items.append(Item((tokens[at],), _NOTHING, known=True))
            at += 1
            continue
        length, concepts = _phrase(tokens, spelled, at)
        if length:
            items.append(Item(tuple(tokens[at : at + length]), concepts, known=True))
        else:
            concepts = meaning(tokens[at].text, spelled[at])
            items.append(Item((tokens[at],), concepts, known=bool(concepts)))
        at += length or 1
    return items


def _phrase(tokens: Sequence[Token], spelled: Sequence[str], at: int) -> tuple[int, frozenset[str]]:
    phrases = data().phrases
    best, concepts = 0, _NOTHING
    for first in dict.fromkeys((tokens[at].text, spelled[at])):
        for rest, means in phrases.get(first, ()):
            length = len(rest) + 1
            if length > best and _follows(tokens, spelled, at + 1, rest):
                best, concepts = length, frozenset(means)
    return best, concepts


def _follows(tokens: Sequence[Token], spelled: Sequence[str], at: int, rest: Sequence[str]) -> bool:
    if at + len(rest) > len(tokens):
        return False
    for offset, want in enumerate(rest, at):
        if want.endswith("*"):
            if not spelled[offset].startswith(want[:-1]) or not spelled[offset]:
                return False
        elif want not in (spelled[offset], tokens[offset].text):
            return False
    return True
