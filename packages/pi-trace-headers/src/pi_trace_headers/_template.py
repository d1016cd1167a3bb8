"""The values of headers: text with variables in braces, ``{session.id}`` or ``{env.TEAM|slug}``.

A doubled brace stands for itself. A variable that has no value leaves the whole header out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from pi_trace_headers._errors import TraceError
from pi_trace_headers._filters import filter_of

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from pi_trace_headers._filters import Filter

    #: Gives a variable's value, ``None`` for none.
    Values: TypeAlias = Callable[[str], str | None]

__all__ = ["Template", "Values", "parse"]

_PIECE = re.compile(r"(?P<brace>\{\{|\}\})|\{(?P<expression>[^{}]*)\}|(?P<text>[^{}]+)|(?P<stray>[{}])")


class _Expression(NamedTuple):
    variable: str
    filters: tuple[Filter, ...]


class Template(NamedTuple):
    """A parsed template.

    Attributes:
        text: what it was parsed from.
        parts: text and expressions, in order.
    """

    text: str
    parts: tuple[str | _Expression, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that it uses."""
        return tuple(part.variable for part in self.parts if not isinstance(part, str))

    def render(self, values: Values) -> str | None:
        """Return the text with all variables filled in, or ``None`` if one of them has no value."""
        pieces: list[str] = []
        for part in self.parts:
            if isinstance(part, str):
                pieces.append(part)
                continue
            value = values(part.variable)
            if value is None:
                return None
            for apply in part.filters:
                value = apply(value)
            pieces.append(value)
        return "".join(pieces)


def parse(text: str, known: Container[str]) -> Template:
    """Return the template that ``text`` is.

    Args:
        text: the template.
        known: the variables there are.

    Raises:
        TraceError: a stray brace, an unknown variable or an unknown filter.
    """
    parts: list[str | _Expression] = []
    for found in _PIECE.finditer(text):
        if found["stray"]:
            raise TraceError(f"stray {found['stray']!r} in {text!r}; write it twice to send it")
        if found["expression"] is not None:
            parts.append(_expression(found["expression"], text, known))
        else:
            parts.append(found["text"] or found["brace"][0])
    return Template(text, tuple(parts))


def _expression(source: str, text: str, known: Container[str]) -> _Expression:
    variable, *filters = (word.strip() for word in source.split("|"))
    if variable not in known:
        raise TraceError(f"there is no variable {variable!r} in {text!r}; `pi-trace rules variables` lists them")
    return _Expression(variable, tuple(filter_of(word) for word in filters))
