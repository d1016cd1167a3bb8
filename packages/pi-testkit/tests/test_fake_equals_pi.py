"""The same plugin and the same event, in memory and in real pi."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pi_testkit import FakePi, Pi, PluginWriter

pytestmark = pytest.mark.pi_versions("1.5.2")

#: One plugin for all; a second one like it, so that what they do has to be merged.
SOURCE = """
from pi_host import Block, ToolError, command, hookimpl, tool

NAME = {name!r}


@hookimpl
async def tool_call(event, ctx):
    if event.tool_name != "bash":
        return None
    command = event.input["command"]
    if command == "ask":
        return None if await ctx.ui.confirm("Run?", NAME) else Block(f"{{NAME}} was refused")
    if command == "break":
        raise ValueError(NAME)
    event.input["command"] = command + f" {{NAME}}"
    event.input.pop("timeout", None)
    return None


@hookimpl
def tool_result(event):
    text = event.content[0]["text"]
    return {{"content": [{{"type": "text", "text": text.strip() + f" seen by {{NAME}}"}}]}}


@hookimpl
def input(event):
    if event.text == "hi":
        return {{"action": "transform", "text": event.text + " from " + NAME}}
    return {{"action": "transform", "text": event.text + " and " + NAME}}


@hookimpl
def before_agent_start(event):
    message = {{"customType": NAME, "content": f"a word of {{NAME}}", "display": True}}
    return {{"systemPrompt": event.system_prompt + f"+{{NAME}}", "message": message}}


@hookimpl
async def context(event):
    for index in [i for i, role in enumerate(event.messages.roles) if role == "assistant"]:
        message = await event.messages.get(index)
        message["content"] = [{{"type": "text", "text": f"cut by {{NAME}}"}}]
    event.messages.append({{"role": "user", "content": f"listen to {{NAME}}", "timestamp": 0}})
"""

TOOL = """
from pi_host import ToolError, tool

@tool
async def weather(city: str, days: int = 1, *, ctx) -> str:
    if city == "Atlantis":
        raise ToolError("sunk")
    ctx.progress("looking")
    return f"sunny in {city} for {days} days"
"""

ONE, TWO = (SOURCE.format(name=name) for name in ("plugin1", "plugin2"))


@pytest.fixture
def real(hosted_pi: Pi, plugin: PluginWriter) -> Pi:
    plugin("plugin1", ONE)
    plugin("plugin2", TWO)
    plugin("tools", TOOL)
    return hosted_pi


@pytest.fixture
def fake(fake_pi: type[FakePi]) -> FakePi:
    return fake_pi(ONE, TWO)


def tool_text(pi: Pi, call: Call) -> str:
    """What the model reads after a call, by way of real pi."""
    pi.model.add(call, Say("done"))
    rpc = pi.rpc()
    rpc.on_ui(lambda request: request["message"] == "plugin1" if request["method"] == "confirm" else None)
    rpc.prompt("go")
    return pi.model.requests[1].texts("tool")[0]


def test_changes_in_place_add_up(real: Pi, fake: FakePi) -> None:
    changed = fake.fire("tool_call", toolName="bash", input={"command": "echo said", "timeout": 5}).input
    assert changed == {"command": "echo said plugin1 plugin2"}
    content = [{"type": "text", "text": "said plugin1 plugin2\n"}]
    result = fake.fire("tool_result", toolName="bash", input=changed, content=content, isError=False).answer
    assert tool_text(real, Call("bash", command="echo said", timeout=5)) == result["content"][0]["text"]
    assert result["content"][0]["text"] == "said plugin1 plugin2 seen by plugin1 seen by plugin2"


def test_the_second_plugin_blocks_what_the_first_allowed(real: Pi, fake: FakePi) -> None:
    fake.ui.answer(confirm=lambda asked: asked["message"] == "plugin1")
    fired = fake.fire("tool_call", toolName="bash", input={"command": "ask"})
    assert fired.answer == {"block": True, "reason": "plugin2 was refused"}
    assert tool_text(real, Call("bash", command="ask")) == fired.answer["reason"]


def test_a_failure_blocks_with_the_same_words(real: Pi, fake: FakePi) -> None:
    fired = fake.fire("tool_call", toolName="bash", input={"command": "break"})
    assert fired.failure == "plugin 'plugin1': tool_call: ValueError: plugin1"
    assert tool_text(real, Call("bash", command="break")) == f"pi-host: {fired.failure}"


def test_a_prompt_is_transformed_by_one_after_the_other(real: Pi, fake: FakePi) -> None:
    fired = fake.fire("input", text="hi", source="rpc")
    real.model.add(Say("hello"))
    real.rpc().prompt("hi")
    assert fired.answer == {"action": "transform", "text": "hi from plugin1 and plugin2"}
    assert real.model.requests[0].texts("user")[0] == fired.answer["text"]


def test_the_system_prompt_and_messages_of_all_are_there(real: Pi, fake: FakePi) -> None:
    fired = fake.fire("before_agent_start", prompt="hi", systemPrompt="")
    real.model.add(Say("hello"))
    real.rpc().prompt("hi")
    request = real.model.requests[0]
    assert fired.answer["systemPrompt"] == "+plugin1+plugin2"
    assert request.texts("system")[0].endswith(fired.answer["systemPrompt"])
    words = [message["content"] for message in fired.answer["messages"]]
    assert [text for text in request.texts("user") if text.startswith("a word")] == words
    assert words == ["a word of plugin1", "a word of plugin2"]


def test_edits_of_the_context_come_out_the_same(real: Pi, fake: FakePi) -> None:
    real.model.add(Say("one"), Say("two"))
    rpc = real.rpc()
    rpc.prompt("hi")
    rpc.prompt("hi")
    sent = real.model.requests[1]
    transcript = rpc.get_messages()[:-1]
    fired = fake.fire("context", messages=[message for message in transcript if message["role"] != "system"])
    assert [*map(said, fired.messages)] == [
        text for message in sent.messages if message["role"] != "system" for text in [said(message)]
    ]
    assert [said(message) for message in fired.messages][-2:] == ["listen to plugin1", "listen to plugin2"]
    assert "cut by plugin2" in sent.texts("assistant")


def said(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


@pytest.mark.parametrize("arguments", [{"city": "Rome", "days": 2}, {"city": "Atlantis"}])
def test_a_tool_says_the_same(real: Pi, fake_pi: type[FakePi], arguments: dict[str, Any]) -> None:
    ran = fake_pi(TOOL, ONE, TWO).call_tool("weather", **arguments)
    assert tool_text(real, Call("weather", **arguments)) == f"{ran.text} seen by plugin1 seen by plugin2"
