"""What an in-memory pi does when a plugin calls it: the calls that the bridge knows, by the same names."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from pi_host import CallRefusedError
from pi_testkit._dialogs import DIALOGS
from pi_testkit._fake_records import Notice, Recorded
from pi_testkit._fake_ui import FakeUI, UnansweredError, checked

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_host.testing import Facts
    from pi_testkit._fake_events import Crossing

__all__ = ["Desk", "Errand"]


@dataclass
class Errand:
    """What a request that is going on left in pi.

    Attributes:
        crossing: the event, ``None`` for a tool or a command.
        progress: what a tool showed so far.
    """

    crossing: Crossing | None = None
    progress: list[list[dict[str, Any]]] = field(default_factory=list)


class Desk:
    """Everything that plugins can read and change in an in-memory pi.

    Args:
        facts: gives the facts of the current session.
        abort: aborts what is going on.
    """

    def __init__(self, facts: Callable[[], Facts], abort: Callable[[], None]) -> None:
        self.facts = facts
        self.abort = abort
        self.calls: list[Recorded] = []
        self.notices: list[Notice] = []
        self.statuses: dict[str, str] = {}
        self.widgets: dict[str, list[str]] = {}
        self.sent_messages: list[dict[str, Any]] = []
        self.user_messages: list[dict[str, Any]] = []
        self.entries: list[dict[str, Any]] = []
        self.labels: dict[str, str] = {}
        self.tools: dict[str, dict[str, Any]] = {}
        self.commands: dict[str, dict[str, Any]] = {}
        self.active_tools: list[str] = []
        self.replies: dict[str, Any] = {}
        self.ui = FakeUI(self.calls)

    async def reply(self, call: Recorded, errand: Errand) -> Any:
        """Do what a plugin asks for.

        Args:
            call: what.
            errand: the request in whose course it asks.

        Returns:
            What the plugin gets.

        Raises:
            UnansweredError: only the test can answer this, and it did not say how.
        """
        dialog = call.method.removeprefix("ui.")
        if dialog in DIALOGS:
            return await self._ask(dialog, call.params)
        if call.method not in self.replies:
            return self.do(call, errand)
        reply = self.replies[call.method]
        value = reply(call.params) if callable(reply) else reply
        return await value if inspect.isawaitable(value) else value

    def do(self, call: Recorded, errand: Errand) -> Any:
        """Do what needs no waiting.

        Args:
            call: what.
            errand: the request in whose course it asks.

        Returns:
            What the plugin gets, if it waits for anything.

        Raises:
            CallRefusedError: pi has no such call.
            UnansweredError: only the test can answer this, and it did not say how.
        """
        if call.method not in CALLS:
            raise CallRefusedError(f"the in-memory pi has no call {call.method!r}")
        return CALLS[call.method](self, call.params, errand)

    def add_entry(self, kind: str, members: dict[str, Any]) -> str:
        """Append an entry to the session.

        Args:
            kind: its type.
            members: what else it holds.

        Returns:
            Its id.
        """
        number = f"{len(self.entries) + 1:08x}"
        self.entries.append({"type": kind, "id": number, "parentId": self.leaf_id, **members})
        return number

    @property
    def leaf_id(self) -> str | None:
        """Id of the last entry."""
        return self.entries[-1]["id"] if self.entries else None

    def since(self, entry_id: str | None) -> list[dict[str, Any]]:
        """The entries after one of them.

        Args:
            entry_id: id of that one; for ``None`` or an unknown id all are given.

        Returns:
            The entries.
        """
        ids = [entry["id"] for entry in self.entries]
        return self.entries[ids.index(entry_id) + 1 if entry_id in ids else 0 :]

    def branch(self) -> list[dict[str, Any]]:
        """The entries from the root to the leaf."""
        by_id = {entry["id"]: entry for entry in self.entries}
        branch: list[dict[str, Any]] = []
        entry = by_id.get(self.leaf_id)
        while entry is not None:
            branch.insert(0, entry)
            entry = by_id.get(entry.get("parentId"))
        return branch

    async def _ask(self, dialog: str, asked: dict[str, Any]) -> Any:
        if not self.facts()["hasUI"]:
            return checked(dialog, asked, None)
        if dialog not in self.ui.people:
            raise UnansweredError(f"nobody answers a {dialog!r} dialog; say how: pi.ui.answer({dialog}=...): {asked!r}")
        person = self.ui.people[dialog]
        reply = person(asked) if callable(person) else person
        return checked(dialog, asked, await reply if inspect.isawaitable(reply) else reply)


def _set(values: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value


def _load(errand: Errand, params: dict[str, Any]) -> Any:
    if errand.crossing is None or params["field"] not in errand.crossing.info.handles:
        raise CallRefusedError(f"the event is over; {params['field']!r} must be loaded while it is handled")
    return errand.crossing.load(params["field"], params["start"], params["stop"])


def _unanswered(method: str, params: dict[str, Any]) -> NoReturn:
    raise UnansweredError(f"only the test can answer {method!r}: pi.answer({method!r}, ...); asked was {params!r}")


def _present(params: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if value is not None}


CALLS: Final[dict[str, Callable[[Desk, dict[str, Any], Errand], Any]]] = {
    "ui.notify": lambda desk, p, _: desk.notices.append(Notice(p["message"], p["level"])),
    "ui.setStatus": lambda desk, p, _: _set(desk.statuses, p["key"], p["text"]),
    "ui.setWidget": lambda desk, p, _: _set(desk.widgets, p["key"], p["lines"]),
    "ui.setTitle": lambda *_: None,
    "ui.setEditorText": lambda desk, p, _: setattr(desk.ui, "editor_text", p["text"]),
    "ui.getEditorText": lambda desk, *_: desk.ui.editor_text,
    "pi.sendMessage": lambda desk, p, _: desk.sent_messages.append(p["message"] | _present(p | {"message": None})),
    "pi.sendUserMessage": lambda desk, p, _: desk.user_messages.append(_present(p)),
    "pi.appendEntry": lambda desk, p, _: desk.add_entry("custom", _present(p)),
    "pi.setSessionName": lambda desk, p, _: desk.facts().update(sessionName=p["name"]),
    "pi.setLabel": lambda desk, p, _: _set(desk.labels, p["entryId"], p["label"]),
    "pi.getActiveTools": lambda desk, *_: desk.active_tools,
    "pi.getAllTools": lambda desk, *_: list(desk.tools.values()),
    "pi.setActiveTools": lambda desk, p, _: setattr(desk, "active_tools", p["names"]),
    "pi.exec": lambda _, p, __: _unanswered("pi.exec", p),
    "pi.getCommands": lambda desk, *_: list(desk.commands.values()),
    "companion.call": lambda _, p, __: _unanswered("companion.call", p),
    "pi.setEnv": lambda *_: None,
    "pi.registerProvider": lambda *_: None,
    "pi.unregisterProvider": lambda *_: None,
    "ctx.isIdle": lambda *_: True,
    "ctx.hasPendingMessages": lambda *_: False,
    "ctx.getContextUsage": lambda *_: None,
    "ctx.getSystemPrompt": lambda *_: "",
    "ctx.abort": lambda desk, *_: desk.abort(),
    "ctx.shutdown": lambda *_: None,
    "session.entries": lambda desk, p, _: desk.since(p["since"]),
    "session.branch": lambda desk, *_: desk.branch(),
    "session.label": lambda desk, p, _: desk.labels.get(p["entryId"]),
    "handle.load": lambda _, p, errand: _load(errand, p),
    "tool.progress": lambda _, p, errand: errand.progress.append(p["content"]),
}
