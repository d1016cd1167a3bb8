"""What the commands tell about sessions that real pi has written."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from launcher_support import Caller

from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi


@pytest.fixture
def caller(pi: Pi, tmp_path: Path) -> Caller:
    return Caller(pi, tmp_path)


def listed(caller: Caller) -> dict[str, dict[str, Any]]:
    """The sessions there are, by their ids."""
    done = caller.command("list", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["session_id"]: row for row in rows}


def test_counts_tokens_and_cost_are_those_that_pi_tells(caller: Caller) -> None:
    pi = caller.pi
    calls = Call("bash", command="echo ripe pears"), Call("bash", command="false")
    pi.model.add(*calls, Say("in the garden"), Say("yes"))
    with pi.rpc() as rpc:
        rpc.prompt("where are the fruits?")
        rpc.prompt("really?")
        told, state = rpc.send("get_session_stats"), rpc.send("get_state")
    row = listed(caller)[state["sessionId"]]
    assert row["file"] == state["sessionFile"]
    assert row["cwd"] == str(pi.home.cwd)
    assert (row["prompts"], row["answers"]) == (told["userMessages"], told["assistantMessages"])
    assert (row["tokens"], row["cost"]) == (told["tokens"]["total"], pytest.approx(told["cost"]))
    assert (row["first_prompt"], row["branches"], row["damage"]) == ("where are the fruits?", 1, [])
    sums = json.loads(caller.command("stats", "--json").stdout)
    assert {name: sums["total"][key] for name, key in (("input", "input"), ("output", "output"))} == {
        name: told["tokens"][name] for name in ("input", "output")
    }
    assert sums["tools"] == [{"name": "bash", "sessions": 1, "calls": told["toolCalls"], "errors": 1}]
    hits = json.loads(caller.command("search", "pears", "--json").stdout)["hits"]
    assert {(hit["role"], hit["tool"]) for hit in hits} == {("assistant", None), ("tool", "bash")}
    assert caller.command("verify").returncode == 0


def test_a_branch_and_a_fork_are_seen_as_pi_has_made_them(caller: Caller) -> None:
    pi = caller.pi
    pi.model.add(Say("first answer"), Say("second answer"), Say("third answer"))
    with pi.rpc() as rpc:
        rpc.prompt("first")
        rpc.prompt("second")
        parent = rpc.send("get_state")["sessionId"]
        rpc.fork(rpc.send("get_fork_messages")["messages"][1]["entryId"])
        rpc.prompt("another way")
        child = rpc.send("get_state")["sessionId"]
    rows = listed(caller)
    assert (rows[parent]["prompts"], rows[child]["prompts"]) == (2, 2)
    assert rows[child]["parent"] == rows[parent]["file"]
    requests = json.loads(caller.command("stats", "--json").stdout)["total"]["requests"]
    assert requests == 3  # what the fork took over was paid for once


def test_pi_shows_a_name_that_was_given_outside(caller: Caller) -> None:
    pi = caller.pi
    pi.model.add(Say("hello"), Say("again"))
    pi.print("hi")
    (file,) = pi.home.sessions()
    assert caller.command("rename", str(file), "x").returncode == 1  # pi wrote to it just now
    then = time.time() - 60
    os.utime(file, (then, then))
    assert caller.command("rename", str(file), "The pear").returncode == 0
    with pi.rpc(args=["--session", str(file)]) as rpc:
        assert rpc.send("get_state")["sessionName"] == "The pear"
        rpc.prompt("and now?")
    assert [message["content"] for message in pi.model.requests[-1].messages if message["role"] == "assistant"] == [
        "hello"
    ]
    assert next(iter(listed(caller).values()))["name"] == "The pear"


def test_an_external_id_is_shown_found_and_checked(caller: Caller) -> None:
    caller.pi.model.add(Say("hello"))
    caller.run("TASK-7", "hi")
    (row,) = listed(caller).values()
    assert (row["external_id"], row["prompts"]) == ("TASK-7", 1)
    assert caller.command("tag", "TASK-7", "+pinned").stdout == "pinned\n"
    done = caller.command("verify", "TASK-7", "--json")
    assert (json.loads(done.stdout)["state"], json.loads(done.stdout)["against"]) == ("same", "checkpoint")
    file = caller.file("TASK-7")
    file.write_bytes(file.read_bytes().replace(b"hello", b"jello"))
    assert caller.command("verify", "TASK-7").returncode == 1
