from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_host.sessionfile import Session, SessionFileError, read_header
from pi_session_persistence import examine, fork_file
from pi_testkit import Say

if TYPE_CHECKING:
    from pathlib import Path

    from launcher_support import Caller


def test_the_model_sees_the_branch_to_the_entry_and_nothing_else(caller: Caller) -> None:
    caller.pi.model.add(*[Say(f"answer {number}") for number in range(1, 5)])
    for number in range(1, 4):
        caller.run("task", f"prompt {number}")
    source = caller.file("task")
    before = source.read_bytes()
    answers = [entry.id for entry in Session.read(source).entries if entry.role == "assistant"]
    target = caller.registry.claim("other").pi_file
    fork_file(source, target, entry=answers[1])
    caller.run("other", "prompt 4")
    said = [f"{word} {number}" for number in (1, 2) for word in ("prompt", "answer")]
    request = caller.pi.model.requests[-1]
    assert [*request.texts("user"), *request.texts("assistant")] == [
        "prompt 1",
        "prompt 2",
        "prompt 4",
        "answer 1",
        "answer 2",
    ]
    assert caller.history("other") == [*said, "prompt 4", "answer 4"]
    header = read_header(target)
    assert header is not None
    assert header.parent_session == str(source)
    assert examine(target).findings == []
    assert source.read_bytes() == before


def forked(tale: Tale, folder: Path, entry: str) -> Session:
    target = folder / "fork.jsonl"
    fork_file(tale.write(folder / "s.jsonl"), target, cwd=str(folder), entry=entry)
    return Session.read(target)


def test_labels_that_the_entries_got_later_come_along(tmp_path: Path) -> None:
    tale = Tale()
    first = tale.turn("a", "b")
    tale.add("label", targetId=first, label="old")
    middle = tale.turn("c", "d")
    end = tale.turn("e", "f")
    tale.add("label", targetId=first, label="new")
    tale.add("label", targetId=end, label="end")
    tale.add("label", targetId=middle, label="other")
    tale.add("label", targetId=middle)
    fork = forked(tale, tmp_path, middle)
    assert fork.labels == {first: "new"}
    assert [entry.id for entry in fork.path()] == ["e1", "e2", "e3", "e4", "e5", "e8"]
    assert fork.oddities == []


def test_the_ids_of_an_old_version_are_those_that_reading_it_tells(tmp_path: Path) -> None:
    text = '{"type":"session","id":"old","timestamp":"2025-01-01T00:00:00.000Z","cwd":"/"}\n' + "".join(
        f'{{"type":"message","timestamp":"2025-01-01T00:00:0{second}.000Z","message":{{"role":"user","content":"hi"}}}}\n'
        for second in range(3)
    )
    source = tmp_path / "old.jsonl"
    source.write_text(text)
    entries = Session.read(source).entries
    fork_file(source, tmp_path / "fork.jsonl", entry=entries[1].id)
    assert [entry.id for entry in Session.read(tmp_path / "fork.jsonl").entries] == [entries[0].id, entries[1].id]


def test_an_entry_that_is_not_there_leaves_nothing_behind(tmp_path: Path) -> None:
    tale = Tale()
    tale.user("a")
    with pytest.raises(SessionFileError, match="nowhere"):
        forked(tale, tmp_path, "nowhere")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["s.jsonl"]
