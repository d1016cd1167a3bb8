"""Queries that programs write: a JSON object in the place of a sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["unwrap"]

#: Under which keys a program says what it wants, the most telling first, and which of the others are no slots.
_ASKING: Final = ("query", "q", "op", "kind", "action", "command", "ask", "question", "request", "operation", "intent")
#: A kind written as a call: ``self.files_touched()``.
_CALL: Final = re.compile(r"(?:self\.)?([a-z]+(?:_[a-z]+)+)\(\)")


def unwrap(query: str, context: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the sentence in a query that is a JSON object, and the context with the object's other members.

    Everything else comes back as it is.
    """
    text = query.strip()
    if name := _CALL.fullmatch(text):
        return name[1], context
    if not (text.startswith("{") and text.endswith("}")):
        return query, context
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return query, context
    if not isinstance(value, dict):
        return query, context
    key = next((key for key in _ASKING if isinstance(value.get(key), str)), None)
    if key is None:
        return query, context
    inner = value.get("context")
    rest = {name: member for name, member in value.items() if name not in {*_ASKING, "context"}}
    return value[key], {**rest, **(inner if isinstance(inner, dict) else {}), **context}
