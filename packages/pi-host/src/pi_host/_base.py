"""What the generated event and answer classes are built on."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import ClassVar, TypeAlias, TypeVar

import msgspec

__all__ = ["Answer", "Event", "EventInfo", "Reply"]

T = TypeVar("T")

#: What a hook implementation may give back: an answer or nothing, now or awaited.
Reply: TypeAlias = T | Awaitable[T | None] | None


class Event(msgspec.Struct, rename="camel", kw_only=True):
    """Something that happened in pi, as a hook implementation sees it.

    Attributes are pi's own fields in snake_case; what lies inside them is plain JSON data under pi's own (camelCase)
    keys. Fields that pi may leave out are ``None``.
    """

    name: ClassVar[str] = ""


class Answer(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """What a hook implementation tells pi. A field left at ``None`` is not sent at all.

    JSON ``null`` is never sent in place of an absent field: pi takes the two for different things.
    """


class EventInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The facts about one event that dispatch needs.

    Attributes:
        name: pi's event name, which is also the hook's name.
        group: the subject it belongs to; the module ``pi_host.events._<group>`` holds its classes.
        event: name of the event class.
        answer: name of the answer class, ``None`` for an event that takes no answer.
        policy: how the answers of several plugins become one, see ``pi_host._merge``.
        closed: whether a failing implementation stops what pi was about to do.
        awaited: whether pi waits for the plugins; ``False`` for events that come per token.
        since: the first pi version that emits it, as proven or as pi's changelog says.
        inplace: payload fields whose in-place changes pi obeys (pi's own names).
        handles: payload fields that stay in pi and cross when asked for (pi's own names).
    """

    name: str
    group: str
    event: str
    answer: str | None = None
    policy: str = "observe"
    closed: bool = False
    awaited: bool = True
    since: str = "0.74.2"
    inplace: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
