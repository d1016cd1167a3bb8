from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from reading_support import call, called

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def other(file: Path, tmp_path: Path) -> Path:
    """The session as it was before the last two entries, gone on with otherwise."""
    lines = file.read_bytes().splitlines(keepends=True)
    path = tmp_path / "other.jsonl"
    path.write_bytes(b"".join(lines[:-2]) + lines[-2].replace(b"e10", b"n10").replace(b"committed", b"no"))
    return path


def test_two_sessions_that_are_the_same_end_with_0(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(file.read_bytes())
    done = call("diff", file, copy)
    assert (done.code, done.out.splitlines()[2]) == (0, "they are the same")


def test_what_each_has_alone_is_told(file: Path, other: Path) -> None:
    done = call("diff", file, other)
    assert done.code == 1
    assert done.out.splitlines()[2:] == [
        "both went on separately after entry e9, with 6 entries in common",
        "",
        "only in A: 2 entries",
        "- e10  pi: committed",
        "- e11  named: Work",
        "",
        "only in B: 1 entry",
        "+ n10  pi: no",
    ]


def test_one_that_goes_on_from_the_other_is_told(file: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.jsonl"
    before.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-2]))
    assert "B continues A by 2 entries" in call("diff", before, file).out
    assert "A continues B by 2 entries" in call("diff", file, before).out


def test_two_branches_of_one_session_can_be_compared(file: Path) -> None:
    done = call("diff", file, "--entry", "e7", "--other-entry", "e8")
    assert done.code == 1
    assert "both went on separately after entry e4, with 4 entries in common" in done.out
    assert call("diff", file, file, "--entry", "e7", "--other-entry", "e7").code == 0


def test_a_copy_without_secrets_has_the_same_history(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(file.read_bytes().replace(b"now commit", b"[redacted]"))
    done = call("diff", file, copy)
    assert done.code == 1
    assert "they have the same history; 1 entry of it not the same in both\n≠ e9  you: now commit\n" in done.out


def test_programs_get_the_difference(file: Path, other: Path) -> None:
    data = called("diff", file, other)
    assert (data["relation"], data["common"]) == ("separate", {"entries": 6, "last": "e9"})
    assert data["first"]["end"] == "e11"
    assert [entry["gist"] for entry in data["second"]["alone"]] == ["no"]


def test_nothing_that_strangers_wrote_reaches_the_terminal_raw(hostile: Path, file: Path) -> None:
    done = call("diff", hostile, file)
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", done.out) == []
    assert "  you: \\x1b[2J" in done.out


def test_what_can_not_be_compared_ends_with_2(file: Path, tmp_path: Path) -> None:
    for words, problem in (
        ((file,), "a session is the same as itself"),
        ((file, "nowhere"), "no session is called 'nowhere'"),
        ((file, tmp_path / "missing.jsonl"), "no session is called"),
        ((file, "--entry", "nowhere"), "no entry is called 'nowhere'"),
    ):
        done = call("diff", *words)
        assert (done.code, done.out) == (2, "")
        assert problem in done.err
