"""Answers of several plugins, merged as pi's own runner merges those of several extensions.

Every case runs three times: as Python plugins here; as extensions in pi's real runner; and as the bridge's one handler
in pi's real runner, with the reply that the Python side gave. What happens next must be the same, and so must be what
each plugin saw.
"""

from __future__ import annotations

import asyncio
import copy
import json
import subprocess
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import msgspec
import pytest
from core_support import Listener, MemoryLink, namespace, registry_of

from pi_host import hookimpl
from pi_host._catalog import CATALOG
from pi_host._config import Config
from pi_host._context import Signal
from pi_host._merge import FOLDS
from pi_host._runtime import Request, Runtime
from pi_host._watchdog import Mark
from pi_host.launch import BRIDGE
from pi_testkit import provision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pi_host._base import Event
    from pi_host._hook import Outcome

Act: TypeAlias = dict[str, Any]
HERE = Path(__file__).parent


class Table(NamedTuple):
    """One event and everything a plugin may do about it.

    Attributes:
        base: the event's fields as pi sends them.
        seen: the fields in which a plugin sees what the ones before it did.
        acts: what a plugin may do; every combination of two and of three of them is one case each.
    """

    base: dict[str, Any]
    seen: list[str]
    acts: list[Act]


def answers(*given: object) -> list[Act]:
    return [{"answer": answer} for answer in given]


NOTHING: Act = {}
THROWS: Act = {"throw": "out of order"}
TEXT = {"type": "text", "text": "a"}
IMAGE = {"type": "image", "data": "aGk=", "mimeType": "image/png"}
SYSTEM = {"role": "system", "content": "sections"}
CONVERSATION = [{"role": role, "content": f"message {n}"} for n, role in enumerate(["user", "assistant", "user"])]
NEW = {"role": "user", "content": "by a plugin"}
NOTE = {"type": "custom", "customType": "note"}
EDITS: list[Act] = [
    NOTHING,
    THROWS,
    {"edit": [["remove", 0, None]]},
    {"edit": [["insert", 1, NEW], ["replace", 0, NEW]]},
    {"edit": [["insert", 0, NEW]], "throw": "after an edit"},
    {"give": "tail"},
    {"give": "doubled"},
    {"give": "more"},
    {"give": "same"},
    {"answer": {}},
]
CHANGES: list[Act] = [
    NOTHING,
    {"edit": [["change", 0, "changed"]]},
    {"edit": [["change", 1, "changed"]], "throw": "after a change"},
    {"edit": [["change", 0, "changed"], ["remove", 0, None]], "throw": "after both"},
    {"edit": [["change", 0, "changed"]], "give": "doubled"},
    {"give": "tail"},
    {"give": "more"},
]
BOUNDARY = Table(
    {"message": {}, "toolResults": [], "turnIndex": 0, "entries": [], "continue": False, "outcome": "completed"},
    ["entries", "continue"],
    [
        NOTHING,
        THROWS,
        *answers(
            {"entries": [NOTE]}, {"entries": []}, {"continue": True}, {"entries": [NOTE, NOTE], "continue": False}
        ),
    ],
)

