"""Sessions replaced, reloaded and shared projects: the host lives on, and nothing stale gets through."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from host_support import eventually, host_pid, notices, tool_output

from pi_testkit import Call, Calls, Say

if TYPE_CHECKING:
    from host_support import Hosted

KEEPER = """
kept = []

@hookimpl
def session_start(event, ctx):
    ctx.ui.notify(f"start {event.reason} {ctx.session.id}")

@command
async def keep(args, ctx):
    kept.append(ctx)
    ctx.ui.notify("kept")

@command
async def use(args, ctx):
    try:
        await kept[0].pi.active_tools()
    except Exception as error:
        ctx.ui.notify(f"{type(error).__name__}: {error}; old id {kept[0].session.id} new id {ctx.session.id}")
"""


def test_a_context_of_a_replaced_session_is_refused_and_keeps_its_facts(hosted: Hosted) -> None:
    hosted.add("keeper", KEEPER)
    with hosted.rpc() as rpc:
        rpc.send("prompt", message="/keep")
        eventually(lambda: "kept" in notices(rpc))
        host = host_pid(rpc)
        old = rpc.send("get_state")["sessionId"]
        rpc.send("new_session")
        new = rpc.send("get_state")["sessionId"]
        rpc.send("prompt", message="/use")
        told = eventually(lambda: "StaleSessionError" in notices(rpc) and notices(rpc))
        assert "StaleSessionError: the session has been replaced" in told
        assert f"old id {old} new id {new}" in told
        assert host_pid(rpc) == host


def test_session_start_tells_each_reason(hosted: Hosted) -> None:
    hosted.add("keeper", KEEPER)
    with hosted.rpc() as rpc:
        eventually(lambda: "start startup" in notices(rpc))
        rpc.send("new_session")
        eventually(lambda: "start new" in notices(rpc))


@pytest.mark.pi_versions("1.5.2", "0.87.1")
def test_a_reload_brings_a_fresh_python_with_the_edited_plugin(hosted: Hosted) -> None:
    reloader = hosted.pi.home.root / "reloader.js"
    reloader.write_text("export default (pi) => pi.registerCommand('again', {handler: (a, ctx) => ctx.reload()})")
    hosted.add("greeter", "@command\ndef greet(ctx):\n    ctx.ui.notify('first edition')\n")
    with hosted.rpc(extensions=(str(reloader),)) as rpc:
        rpc.send("prompt", message="/greet")
        eventually(lambda: "first edition" in notices(rpc))
        before = host_pid(rpc)
        hosted.add("greeter", "@command\ndef greet(ctx):\n    ctx.ui.notify('second edition')\n")
        rpc.send("prompt", message="/again")
        eventually(lambda: before not in rpc.process.processes())
        rpc.send("prompt", message="/greet")
        eventually(lambda: "second edition" in notices(rpc))


def test_what_is_installed_while_pi_runs_is_there_at_the_next_start_without_any_command(hosted: Hosted) -> None:
    hosted.add("first", "@tool\ndef one() -> str:\n    '''One.'''\n    return 'one'\n")
    hosted.pi.model.add(Say("a"), Calls(Call("two")), Say("b"))
    hosted.print("compile the manifest")
    hosted.add("second", "@tool\ndef two() -> str:\n    '''Two.'''\n    return 'two'\n")
    with hosted.rpc() as rpc:
        assert tool_output(rpc.prompt("go")) == ["two"]


def test_a_flag_of_a_plugin_reaches_it_from_the_command_line(hosted: Hosted) -> None:
    hosted.add(
        "shouter",
        """
        shout = flag("shout", default="", description="what to shout")
        @hookimpl
        def input(event, ctx):
            return {"action": "transform", "text": event.text + ctx.flags["shout"].upper()}
        """,
    )
    hosted.pi.model.add(Say("a"), Say("b"))
    hosted.print("compile the manifest")
    assert hosted.print("hello ", "--shout", "loud").returncode == 0
    assert "hello LOUD" in str(hosted.pi.model.requests[1].body["messages"][-1])


@pytest.mark.pi_since("0.87.1")
@pytest.mark.parametrize("trusted", [True, False])
def test_project_plugins_run_only_where_pi_trusts_the_project(hosted: Hosted, *, trusted: bool) -> None:
    folder = hosted.pi.home.cwd / ".pi" / "python"
    folder.mkdir(parents=True)
    marker = hosted.pi.home.root / "imported"
    (folder / "local.py").write_text(
        f"from pi_host import hookimpl\nopen({str(marker)!r}, 'w').close()\n"
        "@hookimpl\ndef input(event):\n    return {'action': 'transform', 'text': 'local was here'}\n"
    )
    (hosted.pi.home.cwd / ".pi" / "settings.json").write_text("{}")
    hosted.pi.model.add(Say("a"))
    finished = hosted.print("hello", "--approve" if trusted else "--no-approve")
    assert finished.returncode == 0, finished.stderr
    assert marker.exists() is trusted
    assert ("local was here" in json.dumps(hosted.pi.model.requests[0].body)) is trusted


def test_a_session_does_not_end_before_the_plugins_have_begun_it(hosted: Hosted) -> None:
    hosted.add(
        "slow_starter",
        """
        @hookimpl
        async def session_start(event, ctx):
            await asyncio.sleep(1)
            ctx.ui.notify(f"begun {event.reason} with {len(await ctx.session.entries())} entries")
        """,
    )
    hosted.pi.model.add(Say("a"))
    hosted.print("compile the manifest")
    with hosted.rpc() as rpc:
        rpc.send("new_session")
        eventually(lambda: "begun new" in notices(rpc))
        assert "begun startup" in notices(rpc)
