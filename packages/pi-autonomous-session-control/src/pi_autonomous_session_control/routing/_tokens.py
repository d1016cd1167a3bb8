"""A query as tokens; what stands in quotes, backticks or code becomes one opaque token each."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

__all__ = ["Token", "fold", "tokenize"]

_EXTENSIONS: Final = (
    "py|pyi|ts|tsx|js|jsx|mjs|cjs|json|jsonl|toml|ya?ml|md|rst|txt|rs|go|java|kt|swift|c|h|cc|cpp|hpp|cs|rb|php|sh|bash|"
    "css|scss|html|vue|svelte|sql|lock|cfg|ini|conf|log|csv|tsv|ipynb|xml|env|svg|png|jpe?g|gif|pdf|zip|gz|bin|exe"
)
_ROOTS: Final = "src|lib|libs|app|apps|packages|docs|tests?|dist|build|vendor|bin|scripts|node_modules|etc|usr|home|tmp"

#: In this order: whatever can hold any character comes before what is made of words.
_PATTERN: Final = re.compile(
    rf"""
      (?P<quote>```.*?(?:```|\Z)|`[^`\n]*`|"[^"]*"|“[^”“]*[”“]|„[^“”"]*[“”"]|«[^»]*»|\u2039[^\u203a]*\u203a|\u2018[^\u2019\n]*\u2019(?!\w)
               |(?<![\w])'(?=\S)[^'\n]*(?:(?<=\w)'\w[^'\n]*)*'(?!\w)
               |(?<![\w])["“„«].*\Z)
    | (?P<url>\b[a-z][a-z+.-]*://\S+)
    | (?P<file>(?<![\w/])(?:(?:~|\.\.?)?/(?:[\w.@*+-]+/?)+|(?:{_ROOTS})/[\w.@*+/-]*|(?:[\w.@*+-]+/)+(?![\w.@*+-])
               |(?:[\w.@*+-]+/)*[\w@*+-][\w.@*+-]*\.(?:{_EXTENSIONS})\b))
    | (?P<code>(?<!\S)--?[a-z][\w-]*|\b[\w.]+\(\)|\b\w+(?:\.\w+)+\([^)\n]*\)|\$\w+)
    | (?P<id>\b[a-z]+-\d+(?:-\d+)*\b)
    | (?P<number>\b\d+(?:[.:]\d+)*\b%?)
    | (?P<word>tl;\s?dr\b|[^\W_]+(?:['\u2019][^\W_]+)*)
    | (?P<mark>[?!¿¡.;:,\n—\u2013(){{}}\[\]=]|(?<=\s)-(?=\s))
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)

#: What two words pulled together stand for; endings below cover the regular ones.
_PULLED: Final = {
    "can't": ("can", "not"),
    "cant": ("can", "not"),
    "won't": ("will", "not"),
    "wont": ("will", "not"),
    "shan't": ("shall", "not"),
    "cannot": ("can", "not"),
    "let's": ("let", "us"),
    "lets": ("let", "us"),
    "im": ("i", "am"),
    "ive": ("i", "have"),
    "whats": ("what", "is"),
    "thats": ("that", "is"),
    "hows": ("how", "is"),
    "wheres": ("where", "is"),
    "wat": ("what",),
    "wht": ("what",),
    "u": ("you",),
    "ur": ("your",),
    "r": ("are",),
    "tl;dr": ("tldr",),
    "tl; dr": ("tldr",),
    "gonna": ("going", "to"),
    "wanna": ("want", "to"),
    "gimme": ("give", "me"),
    "lemme": ("let", "me"),
}
_ENDINGS: Final = {"n't": "not", "'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'s": "is"}
_NOT: Final = re.compile(r"(do|does|did|is|are|was|were|have|has|had|would|could|should|must|need)nt")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Token(NamedTuple):
    """A piece of the query.

    Attributes:
        sort: ``word``, ``number``, ``mark``, or the opaque ``quote``, ``file``, ``url``, ``code``, ``id``.
        text: in lower case; for the opaque ones as written.
        plain: ``text`` without accents.
        start: where it begins in the query.
        end: where it ends.
    """

    sort: str
    text: str
    plain: str
    start: int
    end: int


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Return ``word`` in lower case without accents."""
    low = word.casefold()
    if low.isascii():
        return low
    return "".join(char for char in unicodedata.normalize("NFKD", low) if not unicodedata.combining(char))


def tokenize(query: str) -> list[Token]:
    """Cut ``query`` into tokens, contractions spelled out."""
    tokens: list[Token] = []
    for found in _PATTERN.finditer(query):
        sort, text = found.lastgroup or "", found.group()
        if sort == "word":
            tokens += [
                Token(sort, part, fold(part), found.start(), found.end())
                for piece in _CAMEL.split(text)
                for part in _spelled_out(piece.casefold().replace("\u2019", "'"))
            ]
        else:
            tokens.append(Token(sort, text, text, found.start(), found.end()))
    return tokens


def _spelled_out(word: str) -> tuple[str, ...]:
    if word in _PULLED:
        return _PULLED[word]
    if "'" not in word:
        pulled = _NOT.fullmatch(word)
        return (pulled[1], "not") if pulled else (unicodedata.normalize("NFC", word),)
    for ending, meaning in _ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return (word.removesuffix(ending), meaning)
        if word == f"i{ending}":
            return ("i", meaning)
    return tuple(part for part in word.split("'") if part)