TABLES: dict[str, Table] = {
    "tool_call": Table(
        {"toolName": "bash", "toolCallId": "1", "input": {"command": "ls", "timeout": 5}},
        ["input"],
        [
            NOTHING,
            THROWS,
            {"put": [["input", "command", "pwd"]]},
            {"put": [["input", "timeout", None], ["input", "extra", [1]]], "answer": {"reason": "only a remark"}},
            *answers({}, {"block": False}, {"block": True, "reason": "no"}, {"block": True, "terminate": True}),
        ],
    ),
    "user_bash": Table(
        {"command": "ls", "excludeFromContext": False, "cwd": "/"},
        ["command"],
        [
            NOTHING,
            THROWS,
            *answers(
                {"result": {"output": "one", "exitCode": 0, "cancelled": False, "truncated": False}},
                {"result": {"output": "two", "exitCode": 1, "cancelled": False, "truncated": True}},
            ),
        ],
    ),
    "input": Table(
        {"text": "hello", "images": [IMAGE], "source": "rpc"},
        ["text", "images"],
        [
            NOTHING,
            THROWS,
            *answers(
                {"action": "continue"},
                {"action": "handled"},
                {"action": "transform", "text": {"from": "text", "add": "!"}},
                {"action": "transform", "text": "hello"},
                {"action": "transform", "text": {"from": "text", "add": "?"}, "images": []},
            ),
        ],
    ),
    "tool_result": Table(
        {
            "toolName": "x",
            "toolCallId": "1",
            "input": {},
            "content": [TEXT],
            "details": {"n": 1},
            "structuredContent": {"s": 1},
            "isError": False,
        },
        ["content", "details", "structuredContent", "isError", "usage"],
        [
            NOTHING,
            THROWS,
            *answers(
                {},
                {"content": [TEXT, TEXT]},
                {"content": [], "structuredContent": {"s": 2}},
                {"structuredContent": [3], "details": {"n": 2}},
                {"isError": True, "usage": {"input": 5}},
            ),
        ],
    ),
    "message_end": Table(
        {"message": {"role": "assistant", "content": [TEXT]}},
        ["message"],
        [
            NOTHING,
            THROWS,
            *answers(
                {},
                {"message": {"role": "assistant", "content": []}},
                {"message": {"role": "assistant", "content": [TEXT, TEXT]}},
                {"message": {"role": "user", "content": "another role"}},
            ),
        ],
    ),
    "before_provider_request": Table(
        {"payload": {"model": "m", "messages": [1, 2]}},
        ["payload"],
        [
            NOTHING,
            THROWS,
            {"put": [["payload", "temperature", 1]]},
            {"put": [["payload", "messages", None]], "throw": "after a change"},
            *answers({"model": "other"}, {}),
        ],
    ),
    "before_provider_headers": Table(
        {"headers": {"authorization": "x", "user-agent": None}},
        ["headers"],
        [
            NOTHING,
            THROWS,
            {"put": [["headers", "x-trace", "1"]]},
            {"put": [["headers", "x-trace", "2"], ["headers", "authorization", None]]},
            {"put": [["headers", "x-late", "1"]], "throw": "after a change"},
        ],
    ),
    "context": Table({"messages": [SYSTEM, *CONVERSATION[:2], SYSTEM, *CONVERSATION[2:]]}, ["messages"], EDITS),
    "context, changed in place": Table(
        {"messages": [SYSTEM, *CONVERSATION[:2], SYSTEM, *CONVERSATION[2:]]}, ["messages"], CHANGES
    ),
    "context_with_system": Table({"messages": [SYSTEM, *CONVERSATION]}, ["messages"], EDITS),
    "context_with_system, changed in place": Table({"messages": [SYSTEM, *CONVERSATION]}, ["messages"], CHANGES),
    "before_agent_start": Table(
        {
            "messageType": "user",
            "prompt": "hello",
            "systemPrompt": "rendered by pi",
            "systemPromptOptions": {
                "cwd": "/",
                "selectedTools": [],
                "hiddenTools": [],
                "toolSnippets": {},
                "toolGuidelines": {},
                "promptGuidelines": [],
                "appendSystemPrompt": "",
                "sections": {"a": "b"},
                "contextFiles": [],
                "skills": [],
            },
        },
        ["systemPrompt"],
        [
            NOTHING,
            THROWS,
            {"put": [["systemPromptOptions", "promptGuidelines", ["be brief"]]]},
            *answers(
                {"message": {"customType": "one", "content": "1", "display": True}},
                {"systemPrompt": "forced one"},
                {"systemPrompt": "forced two", "message": {"customType": "two", "content": "2", "display": False}},
            ),
        ],
    ),
    "turn_end": BOUNDARY,
    "agent_before_settle": BOUNDARY,
    "resources_discover": Table(
        {"cwd": "/", "reason": "startup"},
        ["reason"],
        [
            NOTHING,
            THROWS,
            *answers(
                {},
                {"skillPaths": ["/a"]},
                {"skillPaths": ["/b"], "promptPaths": ["/p"]},
                {"themePaths": ["/t", "/u"], "promptPaths": []},
            ),
        ],
    ),
    "session_before_switch": Table(
        {"reason": "new"}, [], [NOTHING, THROWS, *answers({}, {"cancel": False}, {"cancel": True})]
    ),
    "session_before_fork": Table(
        {"entryId": "1", "position": "at"},
        [],
        [NOTHING, THROWS, *answers({"skipConversationRestore": True}, {"cancel": True}, {"cancel": False})],
    ),
    "session_before_compact": Table(
        {"preparation": {}, "branchEntries": [], "reason": "manual", "willRetry": False},
        ["reason"],
        [
            NOTHING,
            THROWS,
            *answers(
                {"compaction": {"summary": "one", "firstKeptEntryId": "1", "tokensBefore": 3}},
                {"compaction": {"summary": "two", "firstKeptEntryId": "2", "tokensBefore": 4}},
                {"cancel": True},
                {"cancel": False},
            ),
        ],
    ),
    "session_before_tree": Table(
        {"preparation": {}},
        [],
        [
            NOTHING,
            THROWS,
            *answers(
                {"summary": {"summary": "s"}},
                {"customInstructions": "look", "replaceInstructions": True},
                {"label": "here"},
                {"cancel": True},
            ),
        ],
    ),
    "session_start": Table({"reason": "startup"}, ["reason"], [NOTHING, THROWS]),
    "cache_warming_decision": Table(
        {"warmCost": 1, "missCost": 2, "continuationProbability": 0.5, "action": "warm"},
        ["action"],
        [NOTHING, THROWS, *answers({}, {"action": "stop"}, {"action": "warm"})],
    ),
    "project_trust": Table(
        {"cwd": "/"},
        ["cwd"],
        [
            THROWS,
            *answers(
                {"trusted": "undecided"}, {"trusted": "yes"}, {"trusted": "no"}, {"trusted": "yes", "remember": True}
            ),
        ],
    ),
}


