"""Traps: what an agent wants to be stopped from doing again."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

__all__ = ["Hit", "Level", "Matcher", "ToolCall", "Trap"]

Level = Literal["note", "confirm", "block"]


class Matcher(msgspec.Struct, frozen=True):
    """One way to recognise a trap.

    Attributes:
        kind: ``text`` is found anywhere, in any case; ``regex`` is a Python regular expression; ``path`` a pattern for
            the files a call is about; ``command`` the beginning of a shell command, such as ``git push --force``.
        value: the text, expression, pattern or beginning.
    """

    kind: Literal["text", "regex", "path", "command"]
    value: str


class Trap(msgspec.Struct, kw_only=True, frozen=True):
    """What must not happen unseen.

    Attributes:
        id: of the memory it is kept in.
        description: what is wrong with it, for whoever steps in.
        matchers: any of them is enough; without one the trap never fires.
        level: ``note`` tells, ``confirm`` asks, ``block`` refuses.
    """

    id: str
    description: str
    matchers: tuple[Matcher, ...] = ()
    level: Level = "note"


class ToolCall(msgspec.Struct, kw_only=True, frozen=True):
    """A tool call before it runs.

    Attributes:
        tool: name of the tool.
        input: its arguments.
        cwd: folder that relative paths start from; also the one that path patterns do.
        diff: the change it will make as a unified diff, if that is known; then only added lines are looked at.
    """

    tool: str
    input: dict[str, Any] = {}
    cwd: str = "/"
    diff: str = ""


class Hit(msgspec.Struct, frozen=True):
    """A trap that fits a call.

    Attributes:
        trap: which.
        matcher: the one that fits.
        found: what it fits: the command, the path, or the words with what is around them; untrusted, at most 120
            characters.
        complete: ``False`` if the expression took too long and the call could not be searched to its end.
    """

    trap: Trap
    matcher: Matcher
    found: str
    complete: bool = True
