from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Call, RpcError, Say

if TYPE_CHECKING:
    from hooked import Hooked


def test_hook_tool_call(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def tool_call(event):
            saw(event)
            if event.input["command"] == "rm -rf /":
                return Block("not on my machine")
            event.input["command"] = "echo changed"
    """)
    hooked.model.add(Call("bash", command="echo asked"), Call("bash", command="rm -rf /"), Say("done"))

    hooked.rpc().prompt("go")

    first, second = hooked.seen("tool_call", 2)
    assert (first["tool_name"], first["input"]) == ("bash", {"command": "echo asked"})
    assert first["tool_call_id"] == hooked.model.requests[1].messages[-1]["tool_call_id"] != second["tool_call_id"]
    assert hooked.model.requests[1].texts("tool") == ["changed\n"]
    assert hooked.model.requests[2].texts("tool")[-1] == "not on my machine"


def test_hook_tool_result(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def tool_result(event):
            saw(event)
            return ToolResultAnswer(content=[{"type": "text", "text": "rewritten"}], is_error=True)
    """)
    hooked.model.add(Call("bash", command="echo original"), Say("done"))

    records = hooked.rpc().prompt("go")

    (seen,) = hooked.seen("tool_result")
    assert (seen["tool_name"], seen["input"], seen["is_error"]) == ("bash", {"command": "echo original"}, False)
    assert seen["content"] == [{"type": "text", "text": "original\n"}]
    assert hooked.model.requests[1].texts("tool") == ["rewritten"]
    assert [record["isError"] for record in records if record["type"] == "tool_execution_end"] == [True]


def test_hook_tool_execution_start(tour: Hooked) -> None:
    bash, _ = tour.seen("tool_execution_start")
    assert (bash["tool_name"], bash["args"]) == ("bash", {"command": "echo one; sleep 0.3; echo two"})
    assert bash["tool_call_id"] == tour.model.requests[1].messages[-1]["tool_call_id"]


def test_hook_tool_execution_update(tour: Hooked) -> None:
    updates = [call for call in tour.seen("tool_execution_update") if call["partial_result"]["content"]]
    assert updates[0]["partial_result"]["content"][0]["text"] == "one\n"
    assert updates[-1]["partial_result"]["content"][0]["text"] == "one\ntwo\n"
    assert (updates[0]["tool_name"], updates[0]["args"]["command"]) == ("bash", "echo one; sleep 0.3; echo two")


def test_hook_tool_execution_end(tour: Hooked) -> None:
    bash, unknown = tour.seen("tool_execution_end")
    assert (bash["tool_name"], bash["is_error"]) == ("bash", False)
    assert bash["result"]["content"] == [{"type": "text", "text": "one\ntwo\n"}]
    assert (bash["duration_ms"] is not None) == (tour.pi.version == "1.5.2")
    assert (unknown["tool_name"], unknown["is_error"], unknown["duration_ms"]) == ("nonsense", True, None)


@pytest.mark.pi_since("0.87.1")
def test_hook_user_bash(hooked: Hooked) -> None:
    """pi 0.74.2 does not emit it over RPC, see the next test."""
    hooked.plugin("""
        @hookimpl
        def user_bash(event):
            saw(event)
            if event.command == "whoami":
                return UserBashAnswer(result={"output": "you", "exitCode": 7, "cancelled": False, "truncated": False})
            if event.command == "rm -rf /":
                raise RuntimeError("not on my machine")
    """)
    rpc = hooked.rpc()

    assert {"output": "you", "exitCode": 7}.items() <= rpc.bash("whoami", exclude_from_context=True).items()
    assert rpc.bash("echo ran")["output"] == "ran\n"
    with pytest.raises(RpcError, match="not on my machine"):
        rpc.bash("rm -rf /")

    first, second, _ = hooked.seen("user_bash", 3)
    assert (first["command"], first["exclude_from_context"], first["cwd"]) == ("whoami", True, str(hooked.cwd))
    assert (second["command"], second["exclude_from_context"]) == ("echo ran", False)


@pytest.mark.pi_versions("0.74.2")
def test_user_bash_is_seen_in_the_terminal_of_an_old_pi(hooked: Hooked) -> None:
    """pi 0.74.2 does not emit this event over RPC, so here a person types the command."""
    hooked.plugin("""
        @hookimpl
        def user_bash(event):
            saw(event)
            return UserBashAnswer(result={"output": "you it is", "exitCode": 0, "cancelled": False, "truncated": False})
    """)
    tui = hooked.tui()
    tui.type("!whoami")
    tui.wait_for("whoami")
    tui.press("enter")
    tui.wait_for("you it is")
    (seen,) = hooked.seen("user_bash")
    assert (seen["command"], seen["exclude_from_context"], seen["cwd"]) == ("whoami", False, str(hooked.cwd))