class Actor:
    """A plugin that does what it is told; ``actor`` in reference.mjs does the same in JavaScript."""

    def __init__(self, seen: list[str], views: list[dict[str, Any]]) -> None:
        self.act: Act = {}
        self._seen = seen
        self._views = views

    def answer(self, event: Event) -> Any:
        """What a plugin does that needs nothing from pi."""
        self._views.append({field: copy.deepcopy(fields(event)[field]) for field in self._seen})
        for field, key, value in self.act.get("put", ()):
            if value is None:
                fields(event)[field].pop(key, None)
            else:
                fields(event)[field][key] = value
        if "throw" in self.act:
            raise RuntimeError(self.act["throw"])
        return filled(self.act["answer"], event) if "answer" in self.act else None

    async def edit(self, event: Any) -> Any:
        """What a plugin does with a list of messages."""
        self._views.append({"messages": copy.deepcopy(await event.messages.load())})
        for operation, index, message in self.act.get("edit", ()):
            if operation == "change":
                (await event.messages.get(index))["content"] = message
            else:
                arguments = (index,) if operation == "remove" else (index, copy.deepcopy(message))
                getattr(event.messages, operation)(*arguments)
        if "throw" in self.act:
            raise RuntimeError(self.act["throw"])
        if "give" in self.act:
            return {"messages": rearranged(self.act["give"], await event.messages.load())}
        return self.act.get("answer")


def fields(event: Event) -> dict[str, Any]:
    """The event's fields under pi's own names."""
    names = zip(event.__struct_encode_fields__, event.__struct_fields__, strict=True)
    return {pis: getattr(event, ours) for pis, ours in names}


def filled(answer: Any, event: Event) -> Any:
    if isinstance(answer, list):
        return [filled(item, event) for item in answer]
    if not isinstance(answer, dict):
        return answer
    if "from" in answer:
        return fields(event)[answer["from"]] + answer["add"]
    return {key: filled(value, event) for key, value in answer.items()}


def rearranged(how: str, messages: list[Any]) -> list[Any]:
    if how == "tail":
        return messages[1:]
    if how == "doubled":
        return [*messages, *messages]
    return messages if how == "same" else [*messages, {"role": "user", "content": "new"}]


def payload(name: str, base: dict[str, Any]) -> bytes:
    """What the bridge sends: what stays in pi crosses as null, and a list of messages as its roles."""
    sent = {**base, **dict.fromkeys(CATALOG[name].handles)}
    if CATALOG[name].policy == "edit":
        sent["messages"] = {"roles": [message["role"] for message in visible(name, base["messages"])]}
    return msgspec.json.encode(sent)


