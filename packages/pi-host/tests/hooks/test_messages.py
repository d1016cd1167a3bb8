from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Say

if TYPE_CHECKING:
    from hooked import Hooked

OLD = "0.74.2"


def test_hook_context(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def context(event):
            last = await event.messages.get(-1)
            saw(event, roles=event.messages.roles, last=last["content"])
            last["content"] = [{"type": "text", "text": "rewritten"}]
            event.messages.insert(0, {"role": "user", "content": "before all", "timestamp": 0})
    """)
    hooked.model.add(Say("one"), Say("two"))
    rpc = hooked.rpc()

    rpc.prompt("first")
    rpc.prompt("second")

    one, two = hooked.seen("context")
    assert (one["roles"], two["roles"]) == (["user"], ["user", "assistant", "user"])
    assert two["last"] == [{"type": "text", "text": "second"}]
    assert hooked.model.requests[0].texts("user") == ["before all", "rewritten"]
    assert hooked.model.requests[1].texts("user") == ["before all", "first", "rewritten"]
    assert [m["content"][0]["text"] for m in rpc.get_messages() if m["role"] == "user"] == ["first", "second"]


@pytest.mark.pi_since("0.87.1")
def test_hook_context_with_system(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def context_with_system(event):
            saw(event, roles=event.messages.roles)
            (await event.messages.get(0))["sections"]["preamble"] = "You are a parrot."
    """)
    hooked.model.add(Say("one"))

    hooked.rpc().prompt("first")

    (seen,) = hooked.seen("context_with_system")
    assert seen["roles"] == ["system", "user"]
    (request,) = hooked.model.requests
    assert [*request.texts("system"), *request.texts("developer")][0].startswith("You are a parrot.")


def test_hook_message_start(tour: Hooked) -> None:
    messages = [call["message"] for call in tour.seen("message_start")]
    system = [] if tour.pi.version == OLD else ["system"]
    run = ["user", "assistant", "toolResult", "assistant"]
    assert [message["role"] for message in messages] == [*system, *run, *run]
    assert messages[len(system)]["content"] == [{"type": "text", "text": "look"}]
    # pi's copy of an answer shares its list of blocks with what goes on arriving: a slow Python finds the call in it.
    begun = messages[len(system) + 1]["content"]
    assert [block["type"] for block in begun] in ([], ["toolCall"])


def test_hook_message_update(tour: Hooked) -> None:
    pieces = [call["assistant_message_event"] for call in tour.seen("message_update")]
    run = next(piece for piece in pieces if piece["type"] == "toolcall_end")
    assert run["toolCall"]["arguments"] == {"command": "echo one; sleep 0.3; echo two"}
    thought = [piece["delta"] for piece in pieces if piece["type"] == "thinking_delta"]
    said = [piece["delta"] for piece in pieces if piece["type"] == "text_delta"]
    assert (thought, said) == (["Hm."], ["It", " is", " done.", "So", " be", " it."])
    assert not any("partial" in piece for piece in pieces)


def test_hook_message_end(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def message_end(event):
            saw(event)
            if event.message["role"] == "assistant":
                return MessageEndAnswer(message={**event.message, "content": [{"type": "text", "text": "(removed)"}]})
    """)
    hooked.model.add(Say("the password is hunter2"), Say("I said it before"))
    rpc = hooked.rpc()

    rpc.prompt("first")
    rpc.prompt("second")

    said = [
        call["message"]["content"] for call in hooked.seen("message_end", 4) if call["message"]["role"] == "assistant"
    ]
    assert said[0] == [{"type": "text", "text": "the password is hunter2"}]
    assert hooked.model.requests[1].texts("assistant") == ["(removed)"]
    assert "hunter2" not in hooked.pi.home.sessions()[-1].read_text()
