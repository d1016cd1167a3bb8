"""A query as clauses, and where the words end that say what is wanted: behind them stands what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pi_autonomous_session_control.routing._grammar import concepts
from pi_autonomous_session_control.routing._grammar import words as listed
from pi_autonomous_session_control.routing._speech import (
    CORE,
    DIRECTIVE,
    NEGATED,
    POLITE,
    QUESTION,
    STATEMENT,
    begin,
    speech,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_autonomous_session_control.routing._concepts import Item

__all__ = ["Clause", "clauses"]

_SENTENCE: Final = frozenset(".?!;\n¿¡…")
_CLAUSE: Final = frozenset(",-—–:(){}[]=")  # noqa: RUF001  # people type all kinds of dashes

#: Concepts behind which a text of the user's own can stand.
_STRONG: Final = concepts(
    "REMEMBER REMIND FORGET TRAP CHECKPOINT FOLLOWUP QUEUE PREFILL SPAWN BRANCH HELP LEARN CONFIDENT UNSURE RECALL",
    "MEMORY WARN ISSUE KNOW",
)
#: With a colon behind them these can have a text, too.
_BEFORE_COLON: Final = _STRONG - {"KNOW"} | concepts("SAVE MARK DANGER EDITOR SUGGEST AVOID SAVED BLOCKED")
#: A negation that ends a clause goes on in the next one: "do not, I repeat, ...".
_HANGING: Final = frozenset({"not", "never", "nunca", "jamais", "nie", "niemals"})

#: A phrase that ends with one of these, as "do not forget that", has its text right behind it.
_LEADS_ON: Final = frozenset({"that", "que", "qu", "dass", "to", "zu", "de", ":"})


class Clause(NamedTuple):
    """A part of the query that does one thing.

    Attributes:
        act: what it does, one of the names of ``_speech``.
        items: the words that say what is wanted.
        rest: where the text begins that it is about, in the query; ``None`` without one.
        begins: where the clause begins in the query.
    """

    act: str
    items: list[Item]
    rest: int | None
    begins: int


class _Colon(NamedTuple):
    """The colon behind a clause.

    Attributes:
        end: where it ends in the query.
        before_question: whether a question word follows it; a noun before it, as in "memory: ...", is no directive.
    """

    end: int
    before_question: bool


def clauses(items: Sequence[Item]) -> list[Clause]:
    """Cut ``items`` into clauses; a text behind a directive ends it all, whatever is in it."""
    found: list[Clause] = []
    at = 0
    while at < len(items):
        end, parts = _sentence(items, at)
        asked = _is_asked(items, at, end, parts)
        at = end
        for number, (start, stop) in enumerate(parts):
            ends_with_colon = stop < len(items) and _mark(items[stop]) == ":"
            words = [item for item in items[start:stop] if item.sort != "mark"]
            if not words:
                continue
            before = [item for s, e in parts[:number] for item in items[s:e]]
            asks_next = stop + 1 < len(items) and "WH" in items[stop + 1].concepts
            colon = _Colon(items[stop].end, before_question=asks_next) if ends_with_colon else None
            clause, is_text = _clause(words, asked=asked, colon=colon, before=before)
            if number and found and _hangs(found[-1]) and clause.act != QUESTION:
                clause = clause._replace(act=NEGATED, items=[*found.pop().items, *clause.items])
            found.append(clause)
            if is_text:
                return found
    return found


def _hangs(clause: Clause) -> bool:
    """Return whether a negation in this clause has not met yet what it negates."""
    waits = clause.act == NEGATED and not any(item.concepts & CORE for item in clause.items)
    last = clause.items[-1]
    return waits or (last.word in _HANGING and len(last.tokens) == 1)


def _sentence(items: Sequence[Item], at: int) -> tuple[int, list[tuple[int, int]]]:
    """Return where the sentence from ``at`` ends and the clauses in it."""
    parts: list[tuple[int, int]] = []
    start = index = at
    while index < len(items) and _mark(items[index]) not in _SENTENCE:
        turns = items[index].word in listed("turns") and items[index].sort == "word"
        around = items[max(index - 1, 0) : index + 2 : 2]
        goes_on = _mark(items[index]) == "," and (around[-1].word in listed("goes_on") or around[0].word == "daran")
        if (_mark(items[index]) in _CLAUSE and not goes_on) or (turns and index > start):
            parts.append((start, index))
            start = index if turns else index + 1
        index += 1
    parts.append((start, index))
    while index < len(items) and _mark(items[index]) in _SENTENCE:
        index += 1
        if _mark(items[index - 1]) in "¿¡":
            break
    return index, parts


def _is_asked(items: Sequence[Item], at: int, end: int, parts: Sequence[tuple[int, int]]) -> bool:
    stop = parts[-1][1]
    marked = any(_mark(item) == "?" for item in items[stop:end]) or (at > 0 and _mark(items[at - 1]) == "¿")
    tag = [item for item in items[parts[-1][0] : stop] if item.sort == "word"]
    return marked and not (
        len(parts) > 1 and all(token.plain in listed("tag") for item in tag for token in item.tokens)
    )


def _mark(item: Item) -> str:
    return item.tokens[0].text[:1] if item.sort == "mark" else " "


def _clause(words: list[Item], *, asked: bool, colon: _Colon | None, before: Sequence[Item]) -> tuple[Clause, bool]:
    """Return the clause and whether the rest of the query is its text."""
    start = words[0].start
    headed = colon is not None and _is_head(words, before, colon)
    act = speech(words, asked=asked and not headed)
    if headed and colon is not None:
        if act == STATEMENT and "THIS" in words[begin(words)].concepts:
            act = DIRECTIVE
        return Clause(act, words, colon.end, start), True
    cut = _boundary(words, begin(words), act)
    if cut is None:
        return Clause(act, words, None, start), False
    rest = words[cut].start
    takes_all = act in {DIRECTIVE, POLITE} or (act == STATEMENT and any("LEARN" in item.concepts for item in words))
    return Clause(act, words[:cut], rest, start), takes_all


def _is_head(words: Sequence[Item], before: Sequence[Item], colon: _Colon) -> bool:
    """Return whether what follows the colon is the text of what precedes it."""
    if words[begin(words)].word in listed("subordinate"):
        return False
    concepts = {concept for item in [*before, *words] for concept in item.concepts}
    if colon.before_question:
        return bool(concepts & _BEFORE_COLON & CORE)
    return bool(concepts & _BEFORE_COLON) or words[-1].concepts == {"LATER"}


def _boundary(words: Sequence[Item], at: int, act: str) -> int | None:
    """Return the index of the word with which the text begins."""
    boundary = listed("boundary_asked" if act == QUESTION else "boundary")
    strong = told = False
    for index in range(at, len(words)):
        item = words[index]
        if strong and item.word in boundary and not item.concepts & _STRONG:
            return index if index + 1 < len(words) else None
        if told and item.word in listed("text_begins"):
            return index
        if item.word in {"that", "dass"} and index > at and act != QUESTION and words[at].concepts & {"SAVE", "MARK"}:
            return index
        if strong and act != QUESTION and "WH" in item.concepts and not words[at].concepts & {"RECALL", "REMIND"}:
            return index
        if len(item.tokens) > 1 and item.concepts & _STRONG and item.tokens[-1].plain in _LEADS_ON:
            return index + 1 if index + 1 < len(words) else None
        told = told or (act in {DIRECTIVE, POLITE} and "REMEMBER" in item.concepts)
        strong = strong or bool(item.concepts & _STRONG)
    return None
