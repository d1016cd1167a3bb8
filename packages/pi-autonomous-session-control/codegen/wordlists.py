"""``lexicon.toml`` and ``grammar.toml`` as the package reads them."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SHORTEST", "grammar", "lexicon"]

#: A typo in a shorter word could be any word.
SHORTEST: Final = 5

Phrases = dict[str, dict[tuple[str, ...], list[str]]]


def grammar(path: Path) -> dict[str, Any]:
    """Return the sets of words and the patterns, the languages of each put together."""
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    sets = {name: sorted({*" ".join(languages.values()).split()}) for name, languages in read["words"].items()}
    patterns = {name: _pattern(languages) for name, languages in read["patterns"].items()}
    return {"sets": sets, "patterns": patterns}


def _pattern(languages: dict[str, list[str]]) -> str:
    lead = "".join(languages.pop("any", []))
    return f"{lead}(?:{'|'.join(part for parts in languages.values() for part in parts)})\\b"


def lexicon(path: Path) -> dict[str, Any]:
    """Return whole words, beginnings of words and phrases, each with its concepts.

    Raises:
        ValueError: a phrase begins with a star.
    """
    words: dict[str, list[str]] = {}
    stems: dict[str, list[str]] = {}
    phrases: Phrases = {}
    for concept, languages in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for entry in dict.fromkeys(" ".join(languages.values()).casefold().split()):
            _into(entry, words, stems, phrases).append(concept)
    _admit_parts(words, stems, phrases)
    for means in words.values():
        # A word that means something needs no protection from typos.
        if len(means) > 1 and "KNOWN" in means:
            means.remove("KNOWN")
    ranked = {first: sorted(rest.items(), key=lambda pair: -len(pair[0])) for first, rest in sorted(phrases.items())}
    return {"words": dict(sorted(words.items())), "stems": dict(sorted(stems.items())), "phrases": ranked}


def _into(entry: str, words: dict[str, list[str]], stems: dict[str, list[str]], phrases: Phrases) -> list[str]:
    """Return the list of concepts that ``entry`` has so far."""
    first, *rest = entry.split("_")
    if rest and "*" in first:
        raise ValueError(f"the phrase {entry!r} begins with a star; write its first word out")
    if rest:
        return phrases.setdefault(first, {}).setdefault(tuple(rest), [])
    return stems.setdefault(first[:-1], []) if first.endswith("*") else words.setdefault(first, [])


def _admit_parts(words: dict[str, list[str]], stems: dict[str, list[str]], phrases: Phrases) -> None:
    """Make the words that phrases are made of known, so that a typo in a phrase is seen through."""
    for first, endings in phrases.items():
        for word in (first, *(word for rest in endings for word in rest)):
            if word.isalpha() and len(word) >= SHORTEST and not word.startswith(tuple(stems)):
                words.setdefault(word, ["COMMON"])
