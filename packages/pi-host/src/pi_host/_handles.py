"""Payloads that stay in pi: fetched when asked for, changed by edits.

The context of a long session is tens of megabytes. Sending it for every request would cost more than the request, so
pi keeps it and a plugin gets a handle. A handle is good until the event it came with has been answered.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

from pi_host._codec import encode

__all__ = ["Fetch", "Handle", "Message", "MessageList", "Plan"]

T = TypeVar("T")

#: One message of the conversation, as pi's JSON data.
Message: TypeAlias = dict[str, Any]

#: Brings a payload field over, or the part of a list from one index up to another.
Fetch: TypeAlias = Callable[[int | None, int | None], Awaitable[Any]]

#: How to make the edited list. ``[from, to]`` stands for that range of pi's own objects, ``[index, message]`` for one
#: of them with these contents, a message for a new one.
Plan: TypeAlias = list[list[Any] | Message]


class Handle(Generic[T]):
    """A payload field that stays in pi until it is asked for."""

    __slots__ = ("_fetch", "_loaded", "_value")

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._loaded = False
        self._value: T | None = None

    async def load(self) -> T:
        """Return the value as JSON data; it crosses once and is kept.

        Raises:
            CallRefusedError: the event is over, so pi does not hold the value any more.
        """
        if not self._loaded:
            self._value = await self._fetch(None, None)
            self._loaded = True
        return self._value  # type: ignore[return-value]  # loaded means set, None included


class MessageList:
    """The messages of a model request: read what you need, edit what you want.

    As in pi, a message that was read and changed in place counts as edited. Messages that nobody touches never cross
    and keep their identity in pi, which keeps the provider's prompt cache warm. Indices are positions in the list as it
    stands now, after earlier edits and earlier plugins.
    """

    __slots__ = ("_cache", "_fetch", "_items", "_marks", "_roles")

    def __init__(self, roles: Sequence[str], fetch: Fetch) -> None:
        self._roles = tuple(roles)
        self._fetch = fetch
        self._items: list[int | Message] = list(range(len(self._roles)))
        self._cache: dict[int, Message] = {}
        self._marks: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._items)

    @property
    def roles(self) -> tuple[str, ...]:
        """The role of each message, without bringing any of them over."""
        return tuple(self._roles[item] if isinstance(item, int) else str(item.get("role")) for item in self._items)

    async def get(self, index: int) -> Message:
        """Return the message at ``index``; negative counts from the end."""
        item = self._items[index]
        if isinstance(item, int):
            if item not in self._cache:
                await self._bring(item, item + 1)
            return self._cache[item]
        return item

    async def load(self) -> list[Message]:
        """Return all messages in a new list: O(size of the conversation), so ask for less where you can.

        To use another list in its place, give that back in a ``ContextAnswer``.
        """
        missing = [item for item in self._items if isinstance(item, int) and item not in self._cache]
        if missing:
            await self._bring(min(missing), max(missing) + 1)
        return [self._cache[item] if isinstance(item, int) else item for item in self._items]

    def replace(self, index: int, message: Message) -> None:
        """Put ``message`` in the place of the one at ``index``."""
        self._items[index] = message

    def remove(self, index: int) -> None:
        """Take the message at ``index`` out of this request; the session keeps it."""
        del self._items[index]

    def insert(self, index: int, message: Message) -> None:
        """Put ``message`` before the one at ``index``."""
        self._items.insert(index, message)

    def append(self, message: Message) -> None:
        """Put ``message`` at the end."""
        self._items.append(message)

    def adopt(self, messages: Sequence[Message]) -> None:
        """Make ``messages`` the whole list, recognising those that came from ``load`` or ``get``."""
        known = {id(message): index for index, message in self._cache.items()}
        self._items = [known.get(id(message), message) for message in messages]

    def snapshot(self) -> list[int | Message]:
        """Return the list's state, to come back to with ``restore``."""
        return self._items.copy()

    def restore(self, state: list[int | Message]) -> None:
        """Undo every edit since ``snapshot`` gave ``state``."""
        self._items = state

    def plan(self) -> Plan | None:
        """Return how pi makes the edited list, or ``None`` if nothing changed."""
        plan: Plan = []
        for item in self._items:
            if not isinstance(item, int):
                plan.append(item)
            elif item in self._cache and _mark(self._cache[item]) != self._marks[item]:
                plan.append([item, self._cache[item]])
            elif plan and isinstance(plan[-1], list) and plan[-1][1] == item:
                plan[-1][1] = item + 1
            else:
                plan.append([item, item + 1])
        untouched = [[0, len(self._roles)]] if self._roles else []
        return None if plan == untouched else plan

    async def _bring(self, start: int, stop: int) -> None:
        for index, message in enumerate(await self._fetch(start, stop), start):
            if index not in self._cache:
                self._cache[index] = message
                self._marks[index] = _mark(message)


def _mark(message: Message) -> int:
    # Tells whether a message was changed since it came; a second copy of 20 MB would be dear.
    return hash(encode(message))
