from __future__ import annotations

import pytest

from pi_autonomous_session_control.routing._tokens import tokenize
from pi_autonomous_session_control.routing._words import meaning, spelling


@pytest.mark.parametrize(
    ("typo", "word"),
    [
        ("fiels", "files"),
        ("chekpoint", "checkpoint"),
        ("rember", "remember"),
        ("comands", "commands"),
        ("hlep", "help"),
        ("branhces", "branches"),
        ("progess", "progress"),
        ("spwan", "spawn"),
    ],
)
def test_a_mistyped_word_is_seen_through(typo: str, word: str) -> None:
    assert spelling(typo, typo) == word


@pytest.mark.parametrize(
    "word", ["process", "remote", "stack", "latter", "charge", "field", "expect", "layer", "reset"]
)
def test_a_word_that_is_only_like_another_is_left_alone(word: str) -> None:
    assert spelling(word, word) == word


def test_a_short_word_with_another_letter_in_it_is_another_word() -> None:
    assert spelling("fifes", "fifes") == "fifes"
    assert spelling("fiels", "fiels") == "files"


def test_an_accent_tells_words_apart_that_are_else_the_same() -> None:
    assert "CONFIDENT" in meaning("sûr", "sur")
    assert "CONFIDENT" not in meaning("sur", "sur")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("don't", ["do", "not"]),
        ("I'm", ["i", "am"]),
        ("n'oublie", ["n", "oublie"]),
        ("files_touched", ["files", "touched"]),
        ("filesTouched", ["files", "touched"]),
        ("Größe", ["grosse"]),
    ],
)
def test_words_are_taken_apart(text: str, words: list[str]) -> None:
    assert [token.plain for token in tokenize(text)] == words


@pytest.mark.parametrize(
    ("text", "sorts"),
    [
        ("say “am I looping” now", ["word", "quote", "word"]),
        ("it's 'a b' isn't", ["word", "word", "quote", "word", "word"]),
        ("`x` ```y\nz```", ["quote", "quote"]),
        ("edit src/a.py and b.md", ["word", "file", "word", "file"]),
        ("rm -rf x https://a.b/c", ["word", "code", "word", "url"]),
        ("forget pattern-12-1", ["word", "id"]),
        ('log.info("remember this") file(s)', ["code", "word", "mark", "word", "mark"]),
        ('open "never closed', ["word", "quote"]),
    ],
)
def test_what_is_not_prose_is_one_opaque_token(text: str, sorts: list[str]) -> None:
    assert [token.sort for token in tokenize(text)] == sorts
