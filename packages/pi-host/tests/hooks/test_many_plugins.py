"""Several plugins on one event: what pi makes of all their answers together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, RpcError, Say

if TYPE_CHECKING:
    from hooked import Hooked

    from pi_testkit import Request

pytestmark = pytest.mark.pi_versions("1.5.2")


def system_prompt(request: Request) -> str:
    return "".join([*request.texts("system"), *request.texts("developer")])


def test_tool_call_changes_add_up_until_one_plugin_blocks(hooked: Hooked) -> None:
    for name, text in (("a", "one"), ("b", "two"), ("d", "never")):
        hooked.plugin(
            f"""
            @hookimpl
            def tool_call(event):
                event.input["command"] += " {text}"
                saw(event)
            """,
            name,
        )
    hooked.plugin(
        """
        @hookimpl
        async def tool_call(event):
            return Block("c says no") if event.input["command"].startswith("rm") else None
        """,
        "c",
    )
    hooked.model.add(Call("bash", command="echo"), Call("bash", command="rm"), Say("done"))

    hooked.rpc().prompt("go")

    assert hooked.model.requests[1].texts("tool") == ["one two never\n"]
    assert hooked.model.requests[2].texts("tool")[-1] == "c says no"
    assert [call["input"]["command"] for call in hooked.seen("tool_call")] == [
        "echo one",
        "echo one two",
        "echo one two never",
        "rm one",
        "rm one two",
    ]


def test_input_goes_through_the_plugins_until_one_handles_it(hooked: Hooked) -> None:
    for name in ("a", "b"):
        hooked.plugin(
            f"""
            @hookimpl(specname="input")
            def rewrite(event):
                return Transform(event.text + " {name}")
            """,
            name,
        )
    hooked.plugin(
        """
        @hookimpl(specname="input")
        def stop(event):
            saw(event)
            return Handled() if event.text.startswith("stop") else None
        """,
        "c",
    )
    hooked.model.add(Say("hello"))
    rpc = hooked.rpc()

    rpc.prompt("stop")
    rpc.prompt("go")

    assert [call["text"] for call in hooked.seen("input")] == ["stop a b", "go a b"]
    assert [request.texts("user") for request in hooked.model.requests] == [["go a b"]]


def note(name: str) -> str:
    return f"""
        @hookimpl
        def before_agent_start(event):
            saw(event)
            note = {{"customType": "note", "content": "from {name}", "display": False}}
            return BeforeAgentStartAnswer(message=note, system_prompt=event.system_prompt + " {name}!")
    """


def test_before_agent_start_keeps_every_message_and_the_last_system_prompt(hooked: Hooked) -> None:
    for name in ("a", "b", "c"):
        hooked.plugin(note(name), name)
    hooked.model.add(Say("hello"), Say("hello"))
    rpc = hooked.rpc()

    rpc.prompt("go")
    rpc.prompt("again")

    first, second = hooked.model.requests
    notes = ["from a", "from b", "from c"]
    assert first.texts("user") == ["go", *notes]
    assert second.texts("user") == ["go", *notes, "again", *notes]
    assert system_prompt(first).endswith(" a! b! c!")
    given = [call["system_prompt"] for call in hooked.seen("before_agent_start")][:3]
    assert [text.removeprefix(given[0]) for text in given] == ["", " a!", " a! b!"]


def test_before_agent_start_keeps_the_messages_of_plugins_added_since_the_last_start(hooked: Hooked) -> None:
    hooked.plugin(note("a"), "a")
    hooked.rpc().close()
    hooked.plugin(note("b"), "b")
    hooked.plugin(note("c"), "c")
    hooked.model.add(Say("hello"))

    hooked.rpc().prompt("go")

    assert hooked.model.requests[0].texts("user") == ["go", "from a", "from b", "from c"]


def test_before_agent_start_edits_the_same_options(hooked: Hooked) -> None:
    for name in ("a", "b"):
        hooked.plugin(
            f"""
            @hookimpl
            def before_agent_start(event):
                event.system_prompt_options["promptGuidelines"].append("Rule of {name}")
            """,
            name,
        )
    hooked.model.add(Say("hello"))

    hooked.rpc().prompt("go")

    prompt = system_prompt(hooked.model.requests[0])
    assert 0 < prompt.index("Rule of a") < prompt.index("Rule of b")


def test_tool_result_is_changed_field_by_field(hooked: Hooked) -> None:
    hooked.plugin(
        """
        @hookimpl
        def tool_result(event):
            return ToolResultAnswer(content=[{"type": "text", "text": "from a"}], details={"by": "a"})
        """,
        "a",
    )
    hooked.plugin(
        """
        @hookimpl
        async def tool_result(event):
            saw(event)
            return ToolResultAnswer(content=[*event.content, {"type": "text", "text": " and b"}], is_error=True)
        """,
        "b",
    )
    hooked.model.add(Call("bash", command="echo original"), Say("done"))

    records = hooked.rpc().prompt("go")

    (seen,) = hooked.seen("tool_result")
    assert (seen["content"], seen["details"]) == ([{"type": "text", "text": "from a"}], {"by": "a"})
    assert seen["structured_content"] is None
    (end,) = [record for record in records if record["type"] == "tool_execution_end"]
    assert (end["isError"], end["result"]["details"]) == (True, {"by": "a"})
    assert "structuredContent" not in end["result"]
    assert "".join(part["text"] for part in end["result"]["content"]) == "from a and b"
    assert "from a" in hooked.model.requests[1].texts("tool")[0]


def test_context_edits_of_two_plugins_leave_the_other_messages_in_place(hooked: Hooked) -> None:
    hooked.plugin(
        """
        @hookimpl
        async def context(event):
            if len(event.messages) == 5:
                event.messages.remove(0)
                event.messages.append({"role": "user", "content": "appended by a", "timestamp": 0})
        """,
        "a",
    )
    hooked.plugin(
        """
        @hookimpl
        async def context(event):
            saw(event, roles=event.messages.roles)
            if len(event.messages) == 5:
                event.messages.replace(1, {**await event.messages.get(1), "content": "replaced by b"})
        """,
        "b",
    )
    hooked.model.add(Say("one"), Say("two"), Say("three"))
    rpc = hooked.rpc()

    for text in ("first", "second", "third"):
        rpc.prompt(text)

    assert hooked.seen("context")[2]["roles"] == ["assistant", "user", "assistant", "user", "user"]
    said = [message for message in hooked.model.requests[2].messages if message["role"] in {"user", "assistant"}]
    texts = [m["content"] if isinstance(m["content"], str) else m["content"][0]["text"] for m in said]
    assert texts == ["one", "replaced by b", "two", "third", "appended by a"]
    # pi knows untouched messages by their identity; else it would have folded the system messages into one.
    assert hooked.model.requests[2].messages[0] == hooked.model.requests[1].messages[0]


def test_headers_of_two_plugins_are_sent(hooked: Hooked) -> None:
    hooked.plugin(
        """
        @hookimpl
        def before_provider_headers(event):
            event.headers["x-a"] = "1"
            event.headers["x-both"] = "a"
        """,
        "a",
    )
    hooked.plugin(
        """
        @hookimpl
        async def before_provider_headers(event):
            event.headers["x-b"] = event.headers.pop("x-a") + "2"
            event.headers["x-both"] += "b"
        """,
        "b",
    )
    hooked.model.add(Say("hello"))

    hooked.rpc().prompt("go")

    (request,) = hooked.model.requests
    assert [request.header(name) for name in ("x-a", "x-b", "x-both")] == [None, "12", "ab"]


def test_provider_payloads_chain(hooked: Hooked) -> None:
    hooked.plugin(
        """
        @hookimpl
        def before_provider_request(event):
            return {**event.payload, "seed": 1}
        """,
        "a",
    )
    hooked.plugin(
        """
        @hookimpl
        def before_provider_request(event):
            event.payload["seed"] += 1
        """,
        "b",
    )
    hooked.model.add(Say("hello"))

    hooked.rpc().prompt("go")

    assert hooked.model.requests[0].body["seed"] == 2


def test_resources_of_two_plugins_are_found(hooked: Hooked) -> None:
    for name in ("a", "b"):
        hooked.plugin(
            f"""
            @hookimpl
            def resources_discover(event):
                return ResourcesDiscoverAnswer(prompt_paths=[event.cwd + "/prompts-{name}"])
            """,
            name,
        )
        (hooked.cwd / f"prompts-{name}").mkdir()
        (hooked.cwd / f"prompts-{name}" / f"of-{name}.md").write_text("Go.")

    commands = {command["name"] for command in hooked.rpc().get_commands()}

    assert {"of-a", "of-b"} <= commands


def test_message_end_chains_and_a_wrong_role_is_refused(hooked: Hooked) -> None:
    for name, role in (("a", "assistant"), ("b", "user"), ("c", "assistant")):
        hooked.plugin(
            f"""
            @hookimpl
            def message_end(event):
                if event.message["role"] != "assistant":
                    return None
                text = event.message["content"][0]["text"] + " {name}"
                content = [{{"type": "text", "text": text}}]
                return MessageEndAnswer(message={{**event.message, "role": "{role}", "content": content}})
            """,
            name,
        )
    hooked.model.add(Say("said"))
    rpc = hooked.rpc()

    rpc.prompt("go")

    assert rpc.get_messages()[-1]["content"] == [{"type": "text", "text": "said a c"}]
    (told,) = [request["message"] for request in rpc.ui_requests if request["method"] == "notify"]
    assert (
        told == "pi-host: plugin 'b': message_end: ValueError: the message must keep its role 'assistant', not 'user'"
    )


def test_one_cancel_is_enough_and_ends_the_round(hooked: Hooked) -> None:
    for name, answer in (("a", "None"), ("b", "Cancel()"), ("c", "None")):
        hooked.plugin(
            f"""
            @hookimpl
            def session_before_switch(event):
                saw(event, by="{name}")
                return {answer}

            @hookimpl
            def session_before_fork(event):
                return {answer}

            @hookimpl
            def session_before_compact(event):
                return {answer}

            @hookimpl
            def session_before_tree(event):
                return {answer}
            """,
            name,
        )
    hooked.settings(compaction={"keepRecentTokens": 3})
    hooked.model.add(Say("one"), Say("two"))
    rpc = hooked.rpc()
    rpc.prompt("first")
    rpc.prompt("second")
    user = next(entry["id"] for entry in hooked.entries() if entry.get("message", {}).get("role") == "user")

    assert rpc.new_session() is False
    assert rpc.fork(user)["cancelled"] is True
    with pytest.raises(RpcError, match="Compaction cancelled"):
        rpc.compact()
    rpc.prompt("/goto")
    rpc.wait_for(lambda record: record.get("message") == "stayed")

    assert [call["by"] for call in hooked.seen("session_before_switch")] == ["a", "b"]


def test_boundary_drafts_of_two_plugins_are_written_and_the_run_goes_on(hooked: Hooked) -> None:
    for name in ("a", "b"):
        hooked.plugin(
            f"""
            calls = []

            @hookimpl
            def turn_end(event):
                saw(event)
                calls.append(event)
                if len(calls) > 1:
                    return None
                draft = {{"type": "custom_message", "customType": "more", "content": "from {name}", "display": False}}
                return TurnEndAnswer(entries=[*event.entries, draft], continue_=True if "{name}" == "a" else None)
            """,
            name,
        )
    hooked.model.add(Say("one"), Say("two"))

    hooked.rpc().prompt("go")

    seen = hooked.seen("turn_end", 4)
    assert [(len(call["entries"]), call["continue_"]) for call in seen] == [
        (0, False),
        (1, True),
        (0, False),
        (0, False),
    ]
    assert hooked.model.requests[1].texts("user") == ["go", "from a", "from b"]


def test_the_first_plugin_that_answers_a_command_of_the_user_decides(hooked: Hooked) -> None:
    for name, answer in (("a", None), ("b", "from b"), ("c", "from c")):
        outcome = {"output": answer, "exitCode": 0, "cancelled": False, "truncated": False}
        hooked.plugin(
            f"""
            @hookimpl
            def user_bash(event):
                saw(event, by="{name}")
                return {None if answer is None else {"result": outcome}}
            """,
            name,
        )

    assert hooked.rpc().bash("whoami")["output"] == "from b"

    assert [call["by"] for call in hooked.seen("user_bash")] == ["a", "b"]


ANSWERS_NOTHING = """
    @hookimpl
    def {hook}(event):
        saw(event)
        return {answer}
