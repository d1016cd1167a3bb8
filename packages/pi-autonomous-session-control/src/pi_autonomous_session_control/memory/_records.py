"""What is remembered."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

__all__ = [
    "Change",
    "Clock",
    "Draft",
    "Kind",
    "Memory",
    "Origin",
    "Scope",
    "ScopeKind",
    "Source",
    "Stored",
    "wall_clock",
]

#: Returns the time in milliseconds since 1970. Whoever needs the time is given one, so that tests can turn it.
Clock = Callable[[], int]

Kind = Literal["pattern", "trap"]
ScopeKind = Literal["user", "repository", "branch", "session"]

#: ``crystallized`` was asked for by somebody, ``imported`` came from a file; the other two fade, see ``_decay``.
Source = Literal["session", "crystallized", "imported", "inferred"]


def wall_clock() -> int:
    """Return the time in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Scope(msgspec.Struct, frozen=True):
    """Where a memory holds.

    Attributes:
        kind: ``user`` holds everywhere, the others where their key is the current one.
        key: folder of the repository, ``folder#branch``, or id of the session; empty for ``user``.
    """

    kind: ScopeKind
    key: str = ""


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a memory came from.

    Attributes:
        session: id of the session.
        entry: id of the session's entry.
        event: what happened there, such as ``tool_call`` or ``snapshot``.
        at: when, in ms since 1970; the store fills it in.
        text: the wording, if it was merged into a memory with another one.
    """

    session: str = ""
    entry: str = ""
    event: str = ""
    at: int = 0
    text: str = ""


class Draft(msgspec.Struct, kw_only=True):
    """A memory to be stored.

    Attributes:
        content: the text.
        scope: where it holds.
        kind: ``pattern`` for knowledge, ``trap`` for a warning.
        topics: words it is filed under; the first is its main topic.
        context: circumstances in which it was learned.
        source: who wanted it kept.
        confidence: how sure it is, 0 to 1.
        expires_at: ms since 1970 after which it is gone, ``None`` for never.
        origin: where it came from.
        metadata: further JSON values, kept as they are.
    """

    content: str
    scope: Scope
    kind: Kind = "pattern"
    topics: tuple[str, ...] = ()
    context: str = ""
    source: Source = "crystallized"
    confidence: float = 1.0
    expires_at: int | None = None
    origin: Origin = Origin()
    metadata: dict[str, Any] = {}


class Memory(msgspec.Struct, kw_only=True, frozen=True):
    """A stored memory.

    Attributes:
        id: unique for ever, such as ``pattern-1790000000000``.
        strength: 0 to 1 at the time of ``accessed_at``; it fades from then on.
        created_at: ms since 1970, as the other times.
        updated_at: last change of anything but the access.
        accessed_at: last time it was recalled, or a trap fired.
        access_count: how often.
        origins: where it came from, oldest first; several after a merge.

    The others are as in `Draft`.
    """

    id: str
    kind: Kind
    scope: Scope
    content: str
    context: str
    topics: tuple[str, ...]
    source: Source
    confidence: float
    strength: float
    created_at: int
    updated_at: int
    accessed_at: int
    access_count: int
    expires_at: int | None
    metadata: dict[str, Any]
    origins: tuple[Origin, ...] = ()

    @property
    def topic(self) -> str:
        """The main topic, ``general`` if there is none."""
        return self.topics[0] if self.topics else "general"


class Change(msgspec.Struct, kw_only=True):
    """What is to be different about a memory; what is not given stays."""

    content: str | msgspec.UnsetType = msgspec.UNSET
    topics: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    scope: Scope | msgspec.UnsetType = msgspec.UNSET
    confidence: float | msgspec.UnsetType = msgspec.UNSET
    expires_at: int | msgspec.UnsetType | None = msgspec.UNSET
    metadata: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET


class Stored(msgspec.Struct, kw_only=True, frozen=True):
    """What became of a draft or a change.

    Attributes:
        memory: the memory as it is now.
        merged: it was known already; the memory is the older one, with both origins.
        masked: kinds of secrets that were taken out of it.
        evicted: ids of memories that had to go because the store was full.
    """

    memory: Memory
    merged: bool = False
    masked: tuple[str, ...] = ()
    evicted: tuple[str, ...] = ()


#: What one memory may hold; more is refused, never cut.
MAX_CONTENT: Final = 65_536
MAX_CONTEXT: Final = 4_096
MAX_TOPIC: Final = 80
MAX_TOPICS: Final = 16
MAX_METADATA: Final = 16_384
