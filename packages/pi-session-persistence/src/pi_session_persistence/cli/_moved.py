"""What became of sessions that were to be moved: a line for a person, an object for a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import typer

from pi_host.commandline import safe, say_json_line
from pi_session_persistence._figures import short
from pi_session_persistence.cli._output import say_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pi_session_persistence.stores import Action, Outcome, Place

__all__ = ["Told", "failed", "moved", "planned", "say"]

#: So wide is the column of the ids at most.
_WIDE: Final = 40


class Told(NamedTuple):
    """What became of one session.

    Attributes:
        id: its id.
        words: for a person.
        data: for a program.
        bad: whether it failed, or there was a conflict.
        warnings: what a person should know besides.
    """

    id: str
    words: str
    data: dict[str, Any]
    bad: bool = False
    warnings: tuple[str, ...] = ()


def moved(outcome: Outcome) -> Told:
    """Tell what was done."""
    forks = [{"id": fork.id, "file": str(fork.file)} for fork in outcome.forks]
    data = {
        "id": outcome.id,
        "file": str(outcome.file),
        "action": outcome.action,
        "entries": outcome.entries,
        "segments": outcome.segments,
        "bytes": outcome.size,
        "forks": forks,
        "unread": list(outcome.unread),
    }
    words = [_words(outcome)]
    others = outcome.forks[1:] if outcome.action == "forked" else outcome.forks
    words += [f"what another machine wrote at the same time is {fork.id!r} now" for fork in others]
    warnings = [f"{outcome.id!r}: left in the store, as it can't be read yet: {key!r}" for key in outcome.unread]
    return Told(outcome.id, "; ".join(words), data, bad=bool(forks), warnings=tuple(warnings))


def planned(place: Place, action: Action) -> Told:
    """Tell what would be done."""
    words = {
        "same": "up to date",
        "pushed": "would be pushed",
        "pulled": "would be pulled",
        "ahead": "nothing to pull; there is more here",
        "behind": "nothing to push; there is more in the store",
        "forked": "changed here and elsewhere; both would be kept",
    }
    data = {"id": place.id, "file": str(place.file), "action": action, "dry_run": True}
    return Told(place.id, words[action], data, bad=action == "forked")


def failed(name: str, error: Exception) -> Told:
    """Tell what went wrong."""
    words = f"{error.filename!r}: {error.strerror}" if isinstance(error, OSError) and error.strerror else str(error)
    return Told(name, "", {"id": name, "error": words}, bad=True, warnings=(words,))


def say(told: Sequence[Told], *, as_json: bool) -> None:
    """Write it to standard output, and what is wrong to standard error."""
    width = min(_WIDE, max((len(_one_line(one.id)) for one in told), default=0))
    for one in told:
        if as_json:
            say_json_line(one.data)
            continue
        if one.words:
            typer.echo(f"{_one_line(one.id):<{width}}  {_one_line(one.words)}")
        for words in one.warnings:
            say_error(words)


def _words(outcome: Outcome) -> str:
    parts = f"{outcome.segments} {'segment' if outcome.segments == 1 else 'segments'}"
    entries = f"{outcome.entries} {'entry' if outcome.entries == 1 else 'entries'}"
    moved = f"{entries if outcome.entries else 'what was rewritten'} ({_bytes(outcome.size)}, {parts})"
    match outcome.action:
        case "same":
            return "up to date"
        case "pushed" | "pulled":
            return f"{outcome.action} {moved}"
        case "ahead":
            return f"nothing to pull; {entries} more here"
        case "behind":
            return f"nothing to push; {entries} more in the store"
        case "forked":
            fork = outcome.forks[0]
            return (
                f"changed here and elsewhere, both are kept: {outcome.id!r} has what the store has, and what was here "
                f"is {fork.id!r} now ({str(fork.file)!r})"
            )


def _bytes(size: int) -> str:
    figure = short(size)
    return f"{figure}B" if " " in figure else f"{figure} B"


def _one_line(text: str) -> str:
    return safe(text).replace("\n", "\\n").replace("\t", "\\t")
