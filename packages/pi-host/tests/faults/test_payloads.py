"""Text that JSON and UTF-8 disagree about, and payloads that are too big."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from host_support import notices, tool_output

from pi_testkit import Call, Calls, Say

if TYPE_CHECKING:
    from host_support import Hosted


def test_line_separators_pass_in_both_directions(hosted: Hosted) -> None:
    hosted.add(
        "echo",
        "from pi_host import Transform\n"
        "@hookimpl\ndef input(event):\n    return Transform(event.text + '|\\u2028\\x85\\u2029')\n",
    )
    hosted.pi.model.add(Say("fine"))
    with hosted.rpc() as rpc:
        rpc.prompt("a\u2028b\u2029c\x85d")
    assert hosted.pi.model.requests[0].texts("user") == ["a\u2028b\u2029c\x85d|\u2028\x85\u2029"]


@pytest.mark.pi_versions("1.5.2")
def test_lone_surrogates_pass_in_both_directions(hosted: Hosted) -> None:
    maker = hosted.pi.home.root / "maker.js"
    maker.write_text(
        "export default (pi) => {"
        " pi.on('tool_call', (e) => { e.input.command = 'echo ' + String.fromCharCode(0xd800); });"
        " pi.on('tool_result', (e, ctx) => ctx.ui.notify('js saw ' + escape(e.input.command), 'info')); }"
    )
    hosted.add(
        "echo",
        """
        @hookimpl
        def tool_call(event, ctx):
            ctx.ui.notify("python saw " + ascii(event.input["command"]))
            event.input["command"] += "; # \\udfff"
        """,
    )
    hosted.pi.model.add(Calls(Call("bash", command="x")), Say("done"))
    with hosted.rpc(extensions=(str(maker),)) as rpc:
        rpc.prompt("go")
        assert "python saw 'echo \\ud800'" in notices(rpc)
        assert "js saw echo%20%uD800%3B%20%23%20%uDFFF" in notices(rpc)


@pytest.mark.pi_versions("1.5.2")
def test_an_event_over_the_limit_is_told_and_pi_goes_on(hosted: Hosted) -> None:
    maker = hosted.pi.home.root / "maker.js"
    maker.write_text(
        "export default (pi) => pi.on('tool_result', () => ({details: {huge: 'x'.repeat(70 * 1024 * 1024)}}));"
    )
    hosted.add("watcher", "@hookimpl\ndef tool_result(event, ctx):\n    ctx.ui.notify('seen')\n")
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("done"))
    with hosted.rpc(extensions=(str(maker),)) as rpc:
        records = rpc.prompt("go", timeout=60)
        assert tool_output(records) == ["hello\n"]
        assert "are over the limit of 67108864 for one frame" in notices(rpc)


@pytest.mark.pi_versions("1.5.2")
def test_facts_that_were_in_a_frame_over_the_limit_come_with_the_next(hosted: Hosted) -> None:
    maker = hosted.pi.home.root / "maker.js"
    maker.write_text(
        "export default (pi) => pi.on('tool_result', () => {"
        " pi.setSessionName('renamed'); return {details: {huge: 'x'.repeat(70 * 1024 * 1024)}}; });"
    )
    hosted.add(
        "watcher",
        """
        @hookimpl
        def tool_result(event, ctx):
            pass

        @hookimpl
        def agent_settled(event, ctx):
            ctx.ui.notify(f"the name is {ctx.session.name}")
        """,
    )
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("done"))
    with hosted.rpc(extensions=(str(maker),)) as rpc:
        rpc.prompt("go", timeout=60)
        assert "are over the limit" in notices(rpc)
        assert "the name is renamed" in notices(rpc)


@pytest.mark.pi_versions("1.5.2")
def test_a_tool_call_over_the_limit_is_blocked(hosted: Hosted) -> None:
    maker = hosted.pi.home.root / "maker.js"
    maker.write_text(
        "export default (pi) => pi.on('tool_call', (e) => { e.input.huge = 'x'.repeat(70 * 1024 * 1024); });"
    )
    hosted.add("watcher", "@hookimpl\ndef tool_call(event, ctx):\n    pass\n")
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("done"))
    with hosted.rpc(extensions=(str(maker),)) as rpc:
        assert "are over the limit" in tool_output(rpc.prompt("go", timeout=60))[0]


@pytest.mark.pi_versions("1.5.2")
def test_an_answer_over_the_limit_fails_that_event_only(hosted: Hosted) -> None:
    hosted.add(
        "filler",
        "@hookimpl\ndef tool_result(event):\n    return {'details': {'huge': 'x' * (70 * 1024 * 1024)}}\n",
    )
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("done"))
    with hosted.rpc() as rpc:
        assert tool_output(rpc.prompt("go", timeout=60)) == ["hello\n"]
        assert "over the limit" in notices(rpc)


@pytest.mark.pi_versions("1.5.2")
def test_a_large_payload_under_the_limit_passes_whole(hosted: Hosted) -> None:
    maker = hosted.pi.home.root / "maker.js"
    maker.write_text(
        "export default (pi) => pi.on('tool_result', () => ({details: {big: 'é'.repeat(8 * 1024 * 1024)}}));"
    )
    hosted.add(
        "counter",
        """
        @hookimpl
        def tool_result(event, ctx):
            ctx.ui.notify(f"length {len(event.details['big'])}")
            return {"details": {"back": event.details["big"]}}
        """,
    )
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("done"))
    with hosted.rpc(extensions=(str(maker),)) as rpc:
        records = rpc.prompt("go", timeout=60)
        assert f"length {8 * 1024 * 1024}" in notices(rpc)
        end = next(record for record in records if record["type"] == "tool_execution_end")
        assert end["result"]["details"]["back"] == "é" * (8 * 1024 * 1024)
