"""What real pi writes is read without an oddity, and what it sends after resuming a file is what the library says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from context_support import PROMPT, foretold, sent
from sessionfile_support import HEADER, entry, rendered, user

from pi_host.sessionfile import Session, append, create, migrate
from pi_testkit import Call, Say

if TYPE_CHECKING:
    from pi_testkit import Pi


def assistant(entry_id: str, parent_id: str | None, *blocks: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    cost = dict.fromkeys(("input", "output", "cacheRead", "cacheWrite", "total"), 0)
    usage = {"input": 1, "output": 1, "cacheRead": 0, "cacheWrite": 0, "totalTokens": 2, "cost": cost}
    message = {
        "role": "assistant",
        "content": [{"type": "text", "text": block} if isinstance(block, str) else block for block in blocks],
        "api": "openai-completions",
        "provider": "scripted",
        "model": "scripted-1",
        "usage": usage,
        "stopReason": "stop",
        "timestamp": 2,
        **more,
    }
    return entry(entry_id, parent_id, "message", message=message)


def call(call_id: str) -> dict[str, Any]:
    return {"type": "toolCall", "id": call_id, "name": "bash", "arguments": {"command": "ls"}}


def result(entry_id: str, parent_id: str, call_id: str, words: str) -> dict[str, Any]:
    message = {"role": "toolResult", "toolCallId": call_id, "toolName": "bash", "isError": False, "timestamp": 3}
    content = [{"type": "text", "text": words}]
    return entry(entry_id, parent_id, "message", message={**message, "content": content})


def shell(entry_id: str, parent_id: str, **fields: Any) -> dict[str, Any]:
    message = {"role": "bashExecution", "command": "ls", "cancelled": False, "truncated": False, "timestamp": 4}
    return entry(entry_id, parent_id, "message", message={**message, **fields})


LINEAR = [
    user("a", None, "one"),
    assistant("b", "a", "two", call("c1"), call("c2")),
    result("c", "b", "c2", "three"),
    entry("d", "c", "custom_message", customType="note", content="four", display=True),
    shell("e", "d", output="five", exitCode=1),
    shell("f", "e", output="hidden", exitCode=0, excludeFromContext=True),
    entry("g", "f", "custom", customType="note", data={"hidden": True}),
    assistant("h", "g", "broken off", stopReason="aborted"),
    entry("i", "h", "label", targetId="a", label="here"),
]
BRANCHED = [
    user("a", None, "root"),
    assistant("b", "a", "answer"),
    user("c", "b", "left"),
    assistant("d", "c", "left answer"),
    entry("e", "b", "branch_summary", fromId="d", summary="what was left"),
    user("f", "e", "right"),
    assistant("g", "f", "right answer"),
]
COMPACTED = [
    user("a", None, "forgotten"),
    assistant("b", "a", "forgotten too"),
    entry("c", "b", "compaction", summary="before", firstKeptEntryId="a", tokensBefore=10),
    user("d", "c", "kept"),
    assistant("e", "d", "kept answer"),
    entry("f", "e", "compaction", summary="so far", firstKeptEntryId="d", tokensBefore=20),
    user("g", "f", "new"),
    assistant("h", "g", "new answer"),
]
EDITED = [
    user("a", None, "with a typo"),
    assistant("b", "a", "too long"),
    user("c", "b", "to be forgotten"),
    assistant("d", "c", "an answer"),
    entry("e", "d", "context_edit", targetId="a", replacement={"content": "without"}),
    entry("f", "e", "context_edit", targetId="b", replacement={"content": "short"}),
    entry("g", "f", "context_edit", targetId="c", replacement=None),
]


def without_ids(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in line.items() if key not in ("id", "parentId")} for line in lines]


def with_header(cwd: Path, lines: list[dict[str, Any]], **header: Any) -> bytes:
    return rendered({**HEADER, "cwd": str(cwd), **header}, *lines)


def migrated(path: Path, data: bytes) -> bytes:
    path.write_bytes(data)
    target = path.with_suffix(".v3")
    migrate(path, target)
    return target.read_bytes()


def files(folder: Path) -> dict[str, bytes]:
    whole = with_header(folder, LINEAR)
    return {
        "linear": whole,
        "branched": with_header(folder, BRANCHED),
        "compacted": with_header(folder, COMPACTED),
        "version 1": with_header(folder, without_ids(LINEAR), version=1),
        "garbage between": with_header(folder, BRANCHED).replace(b"\n", b"\ngarbage\n\n", 2),
        "a hole": b"".join(line for line in whole.splitlines(keepends=True) if b'"id": "c"' not in line),
        "no object at the end": whole + b"[]\n",
    }


def test_pi_sends_what_the_library_foretells(pi: Pi, tmp_path: Path) -> None:
    cases = files(tmp_path)
    if pi.version != "0.74.2":
        # 0.74.2 knows no edits, fails on null and glues the next entry to a line without LF.
        cases["edited"] = with_header(tmp_path, EDITED)
        cases["null between"] = cases["branched"].replace(b"\n", b"\nnull\n", 2)
        cases["torn"] = cases["linear"] + b'{"type":"message","id":"z","parentId":"h","message":{"ro'
        cases["not ended"] = cases["branched"].rstrip()
    cases["migrated"] = migrated(tmp_path / "old.jsonl", cases["version 1"])
    pi.model.add(*[Say("done")] * len(cases))
    rpc = pi.rpc()
    for name, data in cases.items():
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(data)
        expected = foretold(Session.read(path))
        rpc.send("switch_session", sessionPath=str(path))
        rpc.prompt(PROMPT)

        assert (name, sent(pi)) == (name, expected)


def test_a_torn_file_is_whole_again_after_adding_to_it(pi: Pi, tmp_path: Path) -> None:
    path = tmp_path / "torn.jsonl"
    path.write_bytes(with_header(tmp_path, LINEAR) + b'{"type":"message","id":"z","parentId":"h","mess')
    append(path, {"type": "session_info", "name": "mended"})
    expected = foretold(Session.read(path))
    pi.model.add(Say("done"))

    done = pi.print(PROMPT, args=["--session", str(path)])

    assert done.returncode == 0, done.stderr
    assert sent(pi) == expected
    assert expected[0] == ("user", "one")
    assert Session.read(path).name == "mended"


def test_what_pi_writes_is_read_without_an_oddity(pi: Pi) -> None:
    settings = pi.home.agent_dir / "settings.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "compaction": {"keepRecentTokens": 5}}))
    pi.model.add(Say("first answer"), Call("bash", command="echo shell"), Say("second answer"))
    pi.model.add(Say("a summary"), Say("of a turn"), Say("third answer"), Say("fourth answer"))
    rpc = pi.rpc()
    rpc.prompt("first")
    rpc.prompt("second")
    rpc.send("bash", command="echo mine")
    rpc.send("set_session_name", name="a name")
    rpc.send("compact")
    rpc.prompt("third")
    path = Path(rpc.send("get_state")["sessionFile"])
    session = Session.read(path)
    rpc.prompt(PROMPT)

    assert session.oddities == []
    assert session.name == "a name"
    assert [entry.id for entry in session.path()] == [entry.id for entry in session.entries]
    assert {"compaction", "session_info", "model_change"} <= {entry.type for entry in session.entries}
    assert {"user", "assistant", "toolResult", "bashExecution"} <= {entry.role for entry in session.entries}
    assert sent(pi) == foretold(session)


@pytest.mark.pi_since("0.87.1")
def test_pi_goes_on_with_a_file_that_has_only_a_header(pi: Pi, tmp_path: Path) -> None:
    path = tmp_path / "new.jsonl"
    create(path, str(tmp_path), session_id="mine", extra={"origin": {"host": "here"}})
    pi.model.add(Say("done"))

    done = pi.print(PROMPT, args=["--session", str(path)])

    session = Session.read(path)
    assert done.returncode == 0, done.stderr
    assert session.header is not None
    assert session.header.fields["origin"] == {"host": "here"}
    assert (session.header.id, session.oddities) == ("mine", [])
    assert foretold(session) == [("user", PROMPT), ("assistant", "done")]
