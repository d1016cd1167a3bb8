"""What a function's docstring says about it and about its parameters."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["describe"]

#: Without one of these no style of docstring says anything about a parameter, and there is one paragraph.
_MARKS: Final = frozenset("\n:@")


def describe(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """Return the description of ``function`` and those of its parameters by name.

    Google, NumPy, reST and Epydoc styles are understood.
    """
    text = inspect.getdoc(function) or ""
    if not _MARKS & set(text):
        return text, {}  # most tools of a start have one line, and the parser costs 4 ms of it
    import docstring_parser  # noqa: PLC0415  # as said

    parsed = docstring_parser.parse(text)
    paragraphs = [text for text in (parsed.short_description, parsed.long_description) if text]
    parameters = {
        parameter.arg_name: " ".join(parameter.description.split())
        for parameter in parsed.params
        if parameter.description
    }
    return "\n\n".join(paragraphs), parameters
