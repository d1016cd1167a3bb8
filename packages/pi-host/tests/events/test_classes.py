from typing import Any

import msgspec
import pytest

from pi_host import events
from pi_host._base import Answer, Event
from pi_host._catalog import CATALOG

USAGE = {"input": 9, "output": 2, "cacheRead": 0, "cacheWrite": 0, "totalTokens": 11, "cost": {"total": 0.0}}
SAID: dict[str, Any] = {"role": "assistant", "content": [{"type": "text", "text": "hi"}], "usage": USAGE}
CALL: dict[str, Any] = {"toolCallId": "call_1", "toolName": "bash"}

#: What the bridge sends for an event of each class; those with nothing but texts and flags are left to the types.
PAYLOADS: dict[str, dict[str, Any]] = {
    "project_trust": {"cwd": "/p"},
    "session_start": {"reason": "fork", "previousSessionFile": "/s/a.jsonl"},
    "session_before_compact": {"preparation": 1, "branchEntries": 2, "reason": "manual", "willRetry": False},
    "session_tree": {"newLeafId": "e2", "oldLeafId": None},
    "mcp_servers_change": {"servers": [{"name": "x", "config": {"command": "x"}, "extensionPath": "/x.ts"}]},
    "context": {"messages": ["user", "assistant"]},
    "before_provider_request": {"payload": {"model": "m", "messages": []}},
    "before_provider_headers": {"headers": {"authorization": "a", "x-gone": None}},
    "after_provider_response": {"status": 200, "headers": {"content-type": "text/event-stream"}},
    "before_agent_start": {"prompt": "hi", "systemPrompt": "You are pi.", "systemPromptOptions": {"cwd": "/p"}},
    "agent_before_settle": {"entries": [], "continue": False, "context": 1, "outcome": "completed"},
    "turn_end": {"turnIndex": 0, "message": SAID, "toolResults": [], "messageEntryId": "e1", "outcome": "completed"},
    "message_update": {"assistantMessageEvent": {"type": "text_delta", "contentIndex": 0, "delta": "h"}},
    "message_end": {"message": SAID},
    "tool_call": {**CALL, "input": {"command": "ls"}},
    "tool_execution_end": {**CALL, "result": {"content": []}, "isError": False, "durationMs": 12.5},
    "tool_result": {**CALL, "input": {}, "content": [{"type": "text", "text": "a"}], "isError": False, "usage": USAGE},
    "user_bash": {"command": "ls", "excludeFromContext": False, "cwd": "/p"},
    "input": {"text": "hi", "source": "rpc", "streamingBehavior": "steer"},
}


def event_class(name: str) -> type[Event]:
    found: type[Event] = getattr(events, CATALOG[name].event)
    return found


@pytest.mark.parametrize("name", PAYLOADS)
def test_payload_comes_back_as_it_was_sent(name: str) -> None:
    event = msgspec.convert(PAYLOADS[name], event_class(name))

    sent_back = msgspec.to_builtins(event)
    assert {key: value for key, value in sent_back.items() if key in PAYLOADS[name]} == PAYLOADS[name]


@pytest.mark.parametrize("name", PAYLOADS)
def test_field_of_a_newer_pi_is_ignored(name: str) -> None:
    newer = {**PAYLOADS[name], "brandNew": {"deep": [1]}}

    assert msgspec.convert(newer, event_class(name)) == msgspec.convert(PAYLOADS[name], event_class(name))


def test_value_of_a_newer_pi_is_passed_on() -> None:
    event = msgspec.convert({"reason": "teleport"}, events.SessionStartEvent)

    assert msgspec.to_builtins(event)["reason"] == "teleport"


def test_nested_value_of_a_newer_pi_is_passed_on() -> None:
    event = msgspec.convert({"message": {"role": "oracle", "runes": [1]}}, events.MessageEndEvent)

    assert msgspec.to_builtins(event.message) == {"role": "oracle", "runes": [1]}


def test_what_an_older_pi_does_not_send_is_none() -> None:
    event = msgspec.convert({"turnIndex": 0, "message": SAID, "toolResults": []}, events.TurnEndEvent)

    assert (event.entries, event.continue_, event.context, event.outcome) == (None, None, None, None)


def test_every_class_knows_its_event() -> None:
    assert {info.event: event_class(name).name for name, info in CATALOG.items()} == {
        info.event: name for name, info in CATALOG.items()
    }


@pytest.mark.parametrize("name", CATALOG)
def test_a_decoder_can_be_made_for_every_event(name: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="Expected `object`"):
        msgspec.json.Decoder(event_class(name)).decode(b"[]")


def test_answer_sends_only_what_was_set() -> None:
    assert msgspec.json.encode(events.ToolCallAnswer(block=True)) == b'{"block":true}'


def test_answer_is_sent_under_pis_names() -> None:
    answer = events.TurnEndAnswer(entries=[], continue_=True)

    assert msgspec.json.encode(answer) == b'{"entries":[],"continue":true}'


@pytest.mark.parametrize("name", [name for name, info in CATALOG.items() if info.answer])
def test_every_answer_class_can_be_checked(name: str) -> None:
    answer: type[Answer] = getattr(events, CATALOG[name].answer or "")

    with pytest.raises(msgspec.ValidationError, match="Expected `object`"):
        msgspec.convert([], answer)


def test_answer_with_a_wrong_choice_is_recognised() -> None:
    with pytest.raises(msgspec.ValidationError, match="Invalid enum value 'explode'"):
        msgspec.convert({"action": "explode"}, events.InputAnswer)
