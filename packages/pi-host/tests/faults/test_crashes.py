"""The host dies, hangs or is stopped; pi dies."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from host_support import alive, eventually, host_pid, notices, tool_output

from pi_host.launch import BRIDGE
from pi_testkit import Call, Calls, PiTimeoutError, Say

if TYPE_CHECKING:
    from host_support import Hosted

GATE = """
@hookimpl
def tool_call(event, ctx):
    if "forbidden" in event.input["command"]:
        return Block("the gate says no")

@hookimpl
def input(event, ctx):
    return {"action": "transform", "text": event.text + " seen"}
"""


def test_a_tool_call_is_blocked_while_the_host_is_dead_and_judged_again_once_it_is_back(hosted: Hosted) -> None:
    hosted.add("gate", GATE)
    hosted.pi.model.add(Calls(Call("bash", command="echo one")), Say("a"))
    with hosted.rpc() as rpc:
        rpc.prompt("go")
        first = host_pid(rpc)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: "the Python host is gone (killed by SIGKILL)" in notices(rpc))
        second = eventually(lambda: next(iter({host_pid(rpc)} - {first}), None))
        hosted.pi.model.add(Calls(Call("bash", command="echo forbidden")), Say("b"))
        assert tool_output(rpc.prompt("again")) == ["the gate says no"]
        assert alive(second)


def test_a_host_killed_while_it_judges_a_tool_call_blocks_that_call(hosted: Hosted) -> None:
    hosted.add("slow", "@hookimpl\nasync def tool_call(event, ctx):\n    await asyncio.sleep(20)\n")
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("done"))
    with hosted.rpc() as rpc:
        rpc.send("prompt", message="go")
        rpc.wait_for(lambda record: record["type"] == "tool_execution_start")
        os.kill(host_pid(rpc), signal.SIGKILL)
        end = rpc.wait_for(lambda record: record["type"] == "tool_execution_end")
        assert end["isError"]
        assert "the Python host is gone" in tool_output([end])[0]


def test_an_event_that_fails_open_passes_while_the_host_is_dead(hosted: Hosted) -> None:
    hosted.add("gate", GATE.replace("def tool_call", "def unused"))
    hosted.pi.model.add(Say("a"), Say("b"))
    with hosted.rpc() as rpc:
        rpc.prompt("one")
        os.kill(host_pid(rpc), signal.SIGKILL)
        eventually(lambda: "the Python host is gone" in notices(rpc))
        rpc.prompt("two")
    texts = [str(request.body["messages"][-1]["content"]) for request in hosted.pi.model.requests]
    assert "one seen" in texts[0]
    assert "two" in texts[1]
    assert "two seen" not in texts[1]


@pytest.mark.pi_versions("1.5.2")
def test_a_stopped_host_is_given_up_after_the_deadline_and_replaced(hosted: Hosted) -> None:
    hosted.configure("deadline = 1")
    hosted.add("gate", GATE)
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("a"))
    with hosted.rpc() as rpc:
        rpc.send("get_state")
        first = host_pid(rpc)
        os.kill(first, signal.SIGSTOP)
        started = time.monotonic()
        rpc.prompt("go", timeout=40)
        assert time.monotonic() - started < 20
        assert "it hangs" in notices(rpc)
        eventually(lambda: not alive(first))
        assert host_pid(rpc) != first


@pytest.mark.pi_versions("1.5.2")
def test_a_plugin_that_blocks_the_loop_is_named_and_interrupted_at_its_deadline(hosted: Hosted) -> None:
    hosted.configure("deadline = 2")
    hosted.add("sleeper", "@hookimpl\nasync def tool_call(event, ctx):\n    time.sleep(60)\n")
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("done"))
    with hosted.rpc() as rpc:
        pid_before = host_pid(rpc)
        output = tool_output(rpc.prompt("go", timeout=20))
        assert "plugin 'sleeper': tool_call" in output[0]
        assert "interrupted" in output[0]
        assert "plugin 'sleeper' blocks all Python plugins in tool_call" in notices(rpc)
        assert host_pid(rpc) == pid_before
    assert "time.sleep" in hosted.log or "sleeper.py" in hosted.log


@pytest.mark.pi_versions("1.5.2")
def test_code_that_cannot_be_interrupted_ends_with_the_host(hosted: Hosted) -> None:
    hosted.configure("deadline = 1")
    # One long call into C that holds the interpreter: no signal handler can run.
    hosted.add("holder", "@hookimpl\ndef tool_call(event, ctx):\n    sum(range(10**11))\n")
    hosted.pi.model.add(Calls(Call("bash", command="echo hello")), Say("done"))
    with hosted.rpc() as rpc:
        first = host_pid(rpc)
        output = tool_output(rpc.prompt("go", timeout=40))
        assert "the Python host is gone (it hangs)" in output[0]
        eventually(lambda: not alive(first))


def test_the_host_and_what_plugins_started_end_within_a_second_of_pi(hosted: Hosted) -> None:
    hosted.add(
        "parent",
        """
        child = None
        @hookimpl
        def input(event, ctx):
            global child
            child = subprocess.Popen(["sleep", "600"])
            ctx.ui.notify(f"pids {os.getpid()} {child.pid}")
        """,
    )
    hosted.pi.model.add(Say("hi"))
    with hosted.rpc() as rpc:
        rpc.prompt("go")
        line = next(line for line in notices(rpc).splitlines() if line.startswith("pids"))
        host, child = map(int, line.split()[1:])
        assert alive(host)
        assert alive(child)
        os.kill(rpc.process.popen.pid, signal.SIGKILL)
        eventually(lambda: not alive(host) and not alive(child), 1.0)


@pytest.mark.pi_versions("1.5.2")
def test_a_host_whose_loop_is_blocked_ends_with_pi_too(hosted: Hosted) -> None:
    hosted.add("sleeper", "@hookimpl\ndef input(event, ctx):\n    time.sleep(60)\n")
    with hosted.rpc() as rpc:
        host = host_pid(rpc)
        with pytest.raises(PiTimeoutError):
            rpc.send("prompt", message="go", timeout=1)
        eventually(lambda: "blocks the event loop" in hosted.log)
        os.kill(rpc.process.popen.pid, signal.SIGKILL)
        eventually(lambda: not alive(host), 1.5)


@pytest.mark.parametrize("when", ["import", "session_start", "session_shutdown", "never"])
def test_print_mode_always_ends(hosted: Hosted, when: str) -> None:
    sources = {
        "import": "time.sleep(0.3)\n",
        "session_start": "@hookimpl\nasync def session_start(event, ctx):\n    await asyncio.sleep(60)\n",
        "session_shutdown": "@hookimpl\nasync def session_shutdown(event, ctx):\n    await asyncio.sleep(60)\n",
        "never": "import threading\nthreading.Thread(target=time.sleep, args=(60,)).start()\n",
    }
    hosted.configure("deadline = 1")
    hosted.add("slow", sources[when] + "@hookimpl\ndef input(event, ctx):\n    pass\n")
    hosted.pi.model.add(Say("hi there"))
    finished = hosted.print("hello")
    assert finished.returncode == 0
    assert finished.stdout.strip() == "hi there"
    assert finished.seconds < 15


def test_a_pi_that_ends_before_python_is_ready_ends_without_a_word(hosted: Hosted) -> None:
    hosted.add("slow", "@hookimpl\ndef message_update(event):\n    pass\n")
    hosted.pi.model.add(Say("a"), Say("b"))
    hosted.print("compile the manifest")
    hosted.add("slow", "time.sleep(1)\n@hookimpl\ndef message_update(event):\n    pass\n")
    manifest = next(hosted.cache.glob("manifest-*.json"))
    known = json.loads(manifest.read_text())
    for entry in known["inputs"]:
        if entry[0].endswith("slow.py"):
            status = Path(entry[0]).stat()
            entry[1:] = [str(status.st_mtime_ns), status.st_size]  # the bridge takes it for unchanged and does not wait
    manifest.write_text(json.dumps(known))
    keeper = hosted.pi.home.root / "keeper.js"
    keeper.write_text("export default (pi) => pi.on('session_shutdown', () => { setTimeout(() => {}, 2500); });")
    finished = hosted.pi.print("hello", extensions=[str(BRIDGE), str(keeper)], env=hosted.env())
    assert (finished.stdout, finished.stderr) == ("b\n", "")


@pytest.mark.parametrize("argument", ["--help", "--list-models", "--version"])
def test_nothing_is_started_where_no_session_is(hosted: Hosted, argument: str) -> None:
    hosted.add("gate", GATE)
    hosted.pi.model.add(Say("hi"))
    hosted.print("hello")  # so that there is a manifest
    (hosted.cache / "host.log").unlink()
    marker = hosted.pi.home.root / "started"
    hosted.add("gate", f"open({str(marker)!r}, 'w').close()\n{GATE}")
    finished = hosted.print("x", argument)
    assert finished.returncode == 0
    assert not marker.exists()
    assert not (hosted.cache / "host.log").exists()
