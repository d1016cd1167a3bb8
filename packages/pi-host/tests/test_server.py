"""``python -m pi_host`` as the bridge runs it: a process with frames on its standard streams."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

import pytest

from pi_host._wire import PROTOCOL

if TYPE_CHECKING:
    from types import TracebackType

#: Longest that anything may take which is to be quick, seconds; the machine may be busy.
PATIENCE = 20

#: How soon the process is gone after pi, seconds: it gives everything 0.9 s; the rest is for a busy machine.
AT_ONCE = 4


class Host:
    """The host process, and the bridge's end of its link."""

    def __init__(self, root: Path, *, leads: bool = True, log: Path | None = None) -> None:
        self.agent_dir = root / "agent"
        self.log = log or root / "host.log"
        self._stderr: IO[bytes] = self.log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-E", "-P", "-m", "pi_host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            start_new_session=leads,
            cwd=root,
        )
        self._frames: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._last_id = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self._stderr.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._frames.put(json.loads(line))
        self._frames.put(None)

    def send(self, **members: Any) -> None:
        self.send_bytes(json.dumps(members).encode() + b"\n")

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def receive(self, kind: str | None = None) -> dict[str, Any]:
        """The next frame, or the next with this method; that a plugin is being imported counts only when asked for."""
        while True:
            frame = self._frames.get(timeout=PATIENCE)
            assert frame is not None, "the host is gone: " + self.logged()
            if frame.get("m") == kind or (kind is None and frame.get("m") != "loading"):
                return frame

    def ask(self, method: str, **members: Any) -> dict[str, Any]:
        """Send a request and return its answer, whatever else comes before it."""
        self._last_id += 1
        self.send(id=self._last_id, m=method, **members)
        while (frame := self.receive()).get("id") != self._last_id or "m" in frame:
            pass
        return frame

    def event(self, name: str, payload: Any) -> dict[str, Any]:
        return self.ask("event", n=name, p=payload)

    def hello(self, **changes: Any) -> dict[str, Any]:
        params = {"protocol": PROTOCOL, "piVersion": "1.5.2", "agentDir": str(self.agent_dir), "autoload": False}
        self.send(m="hello", p={**params, **changes}, c={"mode": "rpc", "generation": 1})
        return self.receive()

    def hang_up(self) -> float:
        """Close the link as a dying pi does; return the seconds until the process is gone."""
        assert self.process.stdin is not None
        started = time.monotonic()
        self.process.stdin.close()
        self.process.wait(timeout=PATIENCE)
        return time.monotonic() - started

    def logged(self) -> str:
        return self.log.read_text()


def plugin(root: Path, source: str, name: str = "mine") -> Path:
    path = root / "agent" / "python" / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = "import asyncio, atexit, os, subprocess, sys, threading, time\nfrom pi_host import *\n"
    path.write_text(head + textwrap.dedent(source))
    return path


@pytest.fixture
def host(tmp_path: Path) -> Any:
    with Host(tmp_path) as host:
        yield host


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"


def dies(pid: int) -> bool:
    until = time.monotonic() + PATIENCE
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_alive(pid)


def test_it_says_whose_import_it_begins(host: Host, tmp_path: Path) -> None:
    plugin(tmp_path, "", "first")
    plugin(tmp_path, "", "second")
    params = {"protocol": PROTOCOL, "piVersion": "1.5.2", "agentDir": str(host.agent_dir), "autoload": False}
    host.send(m="hello", p=params)
    assert [host.receive("loading")["p"]["plugin"] for _ in range(2)] == ["first", "second"]


TOOL_CALL = {"toolName": "bash", "toolCallId": "1", "input": {"command": "ls"}}
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


def test_with_a_fresh_manifest_it_sends_no_correction(tmp_path: Path) -> None:
    plugin(tmp_path, ANSWERS)
    manifest = str(tmp_path / "manifest.json")
    sent = []
    for _ in range(2):
        with Host(tmp_path) as host:
            sent.append(host.hello(manifest=manifest)["p"]["contributions"])
            assert host.event("tool_call", TOOL_CALL)["r"]["a"]["block"]

    assert sent[0]["events"] == {"tool_call": 1}
    assert sent[1] is None


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


def test_a_trace_that_cannot_be_opened_is_told(tmp_path: Path, host: Host) -> None:
    fatal = host.hello(trace=str(tmp_path / "nowhere" / "trace"))

    assert fatal["m"] == "fatal"
    assert "trace" in fatal["p"]["reason"]


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


# the end


def test_it_ends_with_pi(host: Host) -> None:
    host.hello()

    assert host.hang_up() < AT_ONCE


def test_it_ends_with_pi_before_the_greeting_too(host: Host) -> None:
    host.send(m="ping")

    assert host.hang_up() < AT_ONCE


