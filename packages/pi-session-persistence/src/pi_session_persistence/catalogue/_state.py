"""What must be known about the lines of a file that were read, to go on with those that come later."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import msgspec

from pi_host.sessionfile import Entry, Header
from pi_session_persistence.catalogue._digest import Digest, digest, milliseconds
from pi_session_persistence.catalogue._text import storable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host.sessionfile import Oddity, Usage

__all__ = ["Noted", "Spent", "State", "Tool"]

#: Longest text of a first prompt that is kept, in characters.
_FIRST: Final = 300

#: Oddities of single lines that hide nothing, as `pi-session fsck` judges them.
_HARMLESS: Final = frozenset(
    {"second-header", "no-type", "no-timestamp", "invalid-utf8", "too-deep", "no-header", "empty"}
)


class Spent(msgspec.Struct):
    """Requests to a model on one day, with their tokens and cost in US dollars."""

    requests: int = 0
    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost: float = 0.0

    def add(self, usage: Usage) -> None:
        """Count one more request."""
        self.requests += 1
        self.input = _bounded(self.input + usage.input)
        self.output = _bounded(self.output + usage.output)
        self.cache_read = _bounded(self.cache_read + usage.cache_read)
        self.cache_write = _bounded(self.cache_write + usage.cache_write)
        self.cost = _bounded(self.cost + usage.cost)


N = TypeVar("N", int, float)

#: More tokens or dollars than anybody can spend in a day: sums of damaged figures must fit into a column.
_MOST: Final = 10**12


def _bounded(value: N) -> N:
    return max(-_MOST, min(_MOST, value))


class Tool(msgspec.Struct):
    """How often a tool was called, and how often it failed."""

    calls: int = 0
    errors: int = 0


class Noted(NamedTuple):
    """An entry, what is kept of it, and how it goes on from the one before.

    Attributes:
        entry: the entry.
        digest: what is kept of it.
        branches_off: whether it does more to the tree than to go on from the entry before it.
    """

    entry: Entry
    digest: Digest
    branches_off: bool


class State(msgspec.Struct):
    """What is known about the beginning of a file, up to ``offset``.

    Attributes:
        offset: so many bytes have been read; whole lines only.
        line: number of the next line, starting at 1.
        crc: CRC-32 of those bytes.
        begun: whether a line was read that pi takes for something.
        header: bytes of the header's line, empty if there is none.
        session_id, cwd, created, version, parent: what the header says; times in ms since 1970.
        name, first, modified: name of the session, its first prompt, when it last said something.
        leaf: id of the last entry.
        entries, prompts, answers, failures: how many there are.
        inherited: how many entries are copies of another session's, to which belongs what they cost.
        provider, model: the model in use.
        tips: ids of the ends of the branches.
        missing: ids that entries refer to and that have not come yet.
        odd: codes of the damage in single lines.
        spent: by day, provider and model.
        tools: by name.
    """

    offset: int = 0
    line: int = 1
    crc: int = 0
    begun: bool = False
    header: bytes = b""
    session_id: str | None = None
    cwd: str | None = None
    created: int | None = None
    version: float = 0
    parent: str | None = None
    name: str | None = None
    first: str | None = None
    modified: int | None = None
    leaf: str | None = None
    entries: int = 0
    prompts: int = 0
    answers: int = 0
    failures: int = 0
    inherited: int = 0
    provider: str = ""
    model: str = ""
    tips: dict[str, None] = msgspec.field(default_factory=dict)
    missing: dict[str, None] = msgspec.field(default_factory=dict)
    odd: dict[str, None] = msgspec.field(default_factory=dict)
    spent: dict[str, dict[str, dict[str, Spent]]] = msgspec.field(default_factory=dict)
    tools: dict[str, Tool] = msgspec.field(default_factory=dict)

    def add(self, item: Header | Entry | Oddity, known: Callable[[str], bool]) -> Noted | None:
        """Count one more item of the file; return what is to be noted of it, if it is an entry.

        Args:
            item: the item.
            known: tells whether an entry with a certain id came before.
        """
        if isinstance(item, Header):
            self._read_header(item)
            return None
        if not isinstance(item, Entry):
            self.begun = self.begun or item.code in ("late-header", "bad-header")
            if item.code not in _HARMLESS:
                self.odd[item.code] = None
            return None
        self.begun = True
        found = digest(item)
        branches_off = self._grow(item, known)
        self._count(found)
        return Noted(item, found, branches_off)

    @property
    def damage(self) -> list[str]:
        """Codes of what is wrong with the file."""
        headless = self.offset > 0 and not self.header
        return sorted({*self.odd, *(["orphan"] if self.missing else []), *(["no-header"] if headless else [])})

    def _read_header(self, header: Header) -> None:
        self.begun = True
        self.header = header.raw
        self.session_id, self.version = storable(header.id), float(_bounded(header.version))
        self.cwd, self.parent = storable(header.cwd), storable(header.parent_session)
        self.created = milliseconds(header.timestamp)

    def _grow(self, entry: Entry, known: Callable[[str], bool]) -> bool:
        """Add an entry to the tree; tell whether it does more than to go on from the leaf."""
        parent, own = storable(entry.parent_id), storable(entry.id)
        goes_on = own is not None and parent is not None and parent == self.leaf
        if parent is not None and not goes_on and parent not in self.tips and (parent == own or not known(parent)):
            self.missing[parent] = None
        target = storable(entry.target_id) if entry.type == "compaction" else None
        if target is not None and target not in (own, parent) and not known(target):
            self.missing[target] = None
        begins = own is not None and parent is None and self.entries == 0
        again = own is not None and known(own)
        self.tips.pop(parent or "", None)
        if own is not None:
            self.tips[own] = None
            if own != parent:
                self.missing.pop(own, None)
        self.leaf = own
        self.entries += 1
        return again or not (goes_on or begins)

    def _count(self, found: Digest) -> None:
        if found.kind == "name":
            self.name = found.text or None
        if found.model:
            self.provider, self.model = found.provider or "", found.model
        if found.said_at is not None:
            self.modified = max(self.modified or 0, found.said_at)
        if found.kind == "user":
            self.prompts += 1
            self.first = self.first or " ".join(found.text[: 2 * _FIRST].split())[:_FIRST] or None
        copied = self.parent is not None and found.at is not None and found.at < (self.created or 0)
        self.inherited += copied
        self.answers += found.kind == "assistant"
        self.failures += found.failed
        for name in found.calls:
            self.tools.setdefault(name, Tool()).calls += 1
        if found.tool is not None and found.failed:
            self.tools.setdefault(found.tool, Tool()).errors += 1
        if found.usage is not None and not copied:
            self._sums(found.at).add(found.usage)
        elif found.kind == "assistant":
            self._sums(found.at)

    def _sums(self, at: int | None) -> Spent:
        models = self.spent.setdefault(_day(at if at is not None else self.created), {}).setdefault(self.provider, {})
        return models.setdefault(self.model, Spent())


def _day(at: int | None) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).date().isoformat() if at is not None else ""