def visible(name: str, value: Any) -> Any:
    """What pi shows of a field: ``context`` handlers get the conversation without its system messages."""
    return [message for message in value if message != SYSTEM] if name == "context" else value


def event_of(title: str) -> str:
    return title.partition(",")[0]


#: What every plugin did, what each saw, and the reply.
Done: TypeAlias = tuple[tuple[Act, ...], list[dict[str, Any]], Any]


def python_side(name: str, table: Table) -> Iterator[Done]:
    """Run every combination of two and of three plugins."""
    with asyncio.Runner() as runner:
        for count in (2, 3):
            yield from combinations(name, table, count, runner)


def combinations(name: str, table: Table, count: int, runner: asyncio.Runner) -> Iterator[Done]:
    async def load(_method: str, part: dict[str, Any]) -> Any:
        return copy.deepcopy(visible(name, table.base[part["field"]])[part["start"] : part["stop"]])

    views: list[dict[str, Any]] = []
    actors = [Actor(table.seen, views) for _ in range(count)]
    registry = registry_of({f"plugin{n}": plugin(name, actor) for n, actor in enumerate(actors)})
    runtime = Runtime(registry, Config(), MemoryLink(load), Listener(), Mark())
    sent = payload(name, table.base)
    for acts in product(table.acts, repeat=count):
        for actor, act in zip(actors, acts, strict=True):
            actor.act = act
        outcome = runner.run(runtime.event(name, sent, Request(1, Signal()), unexpected))
        yield acts, views.copy(), "failed" if outcome.failure else outcome.answer
        views.clear()


def unexpected(outcome: Outcome) -> None:
    pytest.fail(f"nobody was to be left behind: {outcome}")


def plugin(name: str, actor: Actor) -> object:
    async def edit(event: Any) -> Any:
        return await actor.edit(event)

    def answer(event: Any) -> Any:
        return actor.answer(event)

    implementation = edit if CATALOG[name].policy == "edit" else answer
    return namespace(act=hookimpl(specname=name)(implementation))


class Case(NamedTuple):
    """One combination, and what came of it."""

    acts: tuple[Act, ...]
    views: list[dict[str, Any]]
    reply: Any
    reference: dict[str, Any]


@pytest.fixture(scope="module")
def cases() -> dict[str, list[Case]]:
    ran = [(title, *case) for title, table in TABLES.items() for case in python_side(event_of(title), table)]
    asked = [
        {"name": event_of(title), "base": TABLES[title].base, "seen": TABLES[title].seen, "acts": acts, "reply": reply}
        for title, acts, _, reply in ran
    ]
    pi = provision("1.5.2")
    done = subprocess.run(
        [pi.node, HERE / "reference.mjs", pi.root / "node_modules/@earendil-works/pi-coding-agent", BRIDGE.parent],
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, list[Case]] = {title: [] for title in TABLES}
    for (title, acts, views, reply), reference in zip(ran, json.loads(done.stdout), strict=True):
        found[title].append(Case(acts, views, reply, reference))
    return found


@pytest.mark.parametrize("title", TABLES)
def test_pi_goes_on_as_with_extensions_of_its_own(title: str, cases: dict[str, list[Case]]) -> None:
    different = [case for case in cases[title] if case.reference["bridged"] != case.reference["direct"]]

    assert not different, f"{len(different)} of {len(cases[title])}, the first: {different[0]}"


@pytest.mark.parametrize("title", [title for title, table in TABLES.items() if table.seen])
def test_each_plugin_sees_what_the_ones_before_it_did(title: str, cases: dict[str, list[Case]]) -> None:
    for case in cases[title]:
        seen = [{key: value for key, value in view.items() if value is not None} for view in case.views]

        assert seen == case.reference["views"], case


def test_the_tables_have_every_policy_and_every_event_with_an_answer() -> None:
    assert {CATALOG[event_of(title)].policy for title in TABLES} == set(FOLDS)
    assert {name for name, info in CATALOG.items() if info.answer} <= set(TABLES)
