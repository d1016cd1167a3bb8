from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from hooked import Hooked

OLD, NEW = "0.74.2", "1.5.2"

#: A PNG of one pixel.
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def test_hook_input(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl(specname="input")
        def rewrite(event):
            saw(event)
            return Handled() if event.text == "nothing" else Transform("Explain " + event.text)
    """)
    hooked.settings(images={"autoResize": False})
    hooked.model.add(Say("well"))
    rpc = hooked.rpc()
    picture = {"type": "image", "data": DOT, "mimeType": "image/png"}

    rpc.prompt("nothing")
    rpc.prompt("pi", images=[picture])

    nothing, pi = hooked.seen("input")
    assert (nothing["text"], nothing["images"], nothing["source"]) == ("nothing", None, "rpc")
    assert (pi["text"], pi["images"], pi["streaming_behavior"]) == ("pi", [picture], None)
    (request,) = hooked.model.requests
    assert request.texts("user") == ["Explain pi"]
    assert DOT in str(request.messages[-1])


def test_hook_before_agent_start(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def before_agent_start(event):
            saw(event)
            note = {"customType": "note", "content": "mind the step", "display": False}
            return BeforeAgentStartAnswer(message=note, system_prompt=event.system_prompt + " Be kind.")
    """)
    hooked.model.add(Say("hello"))

    hooked.rpc().prompt("go")

    (seen,) = hooked.seen("before_agent_start")
    assert (seen["prompt"], seen["images"], seen["message"]) == ("go", None, None)
    assert seen["message_type"] == ("user" if hooked.pi.version == NEW else None)
    assert seen["system_prompt_options"]["cwd"] == str(hooked.cwd)
    (request,) = hooked.model.requests
    assert [*request.texts("system"), *request.texts("developer")] == [seen["system_prompt"] + " Be kind."]
    assert request.texts("user") == ["go", "mind the step"]


@pytest.mark.pi_since("0.87.1")
def test_before_agent_start_changes_the_options_in_place(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def before_agent_start(event):
            event.system_prompt_options["promptGuidelines"].append("Speak softly")
            event.system_prompt_options["selectedTools"].remove("write")
    """)
    hooked.model.add(Say("hello"))

    hooked.rpc().prompt("go")

    (request,) = hooked.model.requests
    assert "Speak softly" in [*request.texts("system"), *request.texts("developer")][0]
    assert "write" not in request.tool_names


@pytest.mark.pi_since("1.5.2")
def test_before_agent_start_is_told_of_a_run_that_a_plugin_starts(hooked: Hooked) -> None:
    hooked.plugin("""
        from pi_host import command

        @command
        def nudge(args, ctx):
            ctx.pi.send_message("nudge", "wake up", details={"why": args}, trigger_turn=True)

        @hookimpl
        def before_agent_start(event):
            saw(event)
            note = {"customType": "note", "content": "mind the step", "display": False}
            return BeforeAgentStartAnswer(message=note, system_prompt="Be kind.")
    """)
    hooked.model.add(Say("hello"))
    rpc = hooked.rpc()

    rpc.prompt("/nudge because")
    rpc.wait_for("agent_settled")

    (seen,) = hooked.seen("before_agent_start")
    assert (seen["message_type"], seen["prompt"]) == ("custom", None)
    assert (seen["message"]["content"], seen["message"]["details"]) == ("wake up", {"why": "because"})
    (request,) = hooked.model.requests
    assert [*request.texts("system"), *request.texts("developer")] == ["Be kind."]
    assert request.texts("user") == ["wake up", "mind the step"]


def test_hook_agent_start(tour: Hooked) -> None:
    assert len(tour.seen("agent_start")) == 2
    hooks = [call["hook"] for call in tour.everything()]
    assert hooks.index("agent_start") < hooks.index("turn_start") < hooks.index("agent_end")


def test_hook_agent_end(tour: Hooked) -> None:
    system = [] if tour.pi.version == OLD else ["system"]
    run = ["user", "assistant", "toolResult", "assistant"]
    assert [call["roles"] for call in tour.seen("agent_end")] == [[*system, *run], run]
    assert [call["last"][-1]["text"] for call in tour.seen("agent_end")] == ["It is done.", "So be it."]


@pytest.mark.pi_since("0.87.1")
def test_hook_agent_before_settle(hooked: Hooked) -> None:
    hooked.plugin("""
        calls = []

        @hookimpl
        async def agent_before_settle(event):
            calls.append(event)
            context = await event.context.load()
            saw(event, can=context["canContinue"], roles=[message["role"] for message in context["llmMessages"]])
            note = {"type": "custom", "customType": "note", "data": {"run": len(calls)}}
            more = {"type": "custom_message", "customType": "more", "content": "and then?", "display": False}
            entries = [*event.entries, note, more] if len(calls) == 1 else [*event.entries, note]
            return AgentBeforeSettleAnswer(entries=entries, continue_=len(calls) == 1)
    """)
    hooked.model.add(Say("one"), Say("two"))

    hooked.rpc().prompt("go")

    one, two = hooked.seen("agent_before_settle")
    assert (one["entries"], one["continue_"], one["outcome"], one["can"]) == ([], False, "completed", False)
    assert one["roles"][-2:] == ["user", "assistant"]
    assert two["roles"][-2:] == ["user", "assistant"]
    assert hooked.model.requests[1].texts("user") == ["go", "and then?"]
    assert [entry["data"] for entry in hooked.entries() if entry["type"] == "custom"] == [{"run": 1}, {"run": 2}]


@pytest.mark.pi_since("0.87.1")
def test_hook_agent_settled(tour: Hooked) -> None:
    aborted = False if tour.pi.version == NEW else None
    assert [call["aborted"] for call in tour.seen("agent_settled")] == [aborted] * 2


def test_an_abort_is_told_to_whoever_is_asked_and_at_the_end(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def tool_call(event, ctx):
            saw(event, aborted=ctx.signal.aborted)
            await ctx.signal.wait()
            saw(event, aborted=ctx.signal.aborted)

        @hookimpl
        def agent_settled(event):
            saw(event)
    """)
    hooked.model.add(Call("bash", command="echo never"))
    rpc = hooked.rpc()
    rpc.send("prompt", message="go")
    hooked.seen("tool_call")

    rpc.abort()

    assert [call["aborted"] for call in hooked.seen("tool_call", 2)] == [False, True]
    if hooked.pi.version != OLD:
        (settled,) = hooked.seen("agent_settled")
        assert settled["aborted"] == (True if hooked.pi.version == NEW else None)
    assert len(hooked.model.requests) == 1


