"""``python -m pi_host`` as the bridge runs it: a process with frames on its standard streams."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from process_support import PATIENCE, TOOL_CALL, Host, plugin

from pi_host._wire import PROTOCOL

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Host(tmp_path) as host:
        yield host


ANSWERS = """
@hookimpl
def tool_call(event):
    return Block("no " + event.input["command"])
"""


# the greeting


def test_it_greets_back_with_what_the_plugins_offer(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, ANSWERS + "\n@tool\ndef t(x: int) -> str: return str(x)\n")
    ready = host.hello()

    assert ready["m"] == "ready"
    assert ready["p"]["deadline"] == 30
    assert ready["p"]["contributions"]["events"] == {"tool_call": 1}
    assert [declared["name"] for declared in ready["p"]["contributions"]["tools"]] == ["t"]


def test_a_bridge_that_has_read_a_fresh_manifest_is_sent_no_correction(tmp_path: Path) -> None:
    plugin(tmp_path, ANSWERS)
    manifest = str(tmp_path / "manifest.json")
    sent = []
    for known in (False, True):
        with Host(tmp_path) as host:
            sent.append(host.hello(manifest=manifest, known=known)["p"]["contributions"])
            assert host.event("tool_call", TOOL_CALL)["r"]["a"]["block"]

    assert sent[0]["events"] == {"tool_call": 1}
    assert sent[1] is None


def test_a_bridge_that_found_no_manifest_is_told_even_if_there_is_one_by_now(tmp_path: Path) -> None:
    plugin(tmp_path, ANSWERS)
    manifest = str(tmp_path / "manifest.json")
    for _ in range(2):  # another pi may have written it after this bridge looked
        with Host(tmp_path) as host:
            assert host.hello(manifest=manifest, known=False)["p"]["contributions"]["events"] == {"tool_call": 1}


def test_the_longest_deadline_is_told(tmp_path: Path, host: Host) -> None:
    (tmp_path / "agent").mkdir()
    (tmp_path / "agent" / "pi-host.toml").write_text("deadline = 5\n[plugins.slow]\ndeadline = 90\n")

    assert host.hello()["p"]["deadline"] == 90


@pytest.mark.parametrize("spoken", [PROTOCOL + 1, "one", None])
def test_another_protocol_is_refused_whatever_else_it_says(spoken: object, host: Host) -> None:
    host.send(m="hello", p={"protocol": spoken, "later": True})
    fatal = host.receive()

    assert fatal["m"] == "fatal"
    assert f"the bridge speaks protocol {spoken!r}, this host {PROTOCOL}" in fatal["p"]["reason"]


@pytest.mark.parametrize("params", [{"protocol": PROTOCOL}, {}, [], 5])
def test_a_greeting_that_makes_no_sense_is_refused_and_not_left_unanswered(params: Any, host: Host) -> None:
    host.send(m="hello", p=params)

    assert host.receive()["m"] == "fatal"


def test_a_trace_that_cannot_be_opened_is_told_and_the_plugins_run_without(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, ANSWERS)

    assert host.hello(trace=str(tmp_path / "nowhere" / "trace"))["m"] == "ready"
    told = host.receive("report")["p"]
    assert told["level"] == "warning"
    assert "nowhere/trace' can't be written: No such file or directory" in told["text"]
    assert host.event("tool_call", TOOL_CALL)["r"]["a"]["block"]


def test_what_comes_before_the_greeting_is_refused(host: Host) -> None:
    host.send(m="ping")
    answer = host.event("tool_call", TOOL_CALL)

    assert answer["e"] == {"message": "the first frame must be hello, not 'event'"}
    assert host.hello()["m"] == "ready"


@pytest.mark.parametrize(
    ("wanted", "words"), [("nothing", "no installed distribution"), ("/no/such.py", "there is no file")]
)
def test_a_plugin_asked_for_that_is_not_there_is_fatal(wanted: str, words: str, host: Host) -> None:
    fatal = host.hello(plugins=[wanted])

    assert fatal["m"] == "fatal"
    assert words in fatal["p"]["reason"]


def test_a_plugin_asked_for_that_is_broken_is_fatal(tmp_path: Path, host: Host) -> None:
    path = tmp_path / "bad.py"
    path.write_text("1 / 0")
    fatal = host.hello(plugins=[str(path)])

    assert fatal["m"] == "fatal"
    assert "plugin 'bad': import failed: ZeroDivisionError" in fatal["p"]["reason"]


def test_a_plugin_whose_import_ended_the_process_before_is_left_out(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, "os._exit(1)", name="deadly")
    plugin(tmp_path, ANSWERS)

    assert host.hello(skip=["deadly"])["m"] == "ready"
    assert "plugin 'deadly': its import ended the Python process" in host.receive("report")["p"]["text"]
    assert host.event("tool_call", TOOL_CALL)["r"]["a"]["block"]


def test_the_bridge_is_told_whose_import_is_going_on(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, "os._exit(1)", name="deadly")
    plugin(tmp_path, ANSWERS, name="a_well_one")
    host.send(m="hello", p={"protocol": PROTOCOL, "piVersion": "", "agentDir": str(host.agent_dir), "autoload": False})

    assert [host.receive("loading")["p"]["plugin"] for _ in range(2)] == ["a_well_one", "deadly"]
    assert host.process.wait(timeout=PATIENCE) == 1


def test_broken_plugins_and_configurations_are_reported_after_it_is_ready(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, "1 / 0", name="bad")
    plugin(tmp_path, ANSWERS)
    (tmp_path / "agent" / "pi-host.toml").write_text("nonsense = 1")

    assert host.hello()["m"] == "ready"
    reports = [host.receive("report")["p"] for _ in range(2)]
    assert [report["level"] for report in reports] == ["error", "error"]
    assert "nonsense" in reports[0]["text"]
    assert "plugin 'bad': import failed: ZeroDivisionError" in reports[1]["text"]
    assert host.event("tool_call", TOOL_CALL)["r"] == {"a": {"block": True, "reason": "no ls"}}


# the standard streams belong to the link


def test_what_plugins_print_goes_to_the_log(tmp_path: Path, host: Host) -> None:
    plugin(
        tmp_path,
        """
        print("at import")

        @hookimpl
        def tool_call(event):
            print("in a hook")
            os.write(1, b"on the descriptor\\n")
            subprocess.run(["echo", "in a child"])
            assert sys.stdin.read() == ""
            return Block("still here")
        """,
    )
    host.hello()

    assert host.event("tool_call", TOOL_CALL)["r"]["a"]["reason"] == "still here"
    for text in ("at import", "in a hook", "on the descriptor", "in a child"):
        assert text in host.logged()


def test_the_project_folder_is_no_place_to_import_from(tmp_path: Path, host: Host) -> None:
    (tmp_path / "msgspec.py").write_text("raise RuntimeError('shadowed')")
    (tmp_path / "tomllib.py").write_text("raise RuntimeError('shadowed')")

    assert host.hello()["m"] == "ready"


# requests


def test_events_tools_commands_and_completions_are_answered(tmp_path: Path, host: Host) -> None:
    plugin(
        tmp_path,
        """
        @hookimpl
        async def tool_call(event):
            return Block("no")

        @tool
        async def double(x: int) -> str:
            return str(2 * x)

        @command(complete=lambda prefix: [prefix + "!"])
        def shout(args):
            return args.upper()
        """,
    )
    host.hello()

    assert host.event("tool_call", TOOL_CALL)["r"] == {"a": {"block": True, "reason": "no"}}
    assert host.event("agent_start", {}) == {"id": 2}
    answer = host.ask("tool", n="double", p={"callId": "1", "params": {"x": 4}})
    assert answer["r"] == {"content": [{"type": "text", "text": "8"}]}
    assert host.ask("complete", n="shout", p={"prefix": "a"})["r"] == [{"value": "a!", "label": "a!"}]
    host.send(id=99, m="command", n="shout", p={"args": "hi"})
    assert host.receive("ui.notify")["p"] == {"message": "HI", "level": "info"}
    assert host.receive()["id"] == 99
    host.send(m="ping")
    assert host.receive() == {"m": "pong"}


def test_a_plugins_call_nests_in_the_event(tmp_path: Path, host: Host) -> None:
    plugin(
        tmp_path,
        """
        @hookimpl
        async def tool_call(event, ctx):
            if not await ctx.ui.confirm("Sure?", event.input["command"]):
                return Block("refused by the user")
        """,
    )
    host.hello()
    host.send(id=1, m="event", n="tool_call", p=TOOL_CALL, g=1)
    call = host.receive("ui.confirm")

    assert (call["q"], call["g"]) == (1, 1)
    assert call["p"]["message"] == "ls"
    host.send(id=call["id"], r=False)
    assert host.receive() == {"id": 1, "r": {"a": {"block": True, "reason": "refused by the user"}}}


def test_a_failure_is_refused_by_name_where_pi_fails_closed_and_reported(tmp_path: Path, host: Host) -> None:
    plugin(
        tmp_path,
        """
        @hookimpl
        def tool_call(): 1 / 0

        @hookimpl
        def input(): 1 / 0

        @tool
        def exits() -> None: sys.exit(3)

        @tool
        def fails() -> None: raise ToolError("try again")
        """,
    )
    host.hello()

    text = "plugin 'mine': tool_call: ZeroDivisionError: division by zero"
    host.send(id=1, m="event", n="tool_call", p=TOOL_CALL)
    assert host.receive() == {"m": "report", "p": {"level": "error", "text": text}}
    assert host.receive() == {"id": 1, "e": {"message": text}}
    assert "e" not in host.event("input", {"text": "x", "source": "rpc"})
    assert host.ask("tool", n="exits", p={"callId": "1", "params": {}})["e"] == {"message": "SystemExit: 3"}
    assert host.ask("tool", n="fails", p={"callId": "1", "params": {}})["e"] == {"message": "try again"}
    assert "ZeroDivisionError" in host.logged()


def test_whatever_a_plugin_raises_is_answered(tmp_path: Path, host: Host) -> None:
    plugin(
        tmp_path,
        """
        class Stop(BaseException): pass

        class Unspeakable(Exception):
            def __str__(self): raise RuntimeError("no words")

        @hookimpl
        async def tool_call(): raise Stop("hook")

        @tool
        def stops() -> None: raise Stop("tool")

        @tool
        async def closes() -> None: raise GeneratorExit

        @tool
        def mumbles() -> None: raise Unspeakable

        @command
        def halt(): raise Stop("command")
        """,
    )
    host.hello()

    assert host.event("tool_call", TOOL_CALL)["e"]["message"] == "plugin 'mine': tool_call: Stop: hook"
    for name, message in (("stops", "Stop: tool"), ("closes", "GeneratorExit"), ("mumbles", "Unspeakable")):
        assert host.ask("tool", n=name, p={"callId": "1", "params": {}})["e"] == {"message": message}
    assert host.ask("command", n="halt", p={"args": ""})["e"] == {"message": "Stop: command"}


@pytest.mark.parametrize("method", ["nonsense", "", "stop"])
def test_an_unknown_method_is_refused(method: str, host: Host) -> None:
    host.hello()
    if method:
        assert "unknown method" in host.ask(method)["e"]["message"]
    host.send(m="ping")
    assert host.receive() == {"m": "pong"}


def test_a_payload_of_another_shape_is_refused(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, ANSWERS)
    host.hello()

    assert "toolName" in host.event("tool_call", {"toolName": 5})["e"]["message"]
    assert "r" in host.event("tool_call", TOOL_CALL)


def test_a_malformed_frame_is_a_fault_and_the_next_one_is_answered(host: Host) -> None:
    host.hello()
    host.send_bytes(b"no json\n" + b'{"m":"x","p":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n")

    assert [host.receive()["m"] for _ in range(2)] == ["fault", "fault"]
    host.send(m="ping")
    assert host.receive() == {"m": "pong"}


def test_an_abort_cancels_a_tool_and_tells_an_event(tmp_path: Path, host: Host) -> None:
    plugin(
        tmp_path,
        """
        @hookimpl
        async def tool_call(ctx):
            ctx.ui.notify("waiting")
            await ctx.signal.wait()
            return Block("aborted, so no")

        @tool
        async def endless(ctx: ToolContext) -> None:
            ctx.progress("waiting")
            await asyncio.sleep(600)
        """,
    )
    host.hello()
    host.send(id=1, m="event", n="tool_call", p=TOOL_CALL)
    host.receive("ui.notify")
    host.send(id=1, m="abort", n="event")
    assert host.receive()["r"]["a"]["reason"] == "aborted, so no"
    host.send(id=2, m="tool", n="endless", p={"callId": "c", "params": {}})
    host.receive("tool.progress")
    host.send(id=2, m="abort", n="tool")
    assert host.receive() == {"id": 2, "e": {"message": "aborted"}}


def test_facts_are_learned_from_every_frame_and_a_new_session_is_told_everything_again(
    tmp_path: Path, host: Host
) -> None:
    plugin(
        tmp_path,
        """
        @hookimpl
        def input(ctx):
            raise RuntimeError(f"{ctx.cwd} {ctx.mode}")
        """,
    )
    host.hello()

    def report(**facts: Any) -> str:
        host.send(m="event", id=1, n="input", p={"text": "x", "source": "rpc"}, c=facts)
        text: str = host.receive("report")["p"]["text"]
        return text

    assert report(cwd="/a").endswith("/a rpc")
    assert report(cwd="/b", mode="tui").endswith("/b tui")
    assert report(cwd="/b", generation=2) == report(cwd="/b", generation=3)


def test_the_trace_is_the_owners_alone_and_has_a_line_for_each_implementation(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, ANSWERS)
    trace = tmp_path / "trace"
    host.hello(trace=str(trace))
    host.event("tool_call", TOOL_CALL)
    host.event("tool_call", TOOL_CALL)

    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in trace.read_text().splitlines()]
    assert [(line["plugin"], line["hook"]) for line in lines] == [("mine", "tool_call")] * 2


def test_on_a_full_disk_it_still_answers(tmp_path: Path) -> None:
    plugin(tmp_path, "@hookimpl\ndef tool_call(): 1 / 0\n")
    (tmp_path / "full").symlink_to("/dev/full")
    with Host(tmp_path, log=Path("/dev/full")) as host:
        host.hello(trace=str(tmp_path / "full"))

        assert "tool_call" in host.event("tool_call", TOOL_CALL)["e"]["message"]


# plugins that keep the event loop to themselves


def test_a_plugin_that_blocks_is_named_interrupted_and_the_next_event_is_answered(tmp_path: Path, host: Host) -> None:
    plugin(
        tmp_path,
        """
        @hookimpl
        def tool_call(event):
            if event.input["command"] == "block":
                time.sleep(60)
            return Block("awake")
        """,
    )
    (tmp_path / "agent" / "pi-host.toml").write_text("deadline = 1")
    host.hello()
    host.send(id=1, m="event", n="tool_call", p={**TOOL_CALL, "input": {"command": "block"}})

    stalled = host.receive("stalled")["p"]
    assert (stalled["plugin"], stalled["hook"]) == ("mine", "tool_call")
    assert "was interrupted" in host.receive("report")["p"]["text"]
    assert "was interrupted" in host.receive()["e"]["message"]
    assert host.event("tool_call", TOOL_CALL)["r"]["a"]["reason"] == "awake"
