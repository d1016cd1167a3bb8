from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessionfile_support import HEADER, rendered, user

from pi_host.sessionfile import Message, Session, ToolCall, Usage

USAGE = {"input": 1, "output": 2, "cacheRead": 3, "cacheWrite": 4, "totalTokens": 10, "cost": {"total": 0.5}}
ANSWER = Message(
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "hm"},
            {"type": "text", "text": "a "},
            {"type": "toolCall", "id": "c", "name": "read", "arguments": {"path": "x"}},
            {"type": "text", "text": "b"},
        ],
        "provider": "p",
        "model": "m",
        "stopReason": "toolUse",
        "usage": USAGE,
        "timestamp": 5,
    }
)

KEYS = [
    "role",
    "content",
    "usage",
    "cost",
    "type",
    "text",
    "thinking",
    "id",
    "name",
    "arguments",
    "isError",
    "timestamp",
]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(), st.sampled_from(["text", "toolCall", "thinking"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)),
    max_leaves=8,
)


def test_an_answer_of_the_model() -> None:
    assert (ANSWER.role, ANSWER.text, ANSWER.thinking) == ("assistant", "a b", "hm")
    assert (ANSWER.provider, ANSWER.model, ANSWER.stop_reason) == ("p", "m", "toolUse")
    assert ANSWER.tool_calls == [ToolCall("c", "read", {"path": "x"})]
    assert ANSWER.timestamp == 5
    assert not ANSWER.is_error


def test_what_it_took() -> None:
    assert ANSWER.usage == Usage(input=1, output=2, cache_read=3, cache_write=4, total=10, cost=0.5)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "message", "message": ANSWER.data},
        {"type": "compaction", "usage": USAGE},
        {"type": "usage", "kind": "cache_warm", "usage": USAGE},
    ],
)
def test_what_an_entry_took(fields: dict[str, object]) -> None:
    (entry,) = Session.parse(rendered(HEADER, {"id": "a", "parentId": None, "timestamp": "t", **fields})).entries

    assert entry.usage == ANSWER.usage


@pytest.mark.parametrize("number", [10**400, -(10**400), float("inf"), float("nan"), "5", None])
def test_what_is_no_number_of_tokens_counts_as_none(number: object) -> None:
    usage = Message({"usage": {"input": number, "cost": {"total": number}}}).usage

    assert usage is not None
    assert (usage.input, usage.cost) == (0, 0)


def test_a_tool_result() -> None:
    message = Message({"role": "toolResult", "toolCallId": "c", "toolName": "read", "content": [], "isError": True})

    assert (message.tool_call_id, message.tool_name, message.is_error, message.text) == ("c", "read", True, "")


def test_an_entry_gives_its_message() -> None:
    (entry,) = Session.parse(rendered(HEADER, user("a", None, "hello"))).entries

    assert entry.message is not None
    assert (entry.role, entry.message.role, entry.message.text) == ("user", "user", "hello")


@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_message_makes_it_raise(data: dict[str, object]) -> None:
    message = Message(data)

    assert isinstance(message.text + message.thinking + message.role + message.tool_call_id, str)
    assert all(isinstance(call.arguments, dict) for call in message.tool_calls)
    assert message.usage is None or message.usage.total == int(message.usage.total)
    assert message.timestamp is None or message.timestamp == data["timestamp"]