@pytest.mark.pi_since("0.87.1")
def test_input_is_told_how_it_is_queued(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl(specname="input")
        def rewrite(event):
            saw(event)
            return Transform(event.text.upper())
    """)
    hooked.model.add(Call("bash", command="sleep 0.5"), Say("one"), Say("two"))
    rpc = hooked.rpc()
    rpc.send("prompt", message="go")
    rpc.wait_for("tool_execution_start")

    rpc.steer("faster")
    rpc.follow_up("more")
    rpc.wait_for("agent_settled")

    assert [(call["text"], call["streaming_behavior"]) for call in hooked.seen("input", 3)] == [
        ("go", None),
        ("faster", "steer"),
        ("more", "followUp"),
    ]
    assert hooked.model.requests[-1].texts("user") == ["GO", "FASTER", "MORE"]


@pytest.mark.pi_since("0.87.1")
def test_hook_ui_prompt_start(tour: Hooked) -> None:
    (seen,) = tour.seen("ui_prompt_start")
    assert (seen["reason"], seen["kind"], seen["title"]) == ("ui_prompt", "confirm", "Sure?")


@pytest.mark.pi_since("0.87.1")
def test_hook_ui_prompt_end(tour: Hooked) -> None:
    (seen,) = tour.seen("ui_prompt_end")
    assert (seen["reason"], seen["kind"], seen["title"]) == ("ui_prompt", "confirm", "Sure?")
    hooks = [call["hook"] for call in tour.everything()]
    assert hooks.index("ui_prompt_start") < hooks.index("ui_prompt_end")


@pytest.mark.pi_since("0.87.1")
def test_a_question_asked_at_the_start_is_told_while_it_is_open(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def session_start(event, ctx):
            saw(event, answer=await ctx.ui.confirm("Sure?"))

        @hookimpl
        def ui_prompt_start(event):
            saw(event)
    """)
    rpc = hooked.rpc()
    question = rpc.wait_for("extension_ui_request")

    assert [call["title"] for call in hooked.seen("ui_prompt_start")] == ["Sure?"]
    rpc.answer(question, reply=True)
    assert [call["answer"] for call in hooked.seen("session_start")] == [True]


def test_hook_turn_start(tour: Hooked) -> None:
    turns = tour.seen("turn_start")
    assert [call["turn_index"] for call in turns] == [0, 1, 0, 1]
    assert turns[0]["timestamp"] < turns[1]["timestamp"]


def test_hook_turn_end(hooked: Hooked) -> None:
    hooked.plugin("""
        calls = []

        @hookimpl
        async def turn_end(event):
            calls.append(event)
            saw(event)
            note = {"type": "custom", "customType": "note", "data": {"turn": event.turn_index}}
            more = {"type": "custom_message", "customType": "more", "content": "and then?", "display": False}
            return TurnEndAnswer(entries=[note, more], continue_=True) if len(calls) == 1 else None
    """)
    hooked.model.add(Say("one"), Say("two"))

    hooked.rpc().prompt("go")

    one, *more = hooked.seen("turn_end")
    assert (one["turn_index"], one["message"]["content"], one["tool_results"]) == (
        0,
        [{"type": "text", "text": "one"}],
        [],
    )
    if hooked.pi.version == OLD:
        assert (one["message_entry_id"], one["entries"], one["outcome"], more) == (None, None, None, [])
        return
    assert (one["entries"], one["continue_"], one["outcome"]) == ([], False, "completed")
    assert hooked.model.requests[1].texts("user") == ["go", "and then?"]
    assert [entry["data"] for entry in hooked.entries() if entry["type"] == "custom"] == [{"turn": 0}]
    assert one["message_entry_id"] in [entry["id"] for entry in hooked.entries() if entry["type"] == "message"]
    assert [call["turn_index"] for call in more] == [1]
