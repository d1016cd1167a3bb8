from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from persistence_support import CHAT, HEADER, chat, joined, message

from pi_session_persistence import NotAFileError, examine

ROWS = [HEADER, *chat(2)]
COMPACTION = {
    "type": "compaction",
    "id": "c",
    "parentId": "a2",
    "timestamp": "2026-01-01T00:00:02.000Z",
    "summary": "s",
    "firstKeptEntryId": "gone",
    "tokensBefore": 1,
}
LABEL = {"type": "label", "id": "l", "parentId": "a2", "timestamp": "2026", "targetId": "gone", "label": "x"}
TORN = b'{"type":"message","id":"x","parentId":"a2","mess'

#: What is in the file, and what must be found: code, severity, line.
DAMAGE = {
    "cut in the middle of a line": (
        joined(ROWS) + TORN,
        [("torn", "damage", 6), ("no-final-lf", "damage", 6)],
    ),
    "no LF at the end": (joined(ROWS)[:-1], [("no-final-lf", "damage", 5)]),
    "NULs at the end": (joined(ROWS) + b"\0" * 99, [("nul", "damage", 6), ("no-final-lf", "damage", 6)]),
    "a line of garbage between entries": (joined([*ROWS[:3], b"garbage", *ROWS[3:]]), [("garbage", "damage", 4)]),
    "garbage in place of an entry": (
        joined([*ROWS[:3], b"garbage", ROWS[4]]),
        [("garbage", "damage", 4), ("orphan", "damage", 5)],
    ),
    "two entries in a line": (
        joined(ROWS[:3]) + joined(ROWS[3:4])[:-1] + joined(ROWS[4:]),
        [("glued", "damage", 4)],
    ),
    "a number at the end": (joined([*ROWS, b"123"]), [("non-object", "damage", 6)]),
    "a list at the end": (joined([*ROWS, b"[]"]), [("non-object", "damage", 6)]),
    "an empty object at the end": (
        joined([*ROWS, b"{}"]),
        [("no-type", "notice", 6), ("no-id", "damage", 6), ("no-timestamp", "notice", 6), ("malformed", "damage", 6)],
    ),
    "null": (joined([*ROWS, b"null"]), [("ignored-value", "damage", 6)]),
    "a last entry whose parent is unknown": (
        joined([*ROWS, message("x", "gone", "user", "x")]),
        [("orphan", "damage", 6)],
    ),
    "an entry that is its own parent": (
        joined([*ROWS, message("x", "x", "user", "x")]),
        [("self-parent", "damage", 6)],
    ),
    "a cycle": (
        joined([HEADER, message("q1", "a1", "user", "x"), *ROWS[2:]]),
        [("cycle", "damage", 2)],
    ),
    "an id that two entries have": (joined([*ROWS, ROWS[4]]), [("duplicate-id", "notice", 5)]),
    "an empty file": (b"", [("empty", "notice", 1)]),
    "no header": (joined(ROWS[1:]), [("no-header", "damage", 1)]),
    "some text": (b"Dear diary\n", [("no-header", "damage", 1), ("garbage", "damage", 1)]),
    "empty lines": (b"\n\n\n", [("no-header", "damage", 1)]),
    "a header in the wrong place": (
        joined([*ROWS[1:], HEADER]),
        [("late-header", "damage", 5)],
    ),
    "a header without an id": (
        joined([HEADER | {"id": 1}, *ROWS[1:]]),
        [("bad-header", "damage", 1)],
    ),
    "a second header": (joined([*ROWS, HEADER]), [("second-header", "notice", 6)]),
    "a byte order mark": (b"\xef\xbb\xbf" + joined(ROWS), [("bom", "damage", 1), ("no-header", "damage", 1)]),
    "a working directory that is gone": (
        joined([HEADER | {"cwd": "/nowhere/at/all"}, *ROWS[1:]]),
        [("cwd-missing", "notice", 1)],
    ),
    "a header without a working directory": (
        joined([{key: value for key, value in HEADER.items() if key != "cwd"}, *ROWS[1:]]),
        [],
    ),
    "an old version": (joined([HEADER | {"version": 2}, *ROWS[1:]]), [("old-version", "notice", 1)]),
    "a compaction that keeps from nowhere": (joined([*ROWS, COMPACTION]), [("bad-reference", "damage", 6)]),
    "a label of nothing": (joined([*ROWS, LABEL]), [("bad-reference", "notice", 6)]),
    "a message without a message": (
        joined([*ROWS, {key: value for key, value in message("x", "a2", "user", "x").items() if key != "message"}]),
        [("malformed", "damage", 6)],
    ),
    "bytes that are no UTF-8": (
        joined(ROWS).replace(b"q2", b"\xff2"),
        [("invalid-utf8", "notice", 4), ("invalid-utf8", "notice", 5)],
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_what_is_wrong_is_found_and_nothing_else(name: str, tmp_path: Path) -> None:
    data, expected = DAMAGE[name]
    (tmp_path / "s.jsonl").write_bytes(data)
    found = [(finding.code, finding.severity, finding.line) for finding in examine(tmp_path / "s.jsonl").findings]
    assert sorted(found) == sorted(expected)


def test_a_finding_says_where_and_what(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_bytes(CHAT + TORN)
    finding = examine(tmp_path / "s.jsonl").damage[0]
    assert (finding.line, finding.offset) == (8, len(CHAT))
    assert finding.message == "the last line was not written to its end"


def test_nothing_is_written(tmp_path: Path) -> None:
    for number, (data, _) in enumerate(DAMAGE.values()):
        (tmp_path / f"{number}.jsonl").write_bytes(data)
    before = state(tmp_path)
    for file in tmp_path.iterdir():
        examine(file)
    assert state(tmp_path) == before


def state(folder: Path) -> dict[str, tuple[str, int, int, int]]:
    return {
        path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), facts.st_ino, facts.st_mtime_ns, facts.st_mode)
        for path in folder.iterdir()
        for facts in [path.stat()]
    } | {".": ("", folder.stat().st_ino, folder.stat().st_mtime_ns, folder.stat().st_mode)}


def test_a_file_that_others_may_write_to_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "s.jsonl").write_bytes(CHAT)
    (tmp_path / "s.jsonl").chmod(0o666)
    assert [finding.code for finding in examine(tmp_path / "s.jsonl").findings] == ["writable-by-others"]


def test_a_working_directory_that_no_system_call_takes_is_gone(tmp_path: Path) -> None:
    for cwd in ("a\0b", "x" * 5000):
        (tmp_path / "s.jsonl").write_bytes(joined([HEADER | {"cwd": cwd}]))
        assert [finding.code for finding in examine(tmp_path / "s.jsonl").findings] == ["cwd-missing"]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo", Path("/dev/null")):
        with pytest.raises(NotAFileError):
            examine(path)


def test_what_cant_be_read_is_an_error_of_the_system(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", Path("/proc/self/mem")):
        with pytest.raises(OSError, match=r"No such file|Input/output"):
            examine(path)
