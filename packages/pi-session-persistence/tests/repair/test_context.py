"""Of a repaired file, real pi sends the model just what the library says that it will."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from context_support import PROMPT, foretold, sent
from session_stage import Tale

from pi_host.sessionfile import Session
from pi_session_persistence import examine, repair_file
from pi_testkit import Say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pi_testkit import Pi


def linear(cwd: str) -> bytes:
    tale = Tale(cwd=cwd)
    tale.user("first question")
    tale.assistant("first answer", calls={"bash": {"command": "ls"}, "read": {"path": "x"}})
    tale.tool("listed", call="call_bash_2")
    tale.tool("was read", "read", call="call_read_2")
    tale.add("custom_message", customType="note", content="a note", display=True)
    tale.message("bashExecution", command="ls", output="mine", exitCode=1, cancelled=False, truncated=False)
    tale.assistant("second answer")
    tale.add("label", targetId="e1", label="here")
    tale.turn("third question", "third answer")
    return tale.data


def branched(cwd: str) -> bytes:
    tale = Tale(cwd=cwd)
    fork = tale.turn("root", "root answer")
    left = tale.turn("left", "left answer")
    tale.back_to(fork)
    tale.add("branch_summary", fromId=left, summary="what was left")
    tale.turn("right", "right answer")
    tale.turn("more", "more answers")
    return tale.data


def compacted(cwd: str) -> bytes:
    tale = Tale(cwd=cwd)
    tale.turn("forgotten", "forgotten, too")
    kept = tale.user("kept")
    tale.assistant("kept answer")
    tale.turn("kept as well", "this answer, too")
    tale.add("compaction", summary="so far", firstKeptEntryId=kept, tokensBefore=20)
    tale.turn("new", "new answer")
    return tale.data


def edited(cwd: str) -> bytes:
    tale = Tale(cwd=cwd)
    typo = tale.user("with a typo")
    long = tale.assistant("too long")
    gone = tale.user("to be forgotten")
    tale.assistant("an answer")
    for target, content in ((typo, {"content": "without"}), (long, {"content": "short"}), (gone, None)):
        tale.add("context_edit", targetId=target, replacement=content)
    tale.turn("last", "last answer")
    return tale.data


SESSIONS: dict[str, Callable[[str], bytes]] = {
    "linear": linear,
    "branched": branched,
    "compacted": compacted,
    "edited": edited,
}

#: The line that is damaged: neither the first entry nor one of the last.
LINE = 4


def on_line(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def damaged(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        lines[LINE] = change(lines[LINE])
        return b"".join(lines)

    return damaged


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "torn": lambda data: data[:-30],
    "not ended": lambda data: data[:-1],
    "garbage in place of an entry": on_line(lambda _: b"garbage\n"),
    "half of it zeros": on_line(lambda line: line[: len(line) // 2] + bytes(len(line) // 2) + b"\n"),
    "two in one line": on_line(lambda line: line[:-1]),
    "a torn one before it in its line": on_line(lambda line: line[:40] + line),
    "a list at the end": lambda data: data + b"[]\n",
    "no header": lambda data: data.partition(b"\n")[2],
}


@pytest.mark.parametrize("name", SESSIONS)
def test_pi_sends_what_the_library_foretells_of_a_repaired_file(name: str, pi: Pi, tmp_path: Path) -> None:
    if name == "edited" and pi.version == "0.74.2":
        pytest.skip("0.74.2 knows no edits")
    pi.model.add(*[Say("done")] * len(DAMAGES))
    rpc = pi.rpc()
    for damage, change in DAMAGES.items():
        path = tmp_path / f"{damage}.jsonl"
        path.write_bytes(change(SESSIONS[name](str(tmp_path))))
        repair_file(path, force=True, cwd=str(tmp_path))
        assert examine(path).damage == []
        expected = foretold(Session.read(path))
        rpc.send("switch_session", sessionPath=str(path))
        rpc.prompt(PROMPT)

        assert (damage, sent(pi)) == (damage, expected)
        assert len(expected) > 2, "nearly everything is lost"
