"""A question or a negated directive never writes, and nobody's text decides what is done with it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pi_autonomous_session_control.routing import KINDS, UNKNOWN, WRITES, route

DIRECTIVES = {
    "en": (
        "remember this;remember that the port is 5433;create a checkpoint;checkpoint this;save this pattern;"
        "set a trap for rm -rf;mark this as a trap;forget pattern-12;forget the pattern about redis;delete that memory;"
        "remind me to run the tests;follow up on this later;spawn a branch;ask for help;store that in memory;"
        "make a note that tabs win;memorize this;take a snapshot;put this on my list;save a checkpoint;add a reminder;"
        'type "yes" into the prompt;prefill the editor with "x";note that CI is slow;record this lesson;'
        "try a different approach;request help;keep in mind that x is y"
    ),
    "de": "merke dir das;erstelle einen Checkpoint;setze eine Falle;vergiss das Muster;speichere das;lösche die Notiz",
    "es": "recuerda esto;crea un checkpoint;pon una trampa;olvida el patrón;guarda esto;borra la nota;pide ayuda",
    "fr": "retiens ceci;crée un checkpoint;pose un piège;oublie le motif;enregistre ceci;efface la note",
}
NEGATIONS = {
    "en": (
        "don't {};do not {};please don't {};never {};Please do NOT {}!;don't ever {};you must not {};you should not {};"
        "I don't want you to {};there is no need to {};let's not {};we should not {};please never {};dont {};"
        "under no circumstances {};do not, under any circumstances, {};I'd rather you did not {};could you not {};"
        "whatever you do, don't {};by no means {};I would prefer not to {};ok so don't {} for now;do not bother to {};"
        "it is not necessary to {};I never said {};don't you dare {};do not, I repeat, {}"
    ),
    "de": "{} nicht;{} bitte nicht;bitte {} nicht;{} auf keinen Fall",
    "es": "no {};por favor, no {};nunca {};no quiero que {}",
    "fr": "ne {} pas;surtout ne {} pas;s'il te plaît ne {} pas",
}
QUESTIONS = {
    "en": (
        "should I {}?;did you {}?;why would I {}?;what happens if I {}?;how do I {}?;when should we {}?;"
        "is it wise to {}?;"
        "do I need to {}?;{}?;shall I {}?;have I asked you to {}?;who told you to {}?;"
        "do you think we should {}?;"
        "am I supposed to {};did I {};should we {} or not?;is there a reason to {}?;what does it mean to {}?;"
        "must I {}?;"
        "when did you last {}?;why did you {};does it help to {}?;would you {} in my place?;where can I {}?;"
        "what if we {}?;how about we {}?"
    ),
    "de": "soll ich {}?;warum {}?;wie kann ich {}?;{}?",
    "es": "¿debo {}?;¿por qué {}?;¿{}?;¿cómo {}?",
    "fr": "dois-je {} ?;pourquoi {} ?;{} ?;est-ce que je {} ?",
}
LANGUAGES = tuple(DIRECTIVES)


def filled(frames: dict[str, str], language: str) -> list[str]:
    return [
        frame.format(directive)
        for frame in frames[language].split(";")
        for directive in DIRECTIVES[language].split(";")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_directive_writes_when_nothing_takes_it_back(language: str) -> None:
    silent = [query for query in DIRECTIVES[language].split(";") if route(query).kind not in WRITES]
    assert silent == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_negated_directive_never_writes(language: str) -> None:
    assert [query for query in filled(NEGATIONS, language) if route(query).kind in WRITES] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_never_writes(language: str) -> None:
    assert [query for query in filled(QUESTIONS, language) if route(query).kind in WRITES] == []


@pytest.mark.parametrize(
    ("query", "pattern"),
    [
        ("don't forget that CI uses uv", "CI uses uv"),
        ("Never forget that main is protected", "main is protected"),
        ("vergiss nicht, dass die Tests Docker brauchen", "die Tests Docker brauchen"),
        ("no olvides que la API exige un token", "la API exige un token"),
        ("n'oublie pas que la CI est lente", "la CI est lente"),
    ],
)
def test_not_to_forget_something_is_to_remember_it(query: str, pattern: str) -> None:
    found = route(query)
    assert (found.kind, found.slots["pattern"]) == ("remember_pattern", pattern)


@pytest.mark.parametrize("noun", ["pattern", "memory", "note", "lesson", "rule", "trap"])
def test_not_to_forget_a_certain_memory_writes_nothing(noun: str) -> None:
    assert route(f"don't forget that {noun} about redis").kind not in WRITES
    assert route(f"please do not forget that old {noun}").kind not in WRITES


@pytest.mark.parametrize("query", ["don't forget that", "don't forget that, please", "never forget that"])
def test_not_to_forget_that_writes_nothing(query: str) -> None:
    assert route(query).kind not in WRITES


@pytest.mark.parametrize(
    "query",
    [
        "don't stop me from running rm -rf",
        "do not warn me when I push",
        "no need to keep me from editing .env",
        "should I stop myself from pushing?",
        "why did you stop me?",
        "warne mich nicht vor rm -rf",
        "no me avises si toco .env",
        "ne m'avertis pas",
    ],
)
def test_a_warning_that_is_not_wanted_sets_no_trap(query: str) -> None:
    assert route(query).kind not in WRITES


WORDS = (
    *(
        "the",
        "files",
        "what",
        "failed",
        "loop",
        "status",
        "don't",
        "never",
        "checkpoint",
        "create",
        "a",
        "trap",
        "forget",
    ),
    *("remind", "me", "later", "progress", "errors", "summary", "branch", "help?", "sure", "not", "nicht", "pas", "no"),
    *("Redis", "5433", "src/app.py"),
)
#: Whatever a person may want to have remembered, the words of other directives among it.
TEXTS = st.lists(
    st.sampled_from(WORDS),
    min_size=1,
    max_size=9,
).map(" ".join)


@given(text=TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_text_behind_a_directives_colon_is_kept_whole_and_decides_nothing(text: str) -> None:
    remembered = route(f"Remember: {text}")
    assert (remembered.kind, remembered.slots["pattern"]) == ("remember_pattern", text)
    marked = route(f"mark as trap: {text}")
    assert (marked.kind, marked.slots["description"]) == ("mark_trap", text)


@given(text=TEXTS, frame=st.sampled_from(['what does "{}" mean?', "grep for `{}` in the docs", "print '{}' in bold"]))
@settings(max_examples=150, deadline=None)
def test_words_in_quotes_decide_nothing(text: str, frame: str) -> None:
    text = text.replace("don't", "do not")
    assert route(frame.format(text)).kind == route(frame.format("x")).kind


@given(text=TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_negated_directive_with_any_text_never_writes(text: str) -> None:
    assert route(f"don't remember: {text}").kind not in WRITES
    assert route(f'please do not create a checkpoint "{text}"').kind not in WRITES


@given(
    query=st.text(max_size=200) | TEXTS,
    context=st.dictionaries(st.text(max_size=8), st.none() | st.text() | st.integers()),
)
@settings(max_examples=200, deadline=None)
def test_any_text_gets_an_answer(query: str, context: dict[str, object]) -> None:
    found = route(query, context)
    assert found.kind in {UNKNOWN, *(kind for kinds in KINDS.values() for kind in kinds)}
    assert 0 <= found.score <= 1
    assert found.understood == (found.kind != UNKNOWN)


@pytest.mark.parametrize(
    "query", ["", " \n", "?", '"', "¿", "«" * 3000, "a b " * 20_000, "1:2 minutes", "9" * 6000, "\x00"]
)
def test_a_strange_query_is_answered_quickly(query: str) -> None:
    assert route(query).kind not in WRITES
