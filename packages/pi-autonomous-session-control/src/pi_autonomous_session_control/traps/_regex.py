"""Regular expressions that can't run away.

Python's can take exponential time, and nothing can interrupt them. So an expression is looked through before it is
taken: a repetition within a repetition, alternatives that begin alike within one, and references back are refused. What
is left takes at most n^(k+1) steps for a text of n characters, where k is how many open repetitions in a row can
compete for the same characters. So the text is searched in overlapping pieces, which are the shorter the higher k is.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from re import _constants as code  # type: ignore[attr-defined]  # the parse tree has no public door
from re import _parser as parser  # type: ignore[attr-defined]  # as above
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Expression", "UnsafeError", "compiled", "find"]

_MAX_PATTERN: Final = 1_000
#: Characters of a piece, by the number of competing repetitions; more of them are refused.
_PIECES: Final = (65_536, 2_500, 400, 120)
#: Seconds for one expression and one call.
_BUDGET: Final = 0.02
#: A repetition with a wider range counts as open.
_OPEN: Final = 40
#: As many ways to divide a text among nested repetitions are harmless.
_FEW: Final = 10_000
#: More ways than this count as one competing repetition more.
_MANY: Final = (64, 2_500, _FEW, 20_000)

_REPEATS: Final = frozenset({code.MAX_REPEAT, code.MIN_REPEAT, code.POSSESSIVE_REPEAT})
_ASCII: Final = [chr(number) for number in range(128)]
_OTHERS: Final = "é"  # stands for all that is not ASCII
_ALL: Final = frozenset([*_ASCII, _OTHERS])


class UnsafeError(ValueError):
    """An expression that is not one, or that could take for ever; the text says what to write instead."""


class Expression(NamedTuple):
    """An expression, ready to be used.

    Attributes:
        pattern: compiled.
        piece: how many characters it is given at a time.
    """

    pattern: re.Pattern[str]
    piece: int


@lru_cache(maxsize=1024)
def compiled(value: str) -> Expression:
    """Return an expression ready to be used; ``^`` and ``$`` fit at each line.

    Raises:
        UnsafeError: it can't be used.
    """
    if len(value) > _MAX_PATTERN:
        raise UnsafeError(f"the expression has {len(value)} characters, at most {_MAX_PATTERN} are allowed")
    try:
        pattern = re.compile(value, re.MULTILINE)
        tree = parser.parse(value, re.MULTILINE)
    except (re.error, RecursionError, OverflowError) as error:
        raise UnsafeError(f"{value!r} is not a regular expression: {error}") from error
    ignore_case = bool(tree.state.flags & re.IGNORECASE)
    survey = _Survey(ignore_case=ignore_case)
    # Parts of limited length that may or may not be there cost as much as an open repetition, if there are many.
    competing = survey.of(tree) + sum(survey.ways > limit for limit in _MANY)
    if competing >= len(_PIECES):
        raise UnsafeError(
            f"{value!r} has too many repetitions and optional parts that compete for the same characters: "
            "write something that they can't match between them"
        )
    return Expression(pattern, _PIECES[competing])


def find(expression: Expression, text: str) -> tuple[re.Match[str] | None, bool]:
    """Return the first match in ``text``, and whether all of it was searched.

    A match that is longer than half a piece may be missed.
    """
    if len(text) <= expression.piece:
        return expression.pattern.search(text), True
    deadline = time.perf_counter() + _BUDGET
    piece, step = expression.piece, expression.piece // 2
    for start in range(0, max(len(text) - step, 1), step):
        # The bounds are given to the search, so that `^`, `$` and looking around see what is beyond them at the front.
        match = expression.pattern.search(text, start, start + piece)
        if match is not None:
            return match, True
        if time.perf_counter() > deadline:
            return None, start + piece >= len(text)
    return None, True


class _Survey:
    """Counts competing repetitions in a parse tree, and refuses what can't be bounded."""

    def __init__(self, *, ignore_case: bool) -> None:
        self._ignore_case = ignore_case
        self.ways = 1  # to match the parts of limited length

    def of(self, tree: Any) -> int:
        chain: list[frozenset[str]] = []
        return self._walk(tree, chain, 0)

    def _walk(self, items: Any, chain: list[frozenset[str]], most: int) -> int:
        for operator, argument in items:
            most = max(most, self._item(operator, argument, chain))
        return most

    def _item(self, operator: Any, argument: Any, chain: list[frozenset[str]]) -> int:
        if operator in _REPEATS:
            return self._repeat(argument, chain)
        if operator is code.BRANCH:
            return self._branch(argument[1], chain)
        if operator is code.SUBPATTERN:
            return self._walk(argument[3], chain, 0)
        if operator is code.ATOMIC_GROUP:
            return self._walk(argument, chain, 0)
        if operator in {code.ASSERT, code.ASSERT_NOT}:
            return self._walk(argument[1], list(chain), 0)
        if operator in {code.GROUPREF, code.GROUPREF_EXISTS}:
            raise UnsafeError("references back to a group are not allowed: write the words themselves")
        if operator is not code.AT:
            # A character that a repetition before it can't match fixes where that one ends.
            here = self._characters(operator, argument)
            chain[:] = [before for before in chain if before & here]
        return len(chain)

    def _repeat(self, argument: Any, chain: list[frozenset[str]]) -> int:
        least, greatest, body = argument
        if greatest == 1:
            self.ways *= 2 - least
            before = list(chain)
            most = self._walk(body, chain, 0)
            chain[:] = before if len(before) > len(chain) else chain  # it may be left out
            return most
        self._check_body(body, int(greatest))
        characters = self._all_of(body)
        if least:
            chain[:] = [before for before in chain if before & characters]
        if greatest - least > _OPEN:
            chain.append(characters)
        else:
            self.ways *= greatest - least + 1
        return len(chain)

    def _branch(self, alternatives: Any, chain: list[frozenset[str]]) -> int:
        most, longest = 0, list[frozenset[str]]()
        for alternative in alternatives:
            own = list(chain)
            most = max(most, self._walk(alternative, own, 0))
            longest = max(longest, own, key=len)
        chain[:] = longest
        return most

    def _check_body(self, body: Any, times: int) -> None:
        """Refuse a repeated body that could divide the same text in many ways."""
        for operator, argument in body:
            if operator in _REPEATS:
                least, greatest, inner = argument
                ways = (greatest - least + 1) ** min(times, 50)
                if least != greatest and (times > _OPEN or ways > _FEW):
                    raise UnsafeError("a repetition within a repetition can take for ever: repeat only one of them")
                self.ways *= ways
                self._check_body(inner, times)
            elif operator is code.BRANCH:
                self._check_branch(argument[1], times)
            elif operator is code.SUBPATTERN:
                self._check_body(argument[3], times)
            elif operator is code.ATOMIC_GROUP:
                self._check_body(argument, times)
            elif operator in {code.GROUPREF, code.GROUPREF_EXISTS}:
                raise UnsafeError("references back to a group are not allowed: write the words themselves")

    def _check_branch(self, alternatives: Any, times: int) -> None:
        beginnings = [self._first(alternative) for alternative in alternatives]
        alike = any(one & other for i, one in enumerate(beginnings) for other in beginnings[i + 1 :])
        if alike or not all(beginnings):
            raise UnsafeError("alternatives that begin alike within a repetition can take for ever: join them")
        for alternative in alternatives:
            self._check_body(alternative, times)

    def _first(self, items: Any) -> frozenset[str]:
        for operator, argument in items:
            if operator in {code.LITERAL, code.NOT_LITERAL, code.IN, code.ANY}:
                return self._characters(operator, argument)
            return frozenset() if operator is code.AT else _ALL
        return frozenset()

    def _all_of(self, items: Any) -> frozenset[str]:
        found: frozenset[str] = frozenset()
        for operator, argument in items:
            if operator in _REPEATS:
                found |= self._all_of(argument[2])
            elif operator is code.BRANCH:
                found = found.union(*map(self._all_of, argument[1]))
            elif operator is code.SUBPATTERN:
                found |= self._all_of(argument[3])
            elif operator is code.ATOMIC_GROUP:
                found |= self._all_of(argument)
            elif operator not in {code.AT, code.ASSERT, code.ASSERT_NOT}:
                found |= self._characters(operator, argument)
        return found

    def _characters(self, operator: Any, argument: Any) -> frozenset[str]:
        if operator is code.LITERAL:
            return self._letters(chr(argument))
        if operator is code.NOT_LITERAL:
            return _ALL - ({chr(argument)} & set(_ASCII))
        if operator is code.ANY:
            return _ALL
        found: set[str] = set()
        for kind, value in argument:
            found |= self._member(kind, value)
        if argument and argument[0][0] is code.NEGATE:
            # All of the others may or may not be excluded: one of them is enough.
            return (_ALL - found) | {_OTHERS}
        return frozenset(found)

    def _member(self, kind: Any, value: Any) -> set[str]:
        if kind is code.LITERAL:
            return set(self._letters(chr(value)))
        if kind is code.RANGE:
            inside = {char for char in _ASCII if value[0] <= ord(char) <= value[1]}
            return {form for char in inside for form in self._letters(char)} | ({_OTHERS} if value[1] > 127 else set())  # noqa: PLR2004  # last of ASCII
        if kind is code.CATEGORY:
            is_in: Callable[[str], bool] = _CATEGORIES[value]
            return {char for char in _ALL if is_in(char)}
        return set()

    def _letters(self, char: str) -> frozenset[str]:
        forms = {char.lower(), char.upper()} if self._ignore_case else {char}
        return frozenset(form if form.isascii() else _OTHERS for form in forms)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


_CATEGORIES: Final[dict[Any, Callable[[str], bool]]] = {
    code.CATEGORY_DIGIT: str.isdigit,
    code.CATEGORY_NOT_DIGIT: lambda char: not char.isdigit(),
    code.CATEGORY_SPACE: str.isspace,
    code.CATEGORY_NOT_SPACE: lambda char: not char.isspace(),
    code.CATEGORY_WORD: _is_word,
    code.CATEGORY_NOT_WORD: lambda char: not _is_word(char) or char == _OTHERS,
}
