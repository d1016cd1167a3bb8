"""The mirror's state in real pi: results, files, and where in the session one stands."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Call, Calls, Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from pi_testkit import Pi, RpcPi

    Ask = Callable[..., dict[str, Any]]

EDIT = [{"oldText": "one", "newText": "two"}]
MISS = [{"oldText": "nowhere", "newText": "x"}]


def files(details: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {file["path"]: file for file in details["data"]["files"]}


def test_files_are_told_by_results_and_not_by_what_was_asked_for(mirrored: Pi, ask: Ask) -> None:
    (mirrored.home.cwd / "old.txt").write_text("x")
    mirrored.model.add(
        Calls(Call("write", path="a.txt", content="one\n"), Call("edit", path="old.txt", edits=MISS)),
        Call("edit", path="a.txt", edits=EDIT),
        Call("bash", command="echo made > by-shell.txt; rm old.txt; exit 3"),
        Say("done"),
    )
    with mirrored.rpc() as rpc:
        rpc.prompt("work", timeout=60)
        (mirrored.home.cwd / "mine.txt").write_text("the user's")

        found = files(ask(rpc, "What files have I touched?"))

        assert (found["a.txt"]["ops"], found["a.txt"]["by"]) == (2, {"write": 1, "edit": 1})
        assert (found["by-shell.txt"]["lastOp"], found["by-shell.txt"]["by"]) == ("create", {"bash": 1})
        assert (found["old.txt"]["lastOp"], found["old.txt"]["by"]) == ("delete", {"bash": 1})
        assert found["mine.txt"]["by"] == {"user": 1}
        assert len(found) == 4
        errors = ask(rpc, "What errors?")["data"]
        assert {(error["tool"], error["count"]) for error in errors["errors"]} == {("edit", 1), ("bash", 1)}


@pytest.mark.pi_versions("1.5.2")
def test_in_a_repository_the_work_tree_is_the_judge(mirrored: Pi, ask: Ask) -> None:
    git = "git init -q && git config user.email a@b.c && git config user.name n && git add . && git commit -qm one"
    (mirrored.home.cwd / "kept.txt").write_text("as it is\n")
    (mirrored.home.cwd / ".gitignore").write_text("*.log\n")
    subprocess.run(["/bin/sh", "-c", git], cwd=mirrored.home.cwd, check=True)
    mirrored.model.add(
        Call("write", path="kept.txt", content="as it is\n"),
        Call("bash", command="echo two >> kept.txt && git commit -qam two && echo noise > x.log"),
        Say("done"),
    )
    with mirrored.rpc() as rpc:
        rpc.prompt("work", timeout=60)
        found = files(ask(rpc, "What files have I touched?"))
    assert {path: file["by"] for path, file in found.items()} == {"kept.txt": {"bash": 1}}


def test_state_is_right_after_tree_fork_and_restart(mirrored: Pi, ask: Ask) -> None:
    mirrored.model.add(Call("write", path="first.txt", content="1"), Say("done"))
    session = mirrored.home.root / "s.jsonl"
    args = ["--session", str(session)]
    with mirrored.rpc(args=args) as rpc:
        rpc.prompt("PROMPT-ONE", timeout=60)
        mirrored.model.add(Call("write", path="second.txt", content="2"), Say("done"))
        rpc.prompt("PROMPT-TWO", timeout=60)
        assert set(files(ask(rpc, "What files have I touched?"))) == {"first.txt", "second.txt"}

        rpc.prompt("/goto PROMPT-TWO", timeout=60)

        there = ask(rpc, "What files have I touched?")
        assert set(files(there)) == {"first.txt"}
        assert [file["path"] for file in there["data"]["elsewhere"]] == ["second.txt"]
        turns = ask(rpc, "summary")["data"]["turns"]
        messages = rpc.send("get_fork_messages")["messages"]
        fork_at = [message["entryId"] for message in messages if "What files" in message["text"]][-1]

    with mirrored.rpc(args=args) as rpc:  # another process
        assert set(files(ask(rpc, "What files have I touched?"))) == {"first.txt"}
        assert ask(rpc, "summary")["data"]["turns"] > turns
        rpc.send("fork", entryId=fork_at)
        forked = ask(rpc, "What files have I touched?")
        assert set(files(forked)) == {"first.txt"}
        assert forked["data"]["elsewhere"] != []
        assert ask(rpc, "summary")["data"]["turns"] == turns


@pytest.mark.pi_versions("1.5.2")
def test_compaction_takes_nothing_away(mirrored: Pi, ask: Ask) -> None:
    settings = mirrored.home.agent_dir / "settings.json"
    settings.write_text('{"compaction": {"keepRecentTokens": 1}}')
    mirrored.model.add(Call("write", path="early.txt", content="1"), Say("done"))
    with mirrored.rpc() as rpc:
        rpc.prompt("work", timeout=60)
        mirrored.model.add(Say("and so on"), Say("a summary"), Say("a summary"))
        rpc.prompt("more", timeout=60)
        rpc.compact()
        assert set(files(ask(rpc, "What files have I touched?"))) == {"early.txt"}


@pytest.mark.pi_versions("1.5.2")
def test_what_happened_while_pi_was_off_is_seen(mirrored: Pi, ask: Ask) -> None:
    args = ["--session", str(mirrored.home.root / "s.jsonl")]
    mirrored.model.add(Call("write", path="a.txt", content="1"), Say("done"))
    with mirrored.rpc(args=args) as rpc:
        rpc.prompt("work", timeout=60)
    (mirrored.home.cwd / "a.txt").write_text("the user was here")
    with mirrored.rpc(args=args) as rpc:
        found = files(ask(rpc, "What files have I touched?"))
    assert found["a.txt"]["by"] == {"write": 1, "user": 1}


@pytest.mark.pi_versions("1.5.2")
def test_a_killed_process_loses_nothing_that_was_settled(mirrored: Pi, ask: Ask) -> None:
    args = ["--session", str(mirrored.home.root / "s.jsonl")]
    mirrored.model.add(Call("write", path="a.txt", content="1"), Say("done"))
    rpc: RpcPi = mirrored.rpc(args=args)
    rpc.prompt("work", timeout=60)
    ask(rpc, 'Remember: "the database is on port 5433"')
    rpc.process.destroy()
    with mirrored.rpc(args=args) as again:
        assert set(files(ask(again, "What files have I touched?"))) == {"a.txt"}
        recalled = ask(again, "What did I learn about the database?")["data"]["patterns"]
    assert [pattern["content"] for pattern in recalled] == ["the database is on port 5433"]
