from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Fail, RpcError, Say

if TYPE_CHECKING:
    from hooked import Hooked

OLD = "0.74.2"


def first(entries: list[dict[str, Any]], role: str) -> dict[str, Any]:
    """The first entry with a message of that role."""
    return next(entry for entry in entries if entry.get("message", {}).get("role") == role)


def test_hook_session_start(tour: Hooked) -> None:
    startup, *after = tour.seen("session_start")
    assert (startup["reason"], startup["previous_session_file"]) == ("startup", None)
    assert {call["reason"] for call in after} == {"new"}
    assert after[0]["previous_session_file"] == str(tour.pi.home.sessions()[0])


def test_session_start_tells_how_the_session_came_about(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def session_start(event, ctx):
            saw(event, file=ctx.session.file, id=ctx.session.id, entries=len(await ctx.session.entries()))
    """)
    hooked.model.add(Say("hello"))
    rpc = hooked.rpc()
    rpc.prompt("go")
    old = rpc.get_state()["sessionFile"]
    files = {"startup": old}

    rpc.fork(first(hooked.entries(), "user")["id"])
    files["fork"] = rpc.get_state()["sessionFile"]
    rpc.switch_session(old)
    files["resume"] = old

    seen = hooked.seen("session_start", 3)
    assert list(dict.fromkeys(call["reason"] for call in seen)) == ["startup", "fork", "resume"]
    assert [call["file"] for call in seen] == [files[call["reason"]] for call in seen]
    assert {call["previous_session_file"] for call in seen if call["reason"] == "fork"} == {old}
    resumed = seen[-1]
    assert (resumed["previous_session_file"], resumed["id"]) == (files["fork"], seen[0]["id"])
    assert resumed["entries"] == len(hooked.entries(-1)) - 1


def test_a_reload_runs_the_edited_plugin_in_a_fresh_python(hooked: Hooked) -> None:
    source = """
        @hookimpl
        def session_start(event):
            saw(event, pid=os.getpid(), edition=EDITION)

        @hookimpl
        def resources_discover(event):
            saw(event)

        @hookimpl
        def session_shutdown(event):
            saw(event)
    """
    hooked.plugin(source.replace("EDITION", "1"))
    rpc = hooked.rpc()
    hooked.plugin(source.replace("EDITION", "22"))

    rpc.prompt("/again")

    before, after = hooked.seen("session_start", 2)
    assert (before["reason"], before["edition"], after["reason"], after["edition"]) == ("startup", 1, "reload", 22)
    assert before["pid"] != after["pid"]
    assert [call["reason"] for call in hooked.seen("resources_discover", 2)] == ["startup", "reload"]
    assert [call["reason"] for call in hooked.seen("session_shutdown")] == ["reload"]


@pytest.mark.pi_since("0.87.1")
def test_hook_session_info_changed(tour: Hooked) -> None:
    assert [call["session_name"] for call in tour.seen("session_info_changed")] == ["books"]


def test_hook_session_shutdown(tour: Hooked) -> None:
    left, quitted = tour.seen("session_shutdown")
    assert left["reason"] == "new"
    assert left["target_session_file"].endswith(".jsonl")
    assert (quitted["reason"], quitted["target_session_file"]) == ("quit", None)


def test_hook_session_before_switch(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def session_before_switch(event):
            saw(event)
            return Cancel() if event.reason == "new" else None
    """)
    hooked.model.add(Say("hello"))
    rpc = hooked.rpc()
    rpc.prompt("go")
    file = rpc.get_state()["sessionFile"]

    assert rpc.new_session() is False
    assert rpc.get_state()["sessionFile"] == file
    assert rpc.switch_session(file) is True

    new, resume = hooked.seen("session_before_switch")
    assert (new["reason"], new["target_session_file"]) == ("new", None)
    assert (resume["reason"], resume["target_session_file"]) == ("resume", file)


def test_hook_session_before_fork(hooked: Hooked) -> None:
    hooked.plugin("""
        calls = []

        @hookimpl
        def session_before_fork(event):
            saw(event)
            calls.append(event)
            return Cancel() if len(calls) == 1 else None
    """)
    hooked.model.add(Say("hello"))
    rpc = hooked.rpc()
    rpc.prompt("go")
    entry, file = first(hooked.entries(), "user")["id"], rpc.get_state()["sessionFile"]

    assert rpc.fork(entry)["cancelled"] is True
    assert rpc.get_state()["sessionFile"] == file
    assert rpc.fork(entry)["cancelled"] is False
    assert rpc.get_state()["sessionFile"] != file

    seen = hooked.seen("session_before_fork")
    assert [(call["entry_id"], call["position"]) for call in seen] == [(entry, "before")] * 2


