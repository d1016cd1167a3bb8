"""What maintainers order in a comment: ``!vouch @somebody because ...``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from pi_devkit.vouch._file import Entry, check_handle

if TYPE_CHECKING:
    from pi_devkit.vouch._file import TrustList

__all__ = ["Order", "order"]

_ORDER: Final = re.compile(r"!(?P<verb>vouch|denounce|unvouch)\s+@?(?P<handle>\S+)[ \t]*(?P<reason>[^\r\n]*)")
_REASON_LENGTH: Final = 120


@dataclass(frozen=True, slots=True)
class Order:
    """An order about one person.

    Attributes:
        verb: what to do.
        handle: name of the account, in lower case.
        reason: why; may be empty.
    """

    verb: Literal["vouch", "denounce", "unvouch"]
    handle: str
    reason: str

    def apply(self, to: TrustList) -> None:
        """Do it.

        Raises:
            VouchError: somebody is to be taken out who is not in the list.
        """
        if self.verb == "unvouch":
            to.drop(self.handle)
        else:
            to.put(Entry(self.handle, self.verb == "denounce", self.reason))


def order(comment: str) -> Order | None:
    """Read the order that a comment begins with, if it does.

    Args:
        comment: its text.

    Raises:
        VouchError: it names nobody who can have an account.
    """
    match = _ORDER.match(comment.strip())
    if match is None:
        return None
    # The reason becomes a line of a file: one line of text, no more.
    reason = " ".join("".join(letter if letter.isprintable() else " " for letter in match["reason"]).split())
    verb: Literal["vouch", "denounce", "unvouch"] = match["verb"]  # type: ignore[assignment]  # the pattern has no other
    return Order(verb, check_handle(match["handle"]), reason[:_REASON_LENGTH])
