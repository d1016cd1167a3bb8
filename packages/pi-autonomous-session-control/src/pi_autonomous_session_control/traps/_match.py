"""Whether a tool call steps into a trap."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pi_autonomous_session_control.traps import _commands, _globs, _regex
from pi_autonomous_session_control.traps._records import Hit
from pi_autonomous_session_control.traps._view import View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pi_autonomous_session_control.traps._records import Level, ToolCall, Trap

__all__ = ["match", "strongest"]

_WIDTH: Final = 120
_RANK: Final = {"block": 0, "confirm": 1, "note": 2}


def match(traps: Iterable[Trap], call: ToolCall) -> list[Hit]:
    """Return the traps that ``call`` steps into, the strongest level first, each once.

    Nothing is looked up and nothing is changed; whatever the call holds, nothing is raised.
    """
    view = View(call)
    hits = []
    for trap in traps:
        for matcher in trap.matchers:
            found = _FINDERS[matcher.kind](matcher.value, view)
            if found is not None:
                hits.append(Hit(trap, matcher, found[:_WIDTH], not found.startswith(_TOO_SLOW)))
                break
    return sorted(hits, key=lambda hit: _RANK[hit.trap.level])


def strongest(hits: Iterable[Hit]) -> Level | None:
    """Return what is to be done about ``hits``.

    An expression that took too long decides nothing, so that it asks where it would have blocked.
    """
    levels: list[Level] = [
        "confirm" if hit.trap.level == "block" and not hit.complete else hit.trap.level for hit in hits
    ]
    return min(levels, key=_RANK.__getitem__, default=None)


_TOO_SLOW: Final = "(the expression took too long on this call)"


@lru_cache(maxsize=1024)
def _folded(value: str) -> str:
    return value.casefold()


def _text(value: str, view: View) -> str | None:
    wanted = _folded(value)
    start = view.folded.find(wanted) if wanted.strip() else -1
    return None if start < 0 else _around(view.folded, start, start + len(wanted))


def _regular(value: str, view: View) -> str | None:
    try:
        expression = _regex.compiled(value)
    except _regex.UnsafeError:  # from a snapshot: nobody was there to be told
        return None
    found, complete = _regex.find(expression, view.text)
    if found is None:
        return None if complete else _TOO_SLOW
    return _around(view.text, found.start(), found.end())


def _around(text: str, start: int, end: int) -> str:
    room = max((_WIDTH - (end - start)) // 2, 0)
    begin = max(start - room, text.rfind("\n", 0, start) + 1)
    return text[begin : begin + _WIDTH].partition("\n")[0] or text[start:end]


def _path(value: str, view: View) -> str | None:
    glob = _globs.compiled(value)
    if glob.names is not None and glob.names.isdisjoint(view.names):
        return None
    for absolute, relative in view.paths:
        if _globs.fits(glob, absolute, relative):
            return "/".join(relative or ["", *absolute])
    return None


def _command(value: str, view: View) -> str | None:
    prefix = _commands.prefix_of(value)
    if prefix is None:
        return None
    for words, options in view.by_program.get(prefix.program, ()):
        if _commands.begins_with(words, options, prefix):
            return " ".join(words)
    return None


_FINDERS: Final[dict[str, Callable[[str, View], str | None]]] = {
    "text": _text,
    "regex": _regular,
    "path": _path,
    "command": _command,
}