@pytest.mark.pi_since("0.87.1")
def test_session_before_fork_tells_where_a_clone_is_made(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def session_before_fork(event):
            saw(event)
    """)
    hooked.model.add(Say("hello"))
    rpc = hooked.rpc()
    rpc.prompt("go")
    leaf = hooked.entries()[-1]["id"]

    rpc.send("clone")

    assert [(call["entry_id"], call["position"]) for call in hooked.seen("session_before_fork")] == [(leaf, "at")]


def test_hook_session_before_compact(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def session_before_compact(event):
            plan = await event.preparation.load()
            entries = await event.branch_entries.load()
            saw(event, plan=plan, types=[entry["type"] for entry in entries])
            if event.custom_instructions == "don't":
                return Cancel()
            made = {"summary": "it was about books", "firstKeptEntryId": plan["firstKeptEntryId"],
                    "tokensBefore": plan["tokensBefore"]}
            return SessionBeforeCompactAnswer(compaction=made)
    """)
    hooked.settings(compaction={"keepRecentTokens": 3})
    hooked.model.add(Say("one"), Say("two"), Say("three"))
    rpc = hooked.rpc()
    rpc.prompt("first")
    rpc.prompt("second")

    with pytest.raises(RpcError, match="Compaction cancelled"):
        rpc.compact("don't")
    assert rpc.compact("be brief")["summary"] == "it was about books"
    rpc.prompt("third")

    _, seen = hooked.seen("session_before_compact")
    assert seen["custom_instructions"] == "be brief"
    assert (seen["reason"], seen["will_retry"]) == ((None, None) if hooked.pi.version == OLD else ("manual", False))
    assert [message["role"] for message in seen["plan"]["messagesToSummarize"]][-2:] == ["user", "assistant"]
    assert seen["plan"]["fileOps"] == {"read": [], "written": [], "edited": []}
    assert seen["types"].count("message") >= 4
    (written,) = [entry for entry in hooked.entries() if entry["type"] == "compaction"]
    assert (written["summary"], written["fromHook"]) == ("it was about books", True)
    assert "it was about books" in str(hooked.model.requests[-1].messages)
    assert "first" not in hooked.model.requests[-1].texts("user")


@pytest.mark.pi_since("0.87.1")
def test_session_before_compact_is_told_of_an_abort(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def session_before_compact(event, ctx):
            saw(event)
            await ctx.signal.wait()
            saw(event)
    """)
    hooked.settings(compaction={"keepRecentTokens": 3})
    hooked.model.add(Say("one"), Say("two"))
    rpc = hooked.rpc()
    rpc.prompt("first")
    rpc.prompt("second")
    with ThreadPoolExecutor(1) as threads:
        compaction = threads.submit(rpc.compact)
        hooked.seen("session_before_compact")

        rpc.abort()

        with pytest.raises(RpcError, match=r"cancelled|aborted"):
            compaction.result()
    hooked.seen("session_before_compact", 2)


def test_hook_session_compact(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def session_compact(event):
            saw(event)
    """)
    hooked.settings(compaction={"keepRecentTokens": 3})
    hooked.model.add(Say("one"), Say("two"), Say("it was about books"))
    rpc = hooked.rpc()
    rpc.prompt("first")
    rpc.prompt("second")

    rpc.compact()

    (seen,) = hooked.seen("session_compact")
    assert "it was about books" in seen["compaction_entry"]["summary"]
    assert seen["compaction_entry"]["id"] == hooked.entries()[-1]["id"]
    assert seen["from_extension"] is False
    assert (seen["reason"], seen["will_retry"]) == ((None, None) if hooked.pi.version == OLD else ("manual", False))


@pytest.mark.pi_since("0.87.1")
def test_hook_session_compact_failed(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def session_compact_failed(event):
            saw(event)
    """)
    hooked.settings(compaction={"keepRecentTokens": 3})
    hooked.model.add(Say("one"), Say("two"), Fail(400, "no summaries today"))
    rpc = hooked.rpc()
    rpc.prompt("first")
    rpc.prompt("second")

    with pytest.raises(RpcError, match="no summaries today"):
        rpc.compact()

    (seen,) = hooked.seen("session_compact_failed")
    assert "no summaries today" in seen["error_message"]
    assert (seen["reason"], seen["aborted"], seen["will_retry"], seen["from_extension"]) == (
        "manual",
        False,
        False,
        False,
    )


def test_hook_session_before_tree(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def session_before_tree(event):
            plan = await event.preparation.load()
            saw(event, plan=plan)
            if not plan["userWantsSummary"]:
                return Cancel()
            return SessionBeforeTreeAnswer(summary={"summary": "a dead end"}, label="back")
    """)
    hooked.model.add(Say("one"), Say("two"), Say("three"))
    rpc = hooked.rpc()
    rpc.prompt("first")
    rpc.prompt("second")
    leaf, target = hooked.entries()[-1]["id"], first(hooked.entries(), "user")["id"]

    rpc.prompt("/goto")
    rpc.wait_for(lambda record: record.get("message") == "stayed")
    rpc.prompt("/goto summarize")
    rpc.wait_for(lambda record: record.get("message") == "moved")
    rpc.prompt("third")

    _, seen = hooked.seen("session_before_tree")
    assert (seen["plan"]["targetId"], seen["plan"]["oldLeafId"]) == (target, leaf)
    assert [entry["type"] for entry in seen["plan"]["entriesToSummarize"]].count("message") == 3
    (written,) = [entry for entry in hooked.entries() if entry["type"] == "branch_summary"]
    assert (written["summary"], written["fromHook"]) == ("a dead end", True)
    assert [entry["label"] for entry in hooked.entries() if entry["type"] == "label"] == ["back"]
    assert "a dead end" in str(hooked.model.requests[-1].messages)
    assert "first" not in hooked.model.requests[-1].texts("user")


def test_hook_session_tree(tour: Hooked) -> None:
    (seen,) = tour.seen("session_tree")
    entries = [entry for entry in tour.entries(0) if entry["type"] != "session"]
    assert seen["new_leaf_id"] == first(entries, "user")["parentId"]
    assert seen["old_leaf_id"] == entries[-1]["id"]
    assert (seen["summary_entry"], seen["from_extension"]) == (None, None)
