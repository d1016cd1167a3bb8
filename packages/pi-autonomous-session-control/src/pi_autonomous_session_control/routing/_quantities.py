"""Files, numbers and spans of time that a query names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pi_autonomous_session_control.routing._concepts import Item
    from pi_autonomous_session_control.routing._tokens import Token

__all__ = ["quantities"]

#: How long each unit is, in seconds; ``None`` for a turn of the conversation.
_UNITS: Final[dict[str, tuple[str, int | None]]] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "sekunde", "segundo", "seconde"), ("second", 1)),
    **dict.fromkeys(("m", "min", "mins", "minute", "minuto"), ("minute", 60)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "stunde", "hora", "heure"), ("hour", 3600)),
    **dict.fromkeys(("d", "day", "tag", "dia", "jour"), ("day", 86400)),
    **dict.fromkeys(("week", "woche", "semana", "semaine"), ("week", 604800)),
    **dict.fromkeys(("turn", "round", "runde", "turno", "tour"), ("turn", None)),
}
_ONE: Final = frozenset(["a", "an", "one", "ein", "eine", "einer", "einem", "un", "una", "une"])
_LONGEST: Final = 16
#: German plurals, which are not made with an s.
_ENDINGS: Final = ("", "s", "n", "en", "e")


def quantities(items: Sequence[Item]) -> dict[str, Any]:
    """Return what the words name: ``files``, ``numbers`` and ``span``, each only if there is one.

    A span is ``{"amount": 10, "unit": "minute", "seconds": 600}``; turns have no seconds.
    """
    tokens = [token for item in items for token in item.tokens]
    found: dict[str, Any] = {}
    if files := list(dict.fromkeys(token.text for token in tokens if token.sort == "file")):
        found["files"] = files
    if numbers := [_number(token.text) for token in tokens if _is_number(token)]:
        found["numbers"] = numbers
    if span := next(_spans(tokens), None):
        found["span"] = span
    return found


def _spans(tokens: Sequence[Token]) -> Iterator[dict[str, Any]]:
    for at, token in enumerate(tokens[1:], 1):
        unit = _unit(token.plain) if token.sort == "word" else None
        before = tokens[at - 1]
        if unit and (_is_number(before) or before.text in _ONE) and "%" not in before.text:
            amount = _number(before.text) if before.sort == "number" else 1
            name, seconds = unit
            yield {"amount": amount, "unit": name} | ({"seconds": amount * seconds} if seconds else {})


def _unit(word: str) -> tuple[str, int | None] | None:
    return next(
        (_UNITS[word.removesuffix(end)] for end in _ENDINGS if word.endswith(end) and word.removesuffix(end) in _UNITS),
        None,
    )


def _is_number(token: Token) -> bool:
    """Return whether it counts something: a time of day does not, nor does what is as long as an id."""
    return token.sort == "number" and ":" not in token.text and len(token.text) < _LONGEST


def _number(text: str) -> int | float:
    text = text.rstrip("%")
    return int(text) if text.isdigit() else float(text) if text.count(".") == 1 else int(text.partition(".")[0])
