"""What reaches the session file, and when."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lane_entries import lines, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Desk = Callable[..., list[Any]]

LANE = {"head": "d", "tail": "d", "others": []}


def _entries(text: str) -> list[tuple[str, str | None, str]]:
    """Id, parent and words of each entry of a file."""
    found = [json.loads(line) for line in text.splitlines()][1:]
    return [
        (e["id"], e["parentId"], e["message"]["content"][0]["text"] if e["type"] == "message" else "") for e in found
    ]


def test_nothing_is_written_while_the_lane_is_not_ours(desk: Desk, file: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    before = file.read_text()
    answers = desk(["open", str(file)], ["guard", str(journal)], ["say", "user", "kept"], ["kept"], ["sees"])
    assert file.read_text() == before
    assert answers[3] == {"kept": [answers[2]], "told": ["waiting"]}
    assert answers[4][-1] == "kept", "the terminal itself sees it"
    assert json.loads(journal.read_text())["id"] == answers[2]
    assert journal.stat().st_mode & 0o777 == 0o600


def test_what_was_kept_is_written_behind_what_others_wrote(desk: Desk, file: Path, tmp_path: Path) -> None:
    answers = desk(
        ["open", str(file)],
        ["guard", str(tmp_path / "journal")],
        ["say", "user", "kept"],
        ["name", "a name"],
        ["foreign", str(file), lines(said("e", "d", "user"), said("f", "e"))],
        ["take", LANE | {"head": "f", "tail": "f"}, []],
        ["file", str(file)],
        ["sees"],
    )
    kept, named = answers[2:4]
    assert _entries(answers[6])[-2:] == [(kept, "f", "kept"), (named, kept, "")]
    assert answers[5] == {"leaf": named, "orphan": None, "lost": False}
    assert answers[7] == ["a", "b", "c", "d", "e", "f", "kept"]
    assert not (tmp_path / "journal").exists()


def test_what_another_terminal_wrote_for_us_is_not_written_again(desk: Desk, file: Path, tmp_path: Path) -> None:
    # It takes our journal for that of a dead terminal while our host starts anew.
    journal = tmp_path / "journal"
    answers = desk(["open", str(file)], ["guard", str(journal)], ["say", "user", "kept"], ["name", "not yet"])
    kept = [json.loads(line) for line in journal.read_text().splitlines()]
    written = lines(said("e", "d", "user"), {**kept[0], "parentId": "e"})
    answers += desk(["foreign", str(file), written], ["take", LANE | {"head": kept[0]["id"]}, []], ["file", str(file)])
    assert _entries(answers[-1])[-3:] == [
        ("e", "d", "e"),
        (kept[0]["id"], "e", "kept"),
        (kept[1]["id"], kept[0]["id"], ""),
    ]
    assert desk(["sees"]) == [["a", "b", "c", "d", "e", "kept"]]


def test_a_lane_that_was_lost_before_pi_got_it_is_not_written_to(desk: Desk, file: Path, tmp_path: Path) -> None:
    answers = desk(["open", str(file)], ["guard", str(tmp_path / "journal")], ["say", "user", "kept"])
    before = file.read_text()
    answers += desk(["takeLate", LANE], ["kept"], ["sees"])
    assert answers[3]["lost"]
    assert file.read_text() == before
    assert answers[4]["kept"] == [answers[2]]
    assert answers[5][-1] == "kept"


def test_while_the_lane_is_ours_pi_writes_as_ever(desk: Desk, file: Path, tmp_path: Path) -> None:
    answers = desk(
        ["open", str(file)],
        ["guard", str(tmp_path / "journal")],
        ["take", LANE, []],
        ["say", "user", "at once"],
        ["file", str(file)],
    )
    assert _entries(answers[-1])[-1] == (answers[3], "d", "at once")


def test_a_displaced_run_stays_on_a_branch_of_its_own(desk: Desk, file: Path, tmp_path: Path) -> None:
    answers = desk(
        ["open", str(file)],
        ["guard", str(tmp_path / "journal")],
        ["take", LANE, []],
        ["say", "user", "ours"],
        ["lose"],
        ["foreign", str(file), lines(said("e", "d", "user"))],
        ["say", "assistant", "too late"],
        ["kept"],
        ["file", str(file)],
    )
    assert answers[7]["told"] == ["lost"]
    assert _entries(answers[8])[-1] == (answers[6], answers[3], "too late")


def test_a_prompt_that_is_called_off_leaves_nothing(desk: Desk, file: Path, tmp_path: Path) -> None:
    before = file.read_text()
    answers = desk(
        ["open", str(file)],
        ["guard", str(tmp_path / "journal")],
        ["discard"],
        ["say", "user", "never"],
        ["say", "assistant", ""],
        ["endDiscard"],
        ["pull"],
        ["sees"],
    )
    assert answers[6]["leaf"] == "d"
    assert answers[7] == ["a", "b", "c", "d"]
    assert file.read_text() == before


def test_what_a_dead_terminal_kept_is_written_by_the_next(desk: Desk, file: Path, tmp_path: Path) -> None:
    journal = tmp_path / "dead"
    journal.write_text(lines(said("x", "somewhere", "user")) + '{"torn')
    answers = desk(
        ["open", str(file)],
        ["guard", str(tmp_path / "journal")],
        ["take", LANE, [str(journal)]],
        ["file", str(file)],
    )
    assert _entries(answers[-1])[-1] == ("x", "d", "x")


def test_what_a_dead_terminal_wrote_after_all_is_not_written_twice(desk: Desk, file: Path, tmp_path: Path) -> None:
    journal = tmp_path / "dead"
    journal.write_text(lines(said("d", "c")))
    before = file.read_text()
    desk(["open", str(file)], ["guard", str(tmp_path / "journal")], ["take", LANE, [str(journal)]])
    assert file.read_text() == before


def test_without_lanes_what_was_kept_is_written_as_it_stands(desk: Desk, file: Path, tmp_path: Path) -> None:
    answers = desk(
        ["open", str(file)],
        ["guard", str(tmp_path / "journal")],
        ["say", "user", "kept"],
        ["remove"],
        ["say", "assistant", "and on"],
        ["file", str(file)],
    )
    assert [words for *_, words in _entries(answers[-1])] == ["a", "b", "c", "d", "kept", "and on"]


def test_a_session_that_nobody_wrote_to_stays_in_memory(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "new.jsonl"
    answers = desk(["open", str(file)], ["guard", str(tmp_path / "journal")], ["name", "a name"], ["kept"])
    assert answers[3] == {"kept": [], "told": []}
    assert not file.exists()


def test_a_session_that_another_terminal_began_is_taken_over(desk: Desk, file: Path, tmp_path: Path) -> None:
    begun = file.read_text()
    file.unlink()
    answers = desk(
        ["open", str(file)],
        ["guard", str(tmp_path / "journal")],
        ["name", "given before anybody wrote"],
        ["foreign", str(file), begun],
        ["say", "user", "kept"],
        ["take", LANE, []],
        ["file", str(file)],
    )
    *_, name, message = _entries(answers[-1])
    assert name[:2] == (answers[2], "d")
    assert message == (answers[4], answers[2], "kept")
    assert answers[-1].count('"type":"session"') + answers[-1].count('"type": "session"') == 1
