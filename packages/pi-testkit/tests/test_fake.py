from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import pytest

from pi_testkit import FakePi, Notice

IMPORTS = "import asyncio\nfrom pi_host import Block, CallRefusedError, Transform, command, flag, hookimpl, tool\n"


def body(text: str) -> str:
    return IMPORTS + text


GATE = body("""
@hookimpl
async def tool_call(event, ctx):
    if "rm" in event.input["command"] and not await ctx.ui.confirm("Sure?", event.input["command"]):
        return Block("the user said no")
    event.input["command"] = "nice " + event.input["command"]
""")


def test_an_answer_is_what_pi_gets(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(GATE, ui={"confirm": False})
    fired = pi.fire("tool_call", toolName="bash", input={"command": "rm x"})
    assert fired.answer == {"block": True, "reason": "the user said no"}
    assert fired.changes == {}


def test_a_change_in_place_is_seen_and_leaves_the_tests_own_data_alone(fake_pi: type[FakePi]) -> None:
    given = {"command": "ls"}
    fired = fake_pi(GATE).fire("tool_call", toolName="bash", input=given)
    assert fired.answer is None
    assert fired.input == {"command": "nice ls"}
    assert fired.changes == {"input": {"command": "nice ls"}}
    assert given == {"command": "ls"}


def test_fields_may_be_spelled_as_in_python_and_missing_ones_are_empty(fake_pi: type[FakePi]) -> None:
    fired = fake_pi(GATE).fire("tool_call", tool_name="bash", input={"command": "ls"})
    assert fired.fields["toolName"] == "bash"
    assert fired.fields["toolCallId"] == ""


def test_an_event_that_nobody_implements_has_no_answer(fake_pi: type[FakePi]) -> None:
    assert fake_pi(GATE).fire("agent_start").answer is None


def test_an_unknown_event_or_field_is_an_error_that_names_the_known_ones(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(GATE)
    with pytest.raises(LookupError, match="no event 'tool_cal'"):
        pi.fire("tool_cal")
    with pytest.raises(TypeError, match=r"no field 'tool'; it has: .*toolName"):
        pi.fire("tool_call", tool="bash")
    with pytest.raises(LookupError, match="no field 'messages'"):
        _ = pi.fire("tool_call", input={"command": "ls"}).messages


def test_a_field_of_a_type_that_pi_never_sends_is_an_error(fake_pi: type[FakePi]) -> None:
    with pytest.raises(msgspec.ValidationError, match="Expected `str`"):
        fake_pi(GATE).fire("tool_call", toolName=1)


def test_an_event_of_a_newer_pi_cannot_be_fired(fake_pi: type[FakePi]) -> None:
    with pytest.raises(LookupError, match=r"pi 0\.74\.2 has no event 'agent_settled'; it came with pi 0\.80\.4"):
        fake_pi(version="0.74.2").fire("agent_settled")


def appends(letter: str) -> str:
    return body(f"@hookimpl\ndef input(event):\n    return Transform(event.text + {letter!r})")


def test_plugins_see_what_earlier_ones_did_and_run_in_the_configured_order(fake_pi: type[FakePi]) -> None:
    assert fake_pi(appends("a"), appends("b")).fire("input", text=">").answer["text"] == ">ab"
    pi = fake_pi(appends("a"), appends("b"), config={"order": ["plugin2"]})
    assert pi.fire("input", text=">").answer["text"] == ">ba"


def test_a_failure_stops_what_fails_closed(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(body("@hookimpl\ndef tool_call(event):\n    event.input.clear()\n    raise ValueError('broken')"))
    fired = pi.fire("tool_call", input={"command": "ls"})
    assert fired.failure == "plugin 'plugin1': tool_call: ValueError: broken"
    assert fired.input == {"command": "ls"}


def test_a_failure_of_what_fails_open_is_told_at_each_event(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(body("@hookimpl\ndef input(event):\n    raise ValueError(event.text)"), appends("b"))
    told = ["plugin 'plugin1': input: ValueError: x"]
    for _ in range(2):
        fired = pi.fire("input", text="x")
        assert (fired.problems, fired.answer["text"]) == (told, "xb")
    assert pi.problems == told + told


SLOW = body("@hookimpl\nasync def tool_call(event, ctx):\n    await ctx.ui.confirm('?')\n    await asyncio.sleep(10)")


def test_deadlines_hold_but_not_while_a_person_thinks(fake_pi: type[FakePi]) -> None:
    async def thinks(_asked: dict[str, Any]) -> bool:
        await asyncio.sleep(0.3)
        return True

    pi = fake_pi(SLOW, config={"deadline": 0.1}, ui={"confirm": thinks})
    started = time.monotonic()
    fired = pi.fire("tool_call", toolName="bash")
    assert fired.failure == "plugin 'plugin1': tool_call: no answer within 0.1 s"
    assert 0.4 <= time.monotonic() - started < 5


STUBBORN = body("""
@hookimpl
async def tool_call():
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        await asyncio.sleep(60)
""")


def test_an_implementation_that_ignores_its_cancellation_is_left_behind(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(STUBBORN, config={"deadline": 0.05})
    fired = pi.fire("tool_call")
    assert fired.failure is not None
    assert "ignored its cancellation" in fired.failure


EDITS = body("""
@hookimpl
async def context(event):
    message = await event.messages.get(-1)
    message["content"] = "changed"
    event.messages.remove(0)
    event.messages.insert(0, {"role": "user", "content": "new"})
""")


def test_edits_of_the_messages_are_carried_out_and_the_rest_keeps_its_identity(fake_pi: type[FakePi]) -> None:
    messages = [{"role": "user", "content": str(n)} for n in range(4)]
    fired = fake_pi(EDITS).fire("context", messages=messages)
    assert [message["content"] for message in fired.messages] == ["new", "1", "2", "changed"]
    assert fired.messages[1] is messages[1]
    assert messages[3]["content"] == "3"
    assert fired.answer == {"messages": fired.messages}


def test_messages_that_nobody_edits_are_no_answer(fake_pi: type[FakePi]) -> None:
    messages = [{"role": "user", "content": "0"}]
    fired = fake_pi(body("@hookimpl\nasync def context(event): await event.messages.load()")).fire(
        "context", messages=messages
    )
    assert fired.answer is None
    assert fired.messages is messages


KEEPS = body("""
kept = []

@hookimpl
async def agent_end(event, ctx):
    kept.append(event.messages)

@hookimpl
async def turn_end(event, ctx):
    ctx.ui.notify(str(await event.context.load()))

@hookimpl
async def agent_settled(event, ctx):
    await kept[0].load()
""")


def test_what_stays_in_pi_is_loaded_while_the_event_lasts_and_refused_later(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(KEEPS)
    assert not pi.fire("turn_end", turnIndex=0, message={}, context={"tokens": 5}).problems
    assert pi.notices == [Notice("{'tokens': 5}", "info")]
    pi.fire("agent_end")
    assert "the event is over; 'messages' must be loaded" in pi.fire("agent_settled").problems[0]


def test_answers_that_pi_collects_come_as_a_list(fake_pi: type[FakePi]) -> None:
    says = body("@hookimpl\ndef before_agent_start():\n    return {'message': {'customType': 'x', 'content': 'hi'}}")
    fired = fake_pi(says, says).fire("before_agent_start", systemPrompt="be nice")
    assert fired.answer == {"messages": [{"customType": "x", "content": "hi"}] * 2}


def test_another_payload_is_the_answer(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(body("@hookimpl\ndef before_provider_request(event):\n    return {**event.payload, 'top_p': 1}"))
    assert pi.fire("before_provider_request", payload={"model": "m"}).answer == {"model": "m", "top_p": 1}


def test_project_trust_is_undecided_without_an_answer(fake_pi: type[FakePi]) -> None:
    assert fake_pi().fire("project_trust", cwd="/x").answer == {"trusted": "undecided"}


def test_a_token_crosses_without_the_message_so_far(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(body("@hookimpl\ndef message_update(event, ctx): ctx.ui.notify(str(event.assistant_message_event))"))
    pi.fire("message_update", assistantMessageEvent={"type": "text_delta", "delta": "a", "partial": {}})
    assert pi.notices == [Notice("{'type': 'text_delta', 'delta': 'a'}", "info")]
