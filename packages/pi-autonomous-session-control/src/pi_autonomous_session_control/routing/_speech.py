"""What a clause does: asks, tells to do, tells not to do, or states."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.routing._grammar import beginning, concepts, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_autonomous_session_control.routing._concepts import Item

__all__ = [
    "CORE",
    "DIRECTIVE",
    "FRAGMENT",
    "NEGATED",
    "POLITE",
    "QUESTION",
    "STATEMENT",
    "begin",
    "speech",
]

QUESTION: Final = "question"
DIRECTIVE: Final = "directive"
#: A directive in the form of a question: "could you ...".
POLITE: Final = "polite"
NEGATED: Final = "negated"
STATEMENT: Final = "statement"
FRAGMENT: Final = "fragment"

#: Concepts that name something which writes; a negation before one of them takes it back.
CORE: Final = concepts(
    "REMEMBER RECALL SAVE FORGET DELETE TRAP MARK WARN CHECKPOINT REMIND FOLLOWUP QUEUE PREFILL SPAWN BRANCH HELP",
    "CREATE SUGGEST FILL TRY ALTERNATIVE",
)

#: So many words at least make a sentence with a verb.
_SENTENCE: Final = 3
#: What an adverbial of time is made of.
_TIMES: Final = concepts("TIME TURN LATER PRESENT COMMON")
#: Concepts that take back what follows them.
_AGAINST: Final = concepts("NEG HOLD AVOID")
#: What may stand between a negation and what it negates.
_FUNCTION: Final = concepts(
    "COMMON I YOU WANT NEED PLEASE THIS ALL CREATE FILLER HERE PRESENT ABOUT LATER WH WHETHER SAME EXIST MEMORY NEG",
)


def begin(items: Sequence[Item]) -> int:
    """Return where a clause really begins: behind "ok", "please", "and then"."""
    at = 0
    while at < len(items) and items[at].concepts & {"FILLER", "PLEASE"} and not items[at].concepts & {"NEG", "WH"}:
        at += 1
    return at if at < len(items) else 0


def speech(items: Sequence[Item], *, asked: bool) -> str:
    """Return what a clause does.

    Args:
        items: its words.
        asked: whether its sentence has a question mark.
    """
    at = begin(items)
    said = " ".join(token.plain for item in items[at : at + 9] for token in item.tokens)
    if _tells_to_tell(said) or beginning("asked_to_recall").match(said):
        return QUESTION
    if _is_about_that_one(items, at):
        return NEGATED
    if _takes_back(items, at):
        return QUESTION if asked and not _starts_negated(items, at) else NEGATED
    if beginning("polite").match(said):
        return QUESTION if _is_about_ability(said, items) else POLITE
    return QUESTION if asked or _asks(items, at, said) else _unasked(items, at, said)


def _is_about_that_one(items: Sequence[Item], at: int) -> bool:
    """Tell "don't forget that old note" from "don't forget that CI is slow", which wants something remembered."""
    said = [token.plain for token in items[at].tokens]
    if said[-1] != "that" or words("negation").isdisjoint(said):
        return False
    rest = [item for item in items[at + 1 :] if not item.concepts & {"PLEASE", "FILLER"}]
    return len(rest) < _SENTENCE or any(item.concepts & {"MEMORY", "TRAP"} for item in rest[:_SENTENCE])


def _tells_to_tell(said: str) -> bool:
    told = beginning("told_to_tell").match(said)
    return bool(told and beginning("told_what").match(said, told.end()))


def _unasked(items: Sequence[Item], at: int, said: str) -> str:
    if beginning("wished").match(said):
        return DIRECTIVE
    first = items[_behind_the_time(items, at)]
    if first.word in words("subordinate") and any(item.concepts & {"REMIND", "WARN"} for item in items):
        return DIRECTIVE
    if first.word in words("stating") | words("subordinate"):
        return STATEMENT
    return DIRECTIVE if first.concepts - {"COMMON", "WH", "ABOUT", "ALL", "NEG"} else FRAGMENT


def _behind_the_time(items: Sequence[Item], at: int) -> int:
    """Return where a clause goes on that begins with a time: "in 5 minutes", "tomorrow"."""
    behind = at
    while behind < len(items) - 1 and (items[behind].sort == "number" or items[behind].concepts & _TIMES):
        behind += 1
    timed = any(item.concepts & _TIMES - {"COMMON"} for item in items[at:behind])
    return behind if timed and items[behind].concepts & CORE else at


def _asks(items: Sequence[Item], at: int, said: str) -> bool:
    if beginning("asked").match(said):
        return True
    for item in items[at : at + 3]:
        if "WH" in item.concepts or item.word in words("question_word"):
            following = said.split(" ")[1:2]
            return item.word not in words("subordinate") or not words("auxiliary").isdisjoint(following)
        if item.word not in words("before_question_word"):
            return False
    return False


def _is_about_ability(said: str, items: Sequence[Item]) -> bool:
    """Tell "can you set traps" and "would you, if you were me" from "can you set a trap"."""
    if beginning("hypothetical").search(" ".join(token.plain for item in items for token in item.tokens)):
        return True
    if not beginning("ability").match(said):
        return False
    if any(item.sort in {"quote", "file", "code"} or "PLEASE" in item.concepts for item in items):
        return False
    return words("particular").isdisjoint(said.split(" ")[2:])


def _starts_negated(items: Sequence[Item], at: int) -> bool:
    return any(item.concepts & _AGAINST for item in items[at : at + 2])


def _takes_back(items: Sequence[Item], at: int) -> bool:
    """Return whether a negation governs the first thing that would write."""
    core = next((index for index, item in enumerate(items) if index >= at and item.concepts & CORE), None)
    if core is None:
        return False
    before = next((index for index in range(core) if items[index].concepts & _AGAINST), None)
    if before is not None:
        between = items[before + 1 : core]
        strange = sum(not item.concepts & _FUNCTION for item in between)
        ended = any(item.word in words("and") for item in between)
        return before - at <= 1 or (strange <= 1 and not ended)
    if any(item.word in words("negation_next") for item in items[core + 1 : core + 3]):
        return True
    ends = words("subordinate") | words("goes_on")
    behind = itertools.takewhile(lambda item: item.word not in ends, items[core + 1 :])
    return any(item.word in words("negation_behind") for item in behind)
