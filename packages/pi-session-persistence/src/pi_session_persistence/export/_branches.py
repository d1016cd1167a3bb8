"""The tree of a session in the order in which a page shows it: one branch goes on, the others are folded in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_host.sessionfile import Entry, Session

__all__ = ["Close", "Open", "walk"]


class Open(NamedTuple):
    """Here begins a branch that is folded in.

    Attributes:
        first: its first entry.
        entries: how many there are in it, those of its own branches included.
    """

    first: Entry
    entries: int


class Close(NamedTuple):
    """Here it ends."""


def walk(session: Session) -> Iterator[Entry | Open | Close]:
    """Yield each entry of the tree once.

    At a fork the branch that the session goes on with comes last and is not folded in; where it goes elsewhere, that
    is the newest branch. Entries that no root leads to, because they are their own ancestors, come at the end.
    """
    way = _Walk(session)
    if session.roots:
        way.fork(session.roots)
    yield from way.follow()
    for entry in session.entries:
        if id(entry) not in way.seen and (entry.id is None or session.get(entry.id) is entry):
            way.fold_in(entry)
            yield from way.follow()


class _Walk:
    def __init__(self, session: Session) -> None:
        self.seen: set[int] = set()
        self._session = session
        self._active = {id(entry) for entry in session.path()}
        self._sizes = _sizes(session)
        # What comes next is at the end; a list of steps, for trees may be deeper than calls may be.
        self._waiting: list[Entry | Open | Close] = []

    def fork(self, choices: list[Entry]) -> None:
        main = next((entry for entry in choices if id(entry) in self._active), choices[-1])
        self._waiting.append(main)
        for entry in reversed(choices):
            if entry is not main:
                self.fold_in(entry)

    def fold_in(self, entry: Entry) -> None:
        self._waiting += [Close(), entry, Open(entry, self._sizes[id(entry)])]

    def follow(self) -> Iterator[Entry | Open | Close]:
        while self._waiting:
            step = self._waiting.pop()
            if isinstance(step, (Open, Close)):
                yield step
            elif id(step) not in self.seen:
                self.seen.add(id(step))
                yield step
                if children := self._session.children(step):
                    self.fork(children)


def _sizes(session: Session) -> dict[int, int]:
    """Return how many entries hang from each, itself included; parents stand before their children, or it is less."""
    sizes: dict[int, int] = {}
    for entry in reversed(session.entries):
        sizes[id(entry)] = sizes.get(id(entry), 0) + 1
        parent = session.get(entry.parent_id) if entry.parent_id is not None else None
        if parent is not None and parent is not entry:
            sizes[id(parent)] = sizes.get(id(parent), 0) + sizes[id(entry)]
    return sizes
