"""From the start of pi to its end, in each of its modes: a plugin asks before a command runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from hooked import Hooked

GATE = """
    print("a plugin's print must not get into pi's output")

    @hookimpl
    async def tool_call(event, ctx):
        saw(event, mode=ctx.mode, has_ui=ctx.has_ui)
        allowed = await ctx.ui.confirm("Run it?", event.input["command"])
        ctx.ui.notify("allowed" if allowed else "refused", "warning")
        return None if allowed else Block("nobody agreed")

    @hookimpl
    def session_shutdown(event):
        saw(event)
"""


@pytest.fixture
def gated(hooked: Hooked) -> Hooked:
    """A pi that asks before it runs a command, and a model that wants to run one."""
    hooked.plugin(GATE)
    hooked.model.add(Call("bash", command="echo ran"), Say("all is done"))
    return hooked


def asked_in(gated: Hooked) -> dict[str, Any]:
    """What the gate saw of the mode, once pi was told to end and the plugin heard of it."""
    (quitted,) = gated.seen("session_shutdown")
    assert quitted["reason"] == "quit"
    (asked,) = gated.seen("tool_call")
    return {key: asked[key] for key in ("mode", "has_ui")}


def told_the_model(gated: Hooked) -> str:
    return gated.model.requests[1].texts("tool")[0]


def test_in_a_terminal_a_person_answers(gated: Hooked) -> None:
    tui = gated.tui()
    tui.type("go")
    tui.wait_for("go")
    tui.press("enter")
    tui.wait_for("Run it?")
    tui.press("enter")
    assert "allowed" in tui.wait_for("all is done")
    tui.press("ctrl+c", "ctrl+c")
    assert tui.wait() == 0

    assert asked_in(gated) == {"mode": "tui", "has_ui": True}
    assert told_the_model(gated) == "ran\n"


def test_over_rpc_the_client_answers(gated: Hooked) -> None:
    rpc = gated.rpc()
    rpc.on_ui(lambda _request: True)
    rpc.prompt("go")
    requests = [(request["method"], request.get("title"), request["message"]) for request in rpc.ui_requests]
    assert requests == [("confirm", "Run it?", "echo ran"), ("notify", None, "allowed")]
    assert rpc.close() == 0

    assert asked_in(gated) == {"mode": "rpc", "has_ui": True}
    assert told_the_model(gated) == "ran\n"


def test_in_print_mode_nobody_can_answer(gated: Hooked) -> None:
    done = gated.print("go")
    assert (done.stdout, done.returncode, done.survivors) == ("all is done\n", 0, [])
    assert done.stderr == "pi-host: refused\n"

    assert asked_in(gated) == {"mode": "print", "has_ui": False}
    assert told_the_model(gated) == "nobody agreed"


def test_in_json_mode_nobody_can_answer(gated: Hooked) -> None:
    done = gated.json("go")
    assert (done.records[0]["type"], done.returncode, done.survivors) == ("session", 0, [])
    assert [record["isError"] for record in done.records if record["type"] == "tool_execution_end"] == [True]
    assert done.stderr == "pi-host: refused\n"

    assert asked_in(gated) == {"mode": "json", "has_ui": False}
    assert told_the_model(gated) == "nobody agreed"


def test_a_plugin_that_only_listens_to_the_stream_hears_all_of_it_before_pi_ends(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def message_update(event):
            saw(event)
    """)
    hooked.model.add(Say("one two three"), Say("one two three"))
    for _ in range(2):
        done = hooked.print("go")
        assert (done.stdout, done.stderr, done.returncode) == ("one two three\n", "", 0)

    pieces = [call["assistant_message_event"] for call in hooked.everything()]
    assert [piece["delta"] for piece in pieces if piece["type"] == "text_delta"] == ["one", " two", " three"] * 2
    assert pieces[-1]["type"] == "text_end"
