"""A session file in memory: its entries as a tree."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from pi_host.sessionfile._entry import Entry, Header
from pi_host.sessionfile._errors import SessionFileError
from pi_host.sessionfile._lines import Line
from pi_host.sessionfile._oddity import Oddity
from pi_host.sessionfile._plain import entry_of
from pi_host.sessionfile._projection import Model, Projection, project
from pi_host.sessionfile._request import for_model
from pi_host.sessionfile._scan import Item, scan
from pi_host.sessionfile._structure import structural
from pi_host.sessionfile._values import parse_object, trimmed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["Context", "Session"]


class Context(NamedTuple):
    """What pi puts before the model.

    Attributes:
        messages: with the roles ``system``, ``user``, ``assistant`` and ``toolResult``.
        model: the model in use, ``None`` before the first choice.
        thinking_level: such as ``"off"`` or ``"high"``.
    """

    messages: list[dict[str, Any]]
    model: Model | None
    thinking_level: str


class Session:
    """A session: what a file says, as pi 1.5.2 understands it.

    Args:
        items: what has been read of it so far; ``add`` takes the rest.
        path: where bodies are that the items don't have.

    Attributes:
        header: ``None`` if there is none where pi looks for it; pi refuses such a file.
        entries: in file order, without headers. Those without an id are here too.
    """

    def __init__(self, items: Iterable[Item] = (), *, path: Path | None = None) -> None:
        self.header: Header | None = None
        self.entries: list[Entry] = []
        self._path = path
        self._odd_lines: list[Oddity] = []
        self._by_id: dict[str, Entry] = {}
        self.add(items)

    @classmethod
    def read(cls, path: Path, *, bodies: bool = True) -> Session:
        """Return the session in a file.

        Args:
            path: the file.
            bodies: whether to keep the entries' bytes; without them a large file takes little memory, and ``load``
                reads single bodies when they are needed.

        Raises:
            OSError: the file can't be read. Nothing that is in it raises.
        """
        return cls(scan(path, bodies=bodies), path=path)

    @classmethod
    def parse(cls, data: bytes) -> Session:
        """Return the session in the bytes of a file."""
        return cls(scan(data))

    def add(self, items: Iterable[Item]) -> None:
        """Add what has been read of the file since, as a ``Tail`` gives it."""
        for item in items:
            if isinstance(item, Entry):
                self.entries.append(item)
                if item.id is not None:
                    self._by_id[item.id] = item
            elif isinstance(item, Oddity):
                self._odd_lines.append(item)
            else:
                self.header = item
        for name in ("_children_of", "labels", "name"):
            self.__dict__.pop(name, None)

    @property
    def oddities(self) -> list[Oddity]:
        """Everything odd about the file, in file order; computed anew each time, in time linear in the entries."""
        found = [*self._odd_lines, *structural(self.entries, self._by_id)]
        return sorted(found, key=lambda oddity: (oddity.offset, oddity.line))

    @property
    def leaf(self) -> Entry | None:
        """The entry that the next one will hang from: the last one in the file, whatever its type."""
        leaf = self.entries[-1] if self.entries else None
        if leaf is not None and leaf.id is None and self.load(leaf).fields.get("id", ...) is None:
            # An id of null is how pi says that there is no leaf.
            return None
        return leaf

    def get(self, entry_id: str) -> Entry | None:
        """Return the entry with this id, the last one if there are several."""
        return self._by_id.get(entry_id)

    def path(self, entry: Entry | str | None = None) -> list[Entry]:
        """Return the entries from the root to ``entry`` (its id will do), by default to the leaf.

        A parent that is not in the file ends the walk, as it does in pi; so does a cycle, on which pi fails.

        Raises:
            SessionFileError: there is no entry with this id.
        """
        current = self.leaf if entry is None else self._entry(entry)
        path: list[Entry] = []
        seen: set[str | None] = set()
        while current is not None and current.id not in seen:
            path.append(current)
            seen.add(current.id)
            current = self._by_id.get(current.parent_id) if current.parent_id is not None else None
        path.reverse()
        return path

    def is_ancestor(self, ancestor: Entry | str, entry: Entry | str) -> bool:
        """Tell whether ``ancestor`` is on the path to ``entry``; each entry is on its own.

        Raises:
            SessionFileError: there is no entry with one of these ids.
        """
        place = self._entry(ancestor).offset
        return any(found.offset == place for found in self.path(entry))

    def children(self, entry: Entry | str) -> list[Entry]:
        """Return the entries that hang from this one, in file order."""
        identity = entry if isinstance(entry, str) else entry.id
        return self._children_of.get(identity, []) if identity is not None else []

    @property
    def _nodes(self) -> list[Entry]:
        """The entries of the tree, in file order: all but those whose id a later one has taken."""
        return [entry for entry in self.entries if entry.id is None or self._by_id[entry.id] is entry]

    @cached_property
    def _children_of(self) -> dict[str | None, list[Entry]]:
        """The entries by the id of their parent."""
        found: dict[str | None, list[Entry]] = {}
        for entry in self._nodes:
            found.setdefault(entry.parent_id, []).append(entry)
        return found

    @property
    def roots(self) -> list[Entry]:
        """The entries without a parent, and those whose parent is not in the file."""
        return [e for e in self._nodes if e.parent_id not in self._by_id or e.parent_id == e.id]

    @property
    def tips(self) -> list[Entry]:
        """The ends of the branches: entries that nothing hangs from, in file order."""
        return [entry for entry in self._nodes if entry.id is None or entry.id not in self._children_of]

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of each entry that has one, by its id."""
        found: dict[str, str] = {}
        for entry in self.entries:
            if entry.type == "label" and entry.target_id is not None:
                label = self.load(entry).fields.get("label")
                if isinstance(label, str) and label:
                    found[entry.target_id] = label
                else:
                    found.pop(entry.target_id, None)
        return found

    @cached_property
    def name(self) -> str | None:
        """The name of the session, ``None`` if it has none."""
        for entry in reversed(self.entries):
            if entry.type == "session_info":
                name = self.load(entry).fields.get("name")
                return (trimmed(name) or None) if isinstance(name, str) else None
        return None

    def projection(self, entry: Entry | str | None = None) -> Projection:
        """Return the conversation at ``entry``, by default at the leaf, with the entries that it comes from.

        Raises:
            SessionFileError: there is no entry with this id.
        """
        return project(self._load(self.path(entry)))

    def context(self, entry: Entry | str | None = None) -> Context:
        """Return what pi would put before the model at ``entry``, by default at the leaf.

        Raises:
            SessionFileError: there is no entry with this id.
        """
        parts, model, thinking_level = self.projection(entry)
        return Context(for_model(message for part in parts for message in part.messages), model, thinking_level)

    def load(self, entry: Entry) -> Entry:
        """Return ``entry`` with its body, which is read from the file if need be.

        Raises:
            OSError: the file can't be read.
            SessionFileError: the file has changed since and something else is there.
        """
        return self._load([entry])[0]

    def _load(self, entries: list[Entry]) -> list[Entry]:
        if self._path is None or all(entry.raw for entry in entries):
            return entries
        with self._path.open("rb") as file:
            return [_at(file, entry) for entry in entries]

    def _entry(self, entry: Entry | str) -> Entry:
        if isinstance(entry, Entry):
            return entry
        found = self._by_id.get(entry)
        if found is None:
            raise SessionFileError(f"no entry has the id {entry!r}; `entries` lists those there are")
        return found


def _at(file: BinaryIO, entry: Entry) -> Entry:
    if entry.raw:
        return entry
    file.seek(entry.offset)
    raw = file.read(entry.length)
    try:
        found = entry_of(Line(entry.line, entry.offset, raw, ended=True), raw, parse_object(raw))
    except ValueError:
        found = None
    if found is None or (found.id, found.type, found.parent_id) != (entry.id, entry.type, entry.parent_id):
        raise SessionFileError(f"{file.name}: has changed since entry {entry.id!r} was read; read the file again")
    return found
