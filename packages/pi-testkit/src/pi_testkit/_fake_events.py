"""How an event crosses to the plugins and what pi makes of the reply: the part that the bridge plays inside real pi."""

from __future__ import annotations

import importlib
import types
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

import msgspec

from pi_host.testing import CATALOG
from pi_testkit._fake_records import Fired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pi_host.testing import Event, EventInfo

__all__ = ["Crossing", "crossing"]

#: Fields that stay in pi and hold a list there.
_LISTS: Final = {"messages", "branchEntries"}


class Crossing:
    """One event on its way.

    Attributes:
        info: the facts about the event.
        fields: its fields under pi's own names, as they are in pi.
    """

    def __init__(self, info: EventInfo, fields: dict[str, Any]) -> None:
        self.info = info
        self.fields = fields

    def payload(self) -> dict[str, Any]:
        """The fields as they are sent: what stays in pi is ``True``, or the roles of its messages."""
        payload = self.fields | dict.fromkeys(self.info.handles, True)
        if self.info.policy == "edit":
            payload["messages"] = {"roles": [message["role"] for message in self.fields["messages"]]}
        return payload

    def load(self, field: str, start: int | None, stop: int | None) -> Any:
        """A field that stayed in pi, or a part of it.

        Args:
            field: its name.
            start: index of the first element, ``None`` for the whole field.
            stop: index after the last element.

        Returns:
            The value.
        """
        value = self.fields[field]
        return value if start is None else value[start:stop]

    def close(self, reply: Mapping[str, Any] | None, failure: BaseException | None, problems: list[str]) -> Fired:
        """What pi makes of the reply.

        Args:
            reply: the reply with its members ``a``, ``i`` and ``e``, ``None`` for an empty one.
            failure: what stops pi; then the reply counts for nothing.
            problems: what the user was told meanwhile.

        Returns:
            What a test gets to see.
        """
        reply = {} if reply is None or failure is not None else reply
        changes = reply.get("i", {})
        fields = self.fields | changes
        answer = _without_nulls(reply.get("a"))
        match self.info.policy:
            case "edit":
                answer = {"messages": _carry_out(reply["e"], self.fields["messages"])} if "e" in reply else None
                fields |= answer or {}
            case "payload":
                answer = changes.get("payload")
            case "first" if self.info.name == "project_trust":
                answer = answer or {"trusted": "undecided"}
            case _:
                pass
        told = None if failure is None else str(failure)
        return Fired(self.info.name, answer, changes, fields, told, problems)


def crossing(name: str, given: Mapping[str, Any], version: str) -> Crossing:
    """Make an event.

    Args:
        name: pi's name of the event.
        given: fields under pi's names or Python's; those that are missing and needed are empty.
        version: version of pi.

    Returns:
        The event.

    Raises:
        LookupError: this pi has no such event.
        TypeError: the event has no such field.
    """
    if name not in CATALOG:
        raise LookupError(f"pi has no event {name!r}; `pi-host events` lists them")
    info = CATALOG[name]
    if _numbers(version) < _numbers(info.since):
        raise LookupError(f"pi {version} has no event {name!r}; it came with pi {info.since}")
    event: type[Event] = getattr(importlib.import_module("pi_host.events"), info.event)
    known = dict(zip(event.__struct_fields__, event.__struct_encode_fields__, strict=True))
    fields = {field.encode_name: _blank(info, field) for field in msgspec.structs.fields(event) if field.required}
    for key, value in given.items():
        field = known.get(key, key)
        if field not in known.values():
            raise TypeError(f"the event {name!r} has no field {key!r}; it has: {', '.join(known.values())}")
        fields[field] = value
    if name == "message_update":
        # The message so far grows with every token, so it never crosses.
        fields["assistantMessageEvent"] = {k: v for k, v in fields["assistantMessageEvent"].items() if k != "partial"}
    return Crossing(info, fields)


def _blank(info: EventInfo, field: msgspec.structs.FieldInfo) -> Any:
    if field.encode_name in info.handles:
        return [] if field.encode_name in _LISTS else None
    kind = field.type
    if get_origin(kind) is types.UnionType:
        kind = get_args(kind)[0]
    kind = get_origin(kind) or kind
    return None if kind is Any else kind()


def _without_nulls(answer: Any) -> Any:
    if not isinstance(answer, dict):
        return answer
    return {key: value for key, value in answer.items() if value is not None}


def _carry_out(plan: list[list[Any] | dict[str, Any]], messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for step in plan:
        if isinstance(step, dict):
            made.append(step)
        elif isinstance(step[1], int):
            made.extend(messages[step[0] : step[1]])
        else:
            made.append(step[1])
    return made


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("-", maxsplit=1)[0].split("."))