"""


@pytest.mark.parametrize("answer", ["None", "{}"])
def test_nothing_said_reaches_pi_as_nothing(hooked: Hooked, answer: str) -> None:
    """To pi JSON null is an answer: it would end the run or refuse the command."""
    hooks = {
        "before_agent_start",
        "turn_end",
        "agent_before_settle",
        "tool_call",
        "tool_result",
        "message_end",
        "context",
    }
    hooks |= {"before_provider_request", "user_bash"} if answer == "None" else set()
    hooked.plugin("".join(ANSWERS_NOTHING.format(hook=hook, answer=answer) for hook in sorted(hooks)))
    hooked.model.add(Call("bash", command="echo ran"), Say("done"))
    rpc = hooked.rpc()

    rpc.prompt("go")
    assert rpc.bash("echo mine")["output"] == "mine\n"

    assert {call["hook"] for call in hooked.everything()} == hooks
    assert hooked.model.requests[1].texts("tool") == ["ran\n"]
    (*_, answered) = [message for message in rpc.get_messages() if message["role"] == "assistant"]
    assert answered["content"] == [{"type": "text", "text": "done"}]
    assert (rpc.errors, [r for r in rpc.ui_requests if r["method"] == "notify"]) == ([], [])


def test_fields_left_at_none_reach_pi_as_nothing(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def before_agent_start(event):
            return {"systemPrompt": None, "message": None}

        @hookimpl
        def turn_end(event):
            return {"entries": None, "continue": None}

        @hookimpl
        def tool_result(event):
            return ToolResultAnswer(is_error=None, content=None)

        @hookimpl
        def context(event):
            return ContextAnswer(messages=None)
    """)
    hooked.model.add(Call("bash", command="echo ran"), Say("done"))
    rpc = hooked.rpc()

    rpc.prompt("go")

    assert "coding" in system_prompt(hooked.model.requests[0])
    assert hooked.model.requests[1].texts("tool") == ["ran\n"]
    assert (rpc.errors, [r for r in rpc.ui_requests if r["method"] == "notify"]) == ([], [])