BLOCKERS = {
    "a hook that sleeps": """
        @hookimpl
        def tool_call(ctx):
            ctx.ui.notify("begun")
            time.sleep(600)
    """,
    "a hook that computes": """
        @hookimpl
        def tool_call(ctx):
            ctx.ui.notify("begun")
            while True: pass
    """,
    "an async hook that never ends": """
        @hookimpl
        async def tool_call(ctx):
            ctx.ui.notify("begun")
            while True:
                try:
                    await asyncio.sleep(600)
                except asyncio.CancelledError:
                    pass
    """,
    "a thread that is no daemon": """
        @hookimpl
        def tool_call(ctx):
            threading.Thread(target=time.sleep, args=(600,)).start()
            ctx.ui.notify("begun")
    """,
    "a thread of the executor": """
        @hookimpl
        async def tool_call(ctx):
            ctx.ui.notify("begun")
            await asyncio.to_thread(time.sleep, 600)
    """,
    "an exit function that hangs": """
        @hookimpl
        def tool_call(ctx):
            atexit.register(time.sleep, 600)
            ctx.ui.notify("begun")
    """,
}


@pytest.mark.parametrize("blocker", BLOCKERS)
def test_it_ends_with_pi_whatever_a_plugin_does(blocker: str, tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, BLOCKERS[blocker])
    host.hello()
    host.send(id=1, m="event", n="tool_call", p=TOOL_CALL)
    host.receive("ui.notify")

    assert host.hang_up() < AT_ONCE


def test_it_ends_with_pi_while_a_plugin_is_being_imported(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, "print('importing', flush=True)\ntime.sleep(600)\n")
    host.send(
        m="hello",
        p={"protocol": PROTOCOL, "piVersion": "1.5.2", "agentDir": str(tmp_path / "agent"), "autoload": False},
    )
    until = time.monotonic() + PATIENCE
    while "importing" not in host.logged() and time.monotonic() < until:
        time.sleep(0.01)

    assert host.hang_up() < AT_ONCE


STARTS_CHILDREN = """
    @hookimpl
    def tool_call():
        child = subprocess.Popen(["sleep", "600"])
        shell = subprocess.Popen(["sh", "-c", "trap '' TERM HUP; sleep 600 & wait"])
        return Block(f"{child.pid} {shell.pid}")
"""


def test_children_of_plugins_die_with_it(tmp_path: Path, host: Host) -> None:
    plugin(tmp_path, STARTS_CHILDREN)
    host.hello()
    pids = [int(pid) for pid in host.event("tool_call", TOOL_CALL)["r"]["a"]["reason"].split()]
    assert all(map(is_alive, pids))
    host.hang_up()

    assert all(map(dies, pids))


def test_where_it_does_not_lead_its_group_it_ends_alone(tmp_path: Path) -> None:
    plugin(tmp_path, STARTS_CHILDREN)
    with Host(tmp_path, leads=False) as host:
        host.hello()
        pids = [int(pid) for pid in host.event("tool_call", TOOL_CALL)["r"]["a"]["reason"].split()]
        try:
            assert host.hang_up() < AT_ONCE
            assert host.process.returncode == 0
            assert is_alive(pids[0])
        finally:
            for pid in [*pids, *children_of(pids[1])]:
                os.kill(pid, signal.SIGKILL)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("farewell", ["bye", "hang up"])
def test_exit_functions_of_plugins_run(farewell: str, tmp_path: Path, host: Host) -> None:
    mark = tmp_path / "mark"
    plugin(
        tmp_path,
        f"""
        from pathlib import Path
        atexit.register(Path({str(mark)!r}).write_text, "exited")

        @hookimpl
        async def tool_call():
            try:
                await asyncio.sleep(600)
            finally:
                print("cleaned up", flush=True)
        """,
    )
    host.hello()
    host.send(id=1, m="event", n="tool_call", p=TOOL_CALL)
    host.send(m="ping")
    host.receive("pong")
    if farewell == "bye":
        host.send(m="bye")
        host.process.wait(timeout=PATIENCE)
    else:
        host.hang_up()

    assert mark.read_text() == "exited"
    assert "cleaned up" in host.logged()


def test_a_farewell_ends_it_at_once(host: Host) -> None:
    host.hello()
    started = time.monotonic()
    host.send(m="bye")
    host.process.wait(timeout=PATIENCE)

    assert time.monotonic() - started < AT_ONCE


@pytest.mark.parametrize("blocked", [False, True])
def test_a_termination_signal_ends_it_at_once_even_when_a_plugin_blocks(
    tmp_path: Path, host: Host, *, blocked: bool
) -> None:
    plugin(tmp_path, BLOCKERS["a hook that sleeps"])
    host.hello()
    if blocked:
        host.send(id=1, m="event", n="tool_call", p=TOOL_CALL)
        host.receive("ui.notify")
    started = time.monotonic()
    host.process.terminate()
    host.process.wait(timeout=PATIENCE)

    assert time.monotonic() - started < AT_ONCE


def test_a_frame_cut_off_in_the_middle_is_logged(host: Host) -> None:
    host.hello()
    host.send_bytes(b'{"m":"pi')
    host.hang_up()

    assert "the link ended within a frame; its 8 bytes are dropped" in host.logged()
