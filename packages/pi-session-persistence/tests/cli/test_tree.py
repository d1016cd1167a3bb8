from __future__ import annotations

from typing import TYPE_CHECKING

from reading_support import call, called
from session_stage import Tale

if TYPE_CHECKING:
    from pathlib import Path


def test_the_tree_shows_branches_labels_summaries_and_the_leaf(file: Path) -> None:
    assert call("tree", file).out.splitlines() == [
        "e1  you: why does it fail?",
        "e4  [good point] pi: Line endings.",
        "├─ e6  you: other way",
        "│  e7  pi: other answer",
        "e8  summary: compaction of 9,000 tokens: All fine.",
        "e9  you: now commit",
        "e11  ◀ pi goes on here  named: Work",
    ]


def test_every_entry_can_be_asked_for(file: Path) -> None:
    out = call("tree", file, "--all").out
    assert "e2  pi: A guess.\ne3  tool: bash: 1 failed here\n" in out
    assert len(out.splitlines()) == 11


def test_branches_of_branches_hang_from_them(tmp_path: Path, own_home: Path) -> None:
    tale = Tale()
    first = tale.user("one")
    aside = tale.user("aside")
    tale.user("aside of it")
    tale.back_to(aside)
    tale.user("and on")
    tale.back_to(first)
    tale.user("two")
    assert call("tree", tale.write(tmp_path / "s.jsonl")).out.splitlines() == [
        "e1  you: one",
        "├─ e2  you: aside",
        "│  ├─ e3  you: aside of it",
        "│  e4  you: and on",
        "e5  ◀ pi goes on here  you: two",
    ]
    assert not own_home.exists()


def test_programs_get_every_entry_with_its_parent(file: Path) -> None:
    data = called("tree", file)
    assert (data["session_id"], data["leaf"], data["name"]) == ("s-1", "e11", "Work")
    assert [entry["id"] for entry in data["entries"] if not entry["active"]] == ["e5", "e6", "e7"]
    assert data["entries"][3] == {
        "id": "e4",
        "parent": "e3",
        "type": "message",
        "kind": "assistant",
        "at": "2026-03-01T10:04:00.000Z",
        "label": "good point",
        "failed": False,
        "gist": "Line endings.",
        "active": True,
    }
