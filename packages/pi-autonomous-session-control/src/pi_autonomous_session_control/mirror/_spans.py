"""Who did it: a file that changed on the disk is put down to the tool that ran at that time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pi_autonomous_session_control.mirror._fold import CHILD_TOOLS

if TYPE_CHECKING:
    from pi_autonomous_session_control.mirror._worktree import Found

__all__ = ["READERS", "USER", "Span", "Spans"]

USER: Final = "user"
#: Tools of pi that change no file, and our own.
READERS: Final = frozenset({"read", "grep", "find", "ls", "self"})

#: The kernel's clock for files is behind by a tick, 10 ms at most.
_TICK: Final = 10_000_000
_MOST: Final = 256


class Span(msgspec.Struct):
    """When a tool ran, ns since 1970; ``until`` is ``None`` while it does, ``path`` the only file it writes."""

    call: str
    tool: str
    since: int
    until: int | None = None
    path: str | None = None


class Spans:
    """The tools that ran lately and may have changed files."""

    def __init__(self) -> None:
        self._spans: dict[str, Span] = {}

    def open(self, call: str, tool: str, at: int, path: str | None) -> None:
        """A tool starts; ``path`` is the only file that it writes, if it says so."""
        if tool not in READERS:
            self._spans[call] = Span(call, tool, at, path=path)
            while len(self._spans) > _MOST:
                del self._spans[next(iter(self._spans))]

    def close(self, call: str, at: int) -> None:
        """A tool has ended."""
        if call in self._spans:
            self._spans[call].until = at

    def drop(self, call: str) -> None:
        """A tool does not run after all."""
        self._spans.pop(call, None)

    def close_all(self, at: int) -> None:
        """No tool is running any more."""
        for span in list(self._spans.values()):
            if span.until is None:
                span.until = at

    def author(self, found: Found, since: int) -> tuple[str, str]:
        """Return who changed a file, and in which call: ``("user", "")`` if no tool ran then.

        Args:
            found: the change.
            since: time of the last look, for a file that is gone and has no time of its own.
        """
        first, last = (since, None) if found.at_ns is None else (found.at_ns, found.at_ns)
        # Tools that name a file write it; they delete none.
        named = None if found.at_ns is None else found.path
        here = [span for span in list(self._spans.values()) if span.path in {None, named}]
        fitting = [span for span in here if _overlaps(span, first, last)]
        if not fitting:
            return USER, ""
        # Who named the file did it; of several others at once a shell is the likeliest.
        span = max(fitting, key=lambda span: (span.path is not None, span.tool == "bash", span.since))
        return ("child" if span.tool in CHILD_TOOLS else span.tool), span.call


def _overlaps(span: Span, first: int, last: int | None) -> bool:
    ended_before = span.until is not None and span.until < first
    began_after = last is not None and span.since - _TICK > last
    return not (ended_before or began_after)
