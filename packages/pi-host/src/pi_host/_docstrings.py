"""What a function's docstring says about it and about its parameters."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import docstring_parser

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["describe"]


def describe(function: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """Return the description of ``function`` and those of its parameters by name.

    Google, NumPy, reST and Epydoc styles are understood.
    """
    parsed = docstring_parser.parse(inspect.getdoc(function) or "")
    paragraphs = [text for text in (parsed.short_description, parsed.long_description) if text]
    parameters = {
        parameter.arg_name: " ".join(parameter.description.split())
        for parameter in parsed.params
        if parameter.description
    }
    return "\n\n".join(paragraphs), parameters
