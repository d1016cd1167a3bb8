"""What is odd in a session file: facts, without a judgement on what to do about them."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

__all__ = ["Code", "Oddity", "shown"]

#: What kind of oddity it is; docs/reference/session-files.md says for each what pi makes of it.
Code: TypeAlias = Literal[
    "empty",
    "bom",
    "no-header",
    "bad-header",
    "late-header",
    "second-header",
    "no-final-lf",
    "torn",
    "glued",
    "nul",
    "garbage",
    "too-deep",
    "ignored-value",
    "non-object",
    "invalid-utf8",
    "no-type",
    "no-id",
    "no-timestamp",
    "malformed",
    "duplicate-id",
    "orphan",
    "self-parent",
    "cycle",
    "bad-reference",
]


#: Longest value in a message, in characters.
_MOST: Final = 60


class Oddity(msgspec.Struct, frozen=True, gc=False):
    """One odd thing in a session file.

    Attributes:
        code: what it is.
        line: number of the line, starting at 1.
        offset: where it begins, in bytes from the start of the file.
        length: how long it is, in bytes, without the LF that ends its line.
        message: the same for a person.
        pieces: offset and length of each whole entry inside a line that as a whole can't be read.
    """

    code: Code
    line: int
    offset: int
    length: int
    message: str
    pieces: tuple[tuple[int, int], ...] = ()


def shown(value: object) -> str:
    """Return ``value`` as a message shows it: files hold values of any size."""
    text = repr(value)
    return text if len(text) <= _MOST else f"{text[:_MOST]}..."
