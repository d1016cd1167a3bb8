from __future__ import annotations

import asyncio
import re
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pi_host import CallRefusedError, PiHostError
from pi_host.launch import BRIDGE
from pi_testkit import FakePi, Notice, UnansweredError
from pi_testkit._dialogs import DIALOGS
from pi_testkit._fake_calls import CALLS

if TYPE_CHECKING:
    from pathlib import Path

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

WEATHER = body('''
@tool
async def weather(city: str, days: int = 1, *, ctx) -> str:
    """Weather forecast."""
    ctx.progress("looking")
    await asyncio.sleep(0.01)
    if city == "Atlantis":
        raise ValueError("sunk")
    return f"sunny in {city} for {days} days"
''')


def test_a_tool_is_called_with_its_types_and_shows_its_progress(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(WEATHER)
    ran = pi.call_tool("weather", city="Rome", days="2")
    assert (ran.text, ran.is_error, ran.details) == ("sunny in Rome for 2 days", False, None)
    assert ran.progress == [[{"type": "text", "text": "looking"}]]
    assert pi.tools["weather"]["parameters"]["required"] == ["city"]


def test_what_a_tool_raises_is_for_the_model_to_read(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(WEATHER)
    ran = pi.call_tool("weather", city="Atlantis")
    assert (ran.text, ran.is_error) == ("ValueError: sunk", True)
    assert "missing required field `city`" in pi.call_tool("weather").text


def test_an_unknown_tool_command_or_call_is_an_error(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(WEATHER)
    with pytest.raises(LookupError, match="no tool 'wether'; there are: weather"):
        pi.call_tool("wether")
    with pytest.raises(LookupError, match="no command 'x'; there are: none"):
        pi.run_command("x")
    with pytest.raises(LookupError, match=r"no call 'pi\.exce'"):
        pi.answer("pi.exce", {})


def test_an_abort_before_a_tool_cancels_it(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(WEATHER)
    pi.abort()
    ran = pi.call_tool("weather", city="Rome")
    assert (ran.text, ran.is_error) == ("aborted", True)
    assert not pi.call_tool("weather", city="Rome").is_error


def test_an_abort_from_another_thread_cancels_a_tool(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(body("@tool\nasync def sleep() -> None: await asyncio.sleep(30)"))
    timer = threading.Timer(0.05, pi.abort)
    timer.start()
    assert pi.call_tool("sleep").text == "aborted"
    timer.join()


WAITS = body("""
@hookimpl
async def tool_call(ctx):
    ctx.abort()
    await ctx.signal.wait()
    return Block("aborted")
""")


def test_an_abort_is_told_to_an_event_and_does_not_end_it(fake_pi: type[FakePi]) -> None:
    assert fake_pi(WAITS).fire("tool_call").answer == {"block": True, "reason": "aborted"}


COMMANDS = body('''
@command(complete=lambda prefix: [name for name in ("one", "two") if name.startswith(prefix)])
async def count(args, ctx):
    """Count."""
    if args not in {"one", "two"}:
        raise ValueError(args)
    return f"counted {args}"
''')


def test_a_command_runs_and_its_text_is_a_notice(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(COMMANDS)
    pi.run_command("count", "one")
    assert pi.notices == [Notice("counted one", "info")]


def test_what_a_command_raises_is_raised(fake_pi: type[FakePi]) -> None:
    with pytest.raises(ValueError, match="three"):
        fake_pi(COMMANDS).run_command("count", "three")


def test_completions_come_in_pis_form(fake_pi: type[FakePi]) -> None:
    assert fake_pi(COMMANDS).complete("count", "t") == [{"value": "two", "label": "two"}]


ASKS = body("""
@command
async def ask(args, ctx):
    try:
        answer = await getattr(ctx.ui, args)("Which?", *([["a", "b"]] if args == "select" else []))
    except Exception:
        answer = "swallowed"
    ctx.ui.notify(repr(answer))
""")


@pytest.mark.parametrize("dialog", sorted(DIALOGS))
def test_a_dialog_nobody_answers_is_an_error_even_if_the_plugin_swallows_it(fake_pi: type[FakePi], dialog: str) -> None:
    with pytest.raises(UnansweredError, match=rf"nobody answers a '{dialog}' dialog; say how: pi\.ui\.answer"):
        fake_pi(ASKS).run_command("ask", dialog)


@pytest.mark.parametrize("dialog", sorted(DIALOGS))
def test_a_dialog_is_dismissed_with_none_and_nobody_is_asked_without_a_ui(fake_pi: type[FakePi], dialog: str) -> None:
    pi = fake_pi(ASKS, ui={dialog: None})
    pi.run_command("ask", dialog)
    pi.mode, pi.ui.people = "print", {}
    pi.run_command("ask", dialog)
    assert {notice.message for notice in pi.notices} == {"False" if dialog == "confirm" else "None"}


def test_a_function_gets_what_was_asked(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(ASKS)
    pi.ui.answer(select=lambda asked: asked["options"][1])
    pi.run_command("ask", "select")
    assert pi.notices == [Notice("'b'", "info")]
    assert [call.params["title"] for call in pi.ui.asked] == ["Which?"]


@pytest.mark.parametrize(("dialog", "reply"), [("confirm", "yes"), ("input", True), ("select", "c")])
def test_a_reply_that_pi_could_not_have_given_is_an_error(fake_pi: type[FakePi], dialog: str, reply: Any) -> None:
    pi = fake_pi(ASKS, ui={dialog: reply})
    with pytest.raises((TypeError, ValueError), match=re.escape(repr(reply))):
        pi.run_command("ask", dialog)
    with pytest.raises(TypeError, match="no dialog 'konfirm'"):
        pi.ui.answer(konfirm=True)


RUNS = body("""
@command
async def run(ctx):
    try:
        ended = await ctx.pi.exec("git", ["status"])
        return ended.stdout
    except CallRefusedError as error:
        return str(error)
""")


def test_programs_are_played_by_the_test(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(RUNS)
    with pytest.raises(UnansweredError, match=r"pi\.answer\('pi\.exec', \.\.\.\)"):
        pi.run_command("run")
    pi.answer("pi.exec", lambda asked: {"stdout": " ".join(asked["args"]), "stderr": "", "code": 0})
    pi.run_command("run")
    assert pi.notices[-1] == Notice("status", "info")


def test_a_call_is_refused_as_pi_would(fake_pi: type[FakePi]) -> None:
    def refuse(_asked: object) -> None:
        raise CallRefusedError("not now")

    pi = fake_pi(RUNS)
    pi.answer("pi.exec", refuse)
    pi.run_command("run")
    assert pi.notices == [Notice("not now", "info")]


BUSY = body("""
@command
async def work(ctx):
    ctx.ui.set_status("busy")
    ctx.ui.set_status("gone", key="x")
    ctx.ui.set_status(None, key="x")
    ctx.ui.set_widget(["a", "b"])
    ctx.ui.set_editor_text(await ctx.ui.editor_text() + "!")
    ctx.pi.send_message("note", "hello", trigger_turn=True)
    ctx.pi.send_user_message("do it", deliver_as="steer")
    first = await ctx.pi.append_entry("kind", {"n": 1})
    await ctx.pi.append_entry("kind", {"n": 2})
    ctx.pi.set_label(first, "here")
    ctx.pi.set_session_name("mine")
    await ctx.pi.set_active_tools(["read"])
    assert await ctx.pi.active_tools() == ["read"]
    assert await ctx.session.label(first) == "here"
    assert [entry["data"]["n"] for entry in await ctx.session.entries(first)] == [2]
    assert [entry["data"]["n"] for entry in await ctx.session.branch()] == [1, 2]
    assert [command["name"] for command in await ctx.pi.commands()] == ["work"]
""")


def test_what_plugins_do_is_there_to_be_read(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(BUSY)
    pi.ui.editor_text = "text"
    pi.run_command("work")
    assert pi.statuses == {"plugin1": "busy"}
    assert pi.widgets == {"plugin1": ["a", "b"]}
    assert pi.ui.editor_text == "text!"
    assert pi.sent_messages == [{"customType": "note", "content": "hello", "display": True, "triggerTurn": True}]
    assert pi.user_messages == [{"content": "do it", "deliverAs": "steer", "expand": False}]
    assert pi.labels == {pi.entries[0]["id"]: "here"}
    assert pi.session_name == "mine"
    assert pi.calls[0] == ("ui.setStatus", {"key": "plugin1", "text": "busy"})


TELLS = body("""
verbose = flag("verbose", default=False)

@command
async def tell(ctx):
    return f"{ctx.cwd} {ctx.mode} {ctx.has_ui} {ctx.model['id']} {ctx.flags['verbose']} {ctx.session.leaf_id}"
""")


def test_facts_are_set_by_the_test(fake_pi: type[FakePi], tmp_path: Path) -> None:
    pi = fake_pi(TELLS)
    pi.run_command("tell")
    pi.cwd, pi.mode, pi.model, pi.flags = "/x", "json", {"id": "big"}, {"verbose": True}
    pi.entries.append({"id": "e1", "type": "custom"})
    pi.run_command("tell")
    assert [notice.message for notice in pi.notices] == [
        f"{tmp_path} tui True fake-1 False None",
        "/x json False big True e1",
    ]


STALE = body("""
kept = []

@hookimpl
async def session_start(ctx):
    if kept:
        ctx.ui.notify(f"{kept[0].session.id} then {ctx.session.id}")
        kept[0].ui.notify("lost")
        await kept[0].is_idle()
    kept.append(ctx)
""")


def test_contexts_of_a_replaced_session_are_stale(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(STALE)
    pi.fire("session_start", reason="startup")
    pi.replace_session()
    assert "StaleSessionError" in pi.fire("session_start", reason="new").problems[0]
    assert [notice.message for notice in pi.notices] == ["session-1 then session-2"]


def test_tasks_that_a_plugin_started_go_on_with_the_next_event(fake_pi: type[FakePi]) -> None:
    counts = body("""
tasks = []

async def wait():
    await asyncio.sleep(0)
    await asyncio.sleep(0)

@hookimpl
async def agent_start(ctx):
    tasks.append(asyncio.create_task(wait()))

@hookimpl
async def agent_settled(ctx):
    await tasks[0]
    ctx.ui.notify("done")
""")
    pi = fake_pi(counts)
    pi.fire("agent_start")
    pi.fire("agent_settled")
    assert pi.notices == [Notice("done", "info")]


def test_async_tests_use_the_running_loop() -> None:
    async def test() -> str:
        with FakePi(WEATHER, GATE) as pi:
            fired = await pi.afire("tool_call", input={"command": "ls"})
            assert fired.input == {"command": "nice ls"}
            with pytest.raises(RuntimeError, match="use the methods that begin with 'a'"):
                pi.fire("agent_start")
            return (await pi.acall_tool("weather", city="Rome")).text

    assert asyncio.run(test()) == "sunny in Rome for 1 days"


def test_an_unclosed_pi_leaves_no_warning_behind() -> None:
    FakePi(GATE).fire("tool_call", input={"command": "ls"})


def test_the_fake_knows_every_call_that_the_bridge_knows() -> None:
    table = (BRIDGE.parent / "calls.js").read_text("utf-8").partition("const CALLS = {")[2].partition("\n};")[0]
    bridge = set(re.findall(r'^\t"([a-zA-Z]+\.[a-zA-Z]+)":', table, re.MULTILINE))
    assert bridge == set(CALLS) | {f"ui.{dialog}" for dialog in DIALOGS}


def test_a_hundred_events_take_less_than_a_second(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(GATE, ui={"confirm": True})
    started = time.perf_counter()
    for _ in range(100):
        assert pi.fire("tool_call", input={"command": "rm"}).input == {"command": "nice rm"}
    assert time.perf_counter() - started < 1


def test_what_cannot_cross_as_json_is_the_plugins_failure(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(body("@hookimpl\nasync def agent_start(ctx): await ctx.pi.append_entry('x', object())"))
    assert "not JSON data" in pi.fire("agent_start").problems[0]
    assert pi.calls == []


CHANGES = body("""
@command
async def go(ctx):
    data = {"n": 1}
    await ctx.pi.append_entry("x", data)
    data["n"] = 2
""")


def test_entries_are_json_that_the_plugin_cannot_change_later(fake_pi: type[FakePi]) -> None:
    pi = fake_pi(CHANGES)
    pi.run_command("go")
    assert pi.entries[0]["data"] == {"n": 1}


def test_a_plugin_that_cannot_be_registered_is_refused_with_its_reason(fake_pi: type[FakePi]) -> None:
    with pytest.raises(PiHostError, match=r"plugin 'plugin1': ZeroDivisionError"):
        fake_pi("1 / 0")
