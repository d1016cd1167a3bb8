"""The headers of every request, wherever it comes from."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from traced_support import IDS, parents

from pi_host.launch import BRIDGE
from pi_testkit import Call, Say
from pi_trace_headers._identity import derive_trace_id, uuid5

if TYPE_CHECKING:
    from pathlib import Path

    from traced_support import Traced


def trace(traced: Traced) -> list[str]:
    """The trace id of every request so far."""
    return [parent.trace_id for parent in parents(traced.model.requests)]


def spans(traced: Traced) -> list[str]:
    """The span id of every request so far."""
    return [parent.span_id for parent in parents(traced.model.requests)]


def session_id(path: str | Path) -> str:
    with open(path, "rb") as file:  # noqa: PTH123  # one line of a file
        return str(json.loads(file.readline())["id"])


@pytest.mark.pi_versions("1.5.2")
def test_a_session_resumed_by_another_process_is_the_same_trace(traced: Traced) -> None:
    traced.configure(IDS)
    traced.model.add(Say("one"), Say("two"))
    traced.print("first")
    (file,) = traced.pi.home.sessions()
    traced.print("second", args=["--session", str(file)])
    assert trace(traced) == [derive_trace_id(session_id(file))] * 2
    assert traced.sent("x-count") == ["1.1", "1.1"]


@pytest.mark.pi_versions("1.5.2")  # pi 0.74.2 writes no parent into a session forked at its first message
def test_a_fork_resumed_by_another_process_still_knows_its_parent(traced: Traced) -> None:
    traced.configure(IDS)
    traced.model.add(*(Say(word) for word in ("one", "two", "three")))
    with traced.rpc() as rpc:
        rpc.prompt("first")
        first = rpc.get_state()["sessionFile"]
        rpc.fork(rpc.send("get_fork_messages")["messages"][0]["entryId"])
        rpc.prompt("second")
        fork = rpc.get_state()["sessionFile"]
    traced.print("third", args=["--session", fork])
    assert traced.sent("x-parent")[1:] == [session_id(first)] * 2


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_a_session_in_memory_has_ids_too(traced: Traced) -> None:
    traced.configure(IDS)
    traced.model.add(Say("one"), Say("two"))
    with traced.rpc(args=["--no-session"]) as rpc:
        rpc.prompt("first")
        rpc.new_session()
        rpc.prompt("second")
    first, second = traced.sent("x-session")
    assert first
    assert second
    assert first != second
    assert trace(traced) == [derive_trace_id(first), derive_trace_id(second)]


@pytest.mark.pi_since("0.87.1")  # before, what is queued then begins another run
def test_a_run_that_goes_on_with_what_was_queued_makes_no_attempts(traced: Traced) -> None:
    traced.configure(IDS)
    more = traced.pi.home.root / "more.js"
    more.write_text("""
        let told = 0;
        export default (pi) => pi.on("agent_end", () => {
            if (told++ < 1) pi.sendUserMessage("and more", { deliverAs: "followUp" });
        });""")
    traced.model.add(Say("one"), Call("bash", command="true"), Say("two"))
    with traced.rpc(extensions=[more]) as rpc:
        rpc.prompt("first")
    assert [record["type"] for record in rpc.records].count("agent_start") == 2
    assert traced.sent("x-count") == ["1.1", "2.1", "3.1"]
    assert traced.sent("x-turn") == ["0", "1", "2"]
    assert len(set(traced.sent("x-run"))) == 1


def test_a_child_pi_is_part_of_the_request_that_started_it(traced: Traced) -> None:
    traced.configure(IDS)
    child = shlex.join([*map(str, traced.pi.install.argv), "-p", "-e", str(BRIDGE), "--no-session", "help"])
    traced.model.add(Call("bash", command=f"{child} < /dev/null"), Say("helped"), Say("done"))
    traced.print("first")
    parent, inner, after = traced.model.requests
    assert inner.texts("user") == ["help"]
    assert len(set(trace(traced))) == 1
    assert len(set(spans(traced))) == 3
    assert inner.header("x-session") != parent.header("x-session") == after.header("x-session")
    known = None if traced.pi.version == "0.74.2" else parent.header("x-session")
    assert inner.header("x-parent") == known


@pytest.mark.pi_versions("1.5.2", "0.74.2")
def test_a_trace_that_was_begun_outside_goes_on(traced: Traced) -> None:
    traced.configure(IDS)
    traced.model.add(Call("bash", command="echo $TRACEPARENT $TRACESTATE $BAGGAGE"), Say("one"))
    outside = "4bf92f3577b34da6a3ce929d0e0e4736"
    carried = {"TRACEPARENT": f"00-{outside}-00f067aa0ba902b7-00", "TRACESTATE": "a=1,b=2", "BAGGAGE": "user=ada"}
    traced.print("first", env=carried)
    assert trace(traced) == [outside] * 2
    assert traced.sent("tracestate") == ["a=1,b=2"] * 2
    assert str(traced.sent("traceparent")[0]).endswith("-00")
    assert "ada" not in str(traced.sent("baggage"))
    assert traced.model.requests[1].texts("tool") == [f"{traced.sent('traceparent')[0]} a=1,b=2 user=ada\n"]


@pytest.mark.pi_versions("1.5.2")
def test_one_trace_per_run(traced: Traced) -> None:
    traced.configure(f'trace = "run"\n{IDS}')
    traced.model.add(Call("bash", command="true"), Say("one"), Say("two"))
    with traced.rpc() as rpc:
        rpc.prompt("first")
        rpc.prompt("second")
    number = traced.sent("x-session")[0]
    assert trace(traced) == [derive_trace_id(f"{number}/{run}") for run in traced.sent("x-run")]
    assert len(set(trace(traced))) == 2


def test_opper_s_own_ids_are_made_of_the_path_of_the_session(traced: Traced) -> None:
    traced.configure('[[plugins.trace-headers.rule]]\ncompat = "opper"\nmatch = { provider = "scripted" }')
    gate = {"OPPER_API_KEY": "k", "OPPER_BASE_URL": "https://api.opper.ai/v3/compat"}
    traced.model.add(Say("one"), Say("two"), Say("three"))
    with traced.rpc(env=gate) as rpc:
        rpc.prompt("first")
        first = rpc.get_state()["sessionFile"]
        rpc.new_session()
        rpc.prompt("second")
        second = rpc.get_state()["sessionFile"]
    traced.print("third")
    expected = [uuid5(first), uuid5(second), None]
    assert traced.sent("x-opper-trace-id") == traced.sent("x-opper-parent-span-id") == expected


@pytest.mark.pi_versions("1.5.2")  # pi 0.74.2 puts the second session into a file
def test_opper_s_own_id_of_a_session_in_memory_stays_for_the_whole_process(traced: Traced) -> None:
    traced.configure('[[plugins.trace-headers.rule]]\ncompat = "opper"\nmatch = { provider = "scripted" }')
    traced.model.add(Say("one"), Say("two"))
    gate = {"OPPER_API_KEY": "k", "OPPER_BASE_URL": "https://api.opper.ai/v3/compat"}
    with traced.rpc(args=["--no-session"], env=gate) as rpc:
        rpc.prompt("first")
        rpc.new_session()
        rpc.prompt("second")
    first, second = traced.sent("x-opper-trace-id")
    assert first is not None
    assert first == second
