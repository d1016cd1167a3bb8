"""Traps are memories of their own kind, so they are scoped, searched, shared and forgotten like those."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec

from pi_autonomous_session_control.memory import Change, Draft, InvalidError, Memory, Origin, Scope
from pi_autonomous_session_control.traps import _commands, _regex
from pi_autonomous_session_control.traps._records import Level, Matcher, Trap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pi_autonomous_session_control.memory import MemoryStore, Stored
    from pi_autonomous_session_control.traps._records import Hit

__all__ = ["HitStats", "NewTrap", "Outcome", "TrapStore", "trap_of"]

#: What came of a hit: the agent was told, the user allowed or refused it, or it was blocked.
Outcome = Literal["noted", "allowed", "refused", "blocked"]

_MOST_MATCHERS: Final = 32
_MINUTE: Final = 60_000


class NewTrap(msgspec.Struct, kw_only=True):
    """A trap to be set; the fields are those of `Trap` and of `Draft`."""

    description: str
    scope: Scope
    matchers: tuple[Matcher, ...] = ()
    level: Level = "note"
    topics: tuple[str, ...] = ()
    context: str = ""
    expires_at: int | None = None
    origin: Origin = Origin()


class HitStats(msgspec.Struct, kw_only=True, frozen=True):
    """How often a trap fired.

    Attributes:
        total: ever.
        by_outcome: the last ten thousand of all traps, by what came of them.
        last_at: ms since 1970, ``None`` for never.
    """

    total: int
    by_outcome: dict[str, int]
    last_at: int | None


class TrapStore:
    """The traps in a memory."""

    def __init__(self, memory: MemoryStore) -> None:
        self._memory = memory
        self._known: tuple[Any, list[Trap]] | None = None

    def mark(self, new: NewTrap) -> Stored:
        """Set a trap.

        Raises:
            InvalidError: a matcher can't be used, or as `MemoryStore.add`.
        """
        _check(new.matchers)
        matchers = [msgspec.to_builtins(matcher) for matcher in new.matchers]
        draft = Draft(
            content=new.description,
            scope=new.scope,
            kind="trap",
            topics=new.topics,
            context=new.context,
            expires_at=new.expires_at,
            origin=new.origin,
            metadata={"level": new.level, "matchers": matchers},
        )
        return self._memory.add(draft)

    def change_level(self, name: str, level: Level) -> Stored:
        """Give a trap another level.

        Raises:
            InvalidError: there is no such trap.
        """
        memory = self._memory.get(name)
        if memory is None or memory.kind != "trap":
            raise InvalidError(f"there is no trap {name!r}")
        return self._memory.edit(name, Change(metadata={**memory.metadata, "level": level}))

    def all(self, scopes: Sequence[Scope]) -> list[Trap]:
        """Return the traps of ``scopes``, oldest first; cheap while nobody writes to the memory."""
        with self._memory.database.reading() as connection:
            version = connection.execute("PRAGMA data_version").fetchone()[0]
            # The first counts what other connections change, the second what ours does; the third lets traps expire.
            state = (id(connection), version, connection.total_changes, self._memory.now() // _MINUTE, tuple(scopes))
        if self._known is None or self._known[0] != state:
            memories = self._memory.all(scopes, kind="trap")
            self._known = (state, [trap_of(memory) for memory in memories])
        return self._known[1]

    def fired(self, hits: Iterable[Hit], outcome: Outcome, *, tool: str = "", session: str = "") -> None:
        """Count that traps fired, and what came of it."""
        self._memory.count_hits([hit.trap.id for hit in hits], outcome, tool=tool, session=session)

    def stats(self, name: str) -> HitStats:
        """Return how often a trap fired.

        Raises:
            InvalidError: there is no such trap.
        """
        memory = self._memory.get(name)
        if memory is None or memory.kind != "trap":
            raise InvalidError(f"there is no trap {name!r}")
        last_at = memory.accessed_at if memory.access_count else None
        outcomes = self._memory.hit_outcomes(name)
        return HitStats(total=memory.access_count, by_outcome=outcomes, last_at=last_at)


def trap_of(memory: Memory) -> Trap:
    """Return the trap in a memory; what is not valid in it, because it came from a file, is left out."""
    level = memory.metadata.get("level")
    listed = memory.metadata.get("matchers")
    matchers = [_matcher(item) for item in listed] if isinstance(listed, list) else []
    return Trap(
        id=memory.id,
        description=memory.content,
        matchers=tuple(matcher for matcher in matchers if matcher is not None)[:_MOST_MATCHERS],
        level=level if level in {"note", "confirm", "block"} else "note",
    )


def _matcher(item: object) -> Matcher | None:
    try:
        return msgspec.convert(item, Matcher)
    except msgspec.ValidationError:
        return None


def _check(matchers: Sequence[Matcher]) -> None:
    if len(matchers) > _MOST_MATCHERS:
        raise InvalidError(f"{len(matchers)} matchers are too many for one trap, at most {_MOST_MATCHERS} are allowed")
    for matcher in matchers:
        if not matcher.value.strip():
            raise InvalidError(f"a trap on an empty {matcher.kind} would fire always: say what it should look for")
        if matcher.kind == "regex":
            try:
                _regex.compiled(matcher.value)
            except _regex.UnsafeError as error:
                raise InvalidError(str(error)) from error
        if matcher.kind == "command" and _commands.prefix_of(matcher.value) is None:
            raise InvalidError(f"{matcher.value!r} is not the beginning of a command")
