"""Header values for a provider's registration, where pi would run or expand them.

pi reads the strings of a registration as expressions: ``!command`` is run, and ``$NAME`` (before 0.77 a value that is
the name of a variable) becomes that variable's value.
"""

from __future__ import annotations

from typing import NamedTuple

from pi_trace_headers._versions import at_least

__all__ = ["Literal", "literal"]


class Literal(NamedTuple):
    """A value as it has to be registered.

    Attributes:
        text: what to register, ``None`` if this pi can't be kept from running it.
        unless_variable: whether it must not be registered if there is an environment variable of that name.
    """

    text: str | None
    unless_variable: bool


def literal(value: str, pi_version: str) -> Literal:
    """Return how ``value`` has to be registered so that it goes out as it is."""
    if at_least(pi_version, 0, 77):  # the oldest pi that knows how to write a dollar that is none
        text = value.replace("$", "$$")
        return Literal(f"${text}" if text.startswith("!") else text, unless_variable=False)
    return Literal(None if value.startswith("!") else value, unless_variable=True)
