"""What pi's session manager takes in from the file, and where a lane goes on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from lane_entries import entry, header, lines, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Desk = Callable[..., list[Any]]


def test_what_another_process_wrote_is_taken_in_and_the_leaf_stays(desk: Desk, file: Path) -> None:
    opened, _, pulled = desk(["open", str(file)], ["foreign", str(file), lines(said("e", "d", "user"))], ["pull"])
    assert opened["leaf"] == "d"
    assert pulled == {"taken": 1, "leaf": "d", "last": "e", "known": ["a", "b", "c", "d", "e"]}


def test_a_line_is_taken_in_when_it_is_complete(desk: Desk, file: Path) -> None:
    line = lines(said("é", "d", "user")).encode().decode()
    answers = desk(
        ["open", str(file)],
        ["foreign", str(file), line[:40]],
        ["pull"],
        ["foreign", str(file), line[40:]],
        ["pull"],
        ["pull"],
    )
    assert [answers[at]["taken"] for at in (2, 4, 5)] == [0, 1, 0]


def test_lines_that_are_no_entries_are_passed_over(desk: Desk, file: Path) -> None:
    odd = "not json\n\n[]\n17\nnull\n" + lines({"type": "message"}, header())
    answers = desk(["open", str(file)], ["foreign", str(file), odd + lines(said("e", "d", "user"))], ["pull"])
    assert answers[-1]["taken"] == 1
    assert answers[-1]["last"] == "e"


def test_labels_of_others_count(desk: Desk, file: Path) -> None:
    label = entry("l", "d", "label", targetId="a", label="start")
    cleared = entry("m", "l", "label", targetId="a")
    answers = desk(
        ["open", str(file)],
        ["foreign", str(file), lines(label)],
        ["pull"],
        ["labels"],
        ["foreign", str(file), lines(cleared)],
        ["pull"],
        ["labels"],
    )
    assert (answers[3], answers[6]) == ({"a": "start"}, {})


def test_a_file_that_was_replaced_is_read_anew_and_the_leaf_stays_if_it_is_still_there(desk: Desk, file: Path) -> None:
    whole = file.read_text()
    short = "".join(whole.splitlines(keepends=True)[:3])
    answers = desk(["open", str(file)], ["move", "b"], ["replace", str(file), short], ["pull"])
    assert answers[-1]["known"] == ["a", "b"]
    assert answers[-1]["leaf"] == "b"


def test_an_entry_that_was_overlooked_is_found_by_reading_the_whole_file(desk: Desk, file: Path) -> None:
    # pi appends by itself after another process did, before there is a guard: the line in between is not known.
    records = [json.loads(line) for line in file.read_text().splitlines()]
    answers = desk(
        ["open", str(file)],
        ["foreign", str(file), lines(said("e", "d", "user"), said("f", "e"))],
        ["say", "user", "own"],
        ["open", str(file)],
        ["move", "f"],
    )
    assert len(records) == 5
    assert answers[-1]["leaf"] == "f"


def test_a_place_that_is_not_in_the_file_is_refused(desk: Desk, file: Path) -> None:
    assert "nowhere is not in" in desk(["open", str(file)], ["move", "nowhere"])[-1]["error"]


CALL = said("e", "d", stopReason="toolUse", content=[{"type": "toolCall", "id": "1", "name": "bash", "arguments": {}}])
RESULT = said("f", "e", "toolResult", toolCallId="1", toolName="bash", isError=False)

#: What was written after the head was put to d, where the lane goes on, and what is on no lane.
ENDS: dict[str, tuple[list[dict[str, Any]], str, str | None]] = {
    "nothing": ([], "d", None),
    "a complete turn": ([said("e", "d", "user"), said("f", "e")], "f", None),
    "an answer that was aborted": ([said("e", "d", "user"), said("f", "e", stopReason="aborted")], "f", None),
    "settings": ([entry("e", "d", "model_change", provider="p", modelId="m")], "e", None),
    "a prompt without an answer": ([said("e", "d", "user")], "d", "e"),
    "a tool call without its result": ([CALL], "d", "e"),
    "a tool call with its result, and no answer": ([CALL, RESULT], "d", "f"),
    "a command of the user's": ([said("e", "d", "bashExecution", command="ls", output="", exitCode=0)], "e", None),
    "a turn on a branch of its own": ([said("e", "b", "user"), said("f", "e")], "d", "f"),
    "settings on a branch of their own": ([entry("e", "b", "session_info", name="n")], "d", None),
    "a turn without a parent": ([said("e", None, "user"), said("f", "e")], "d", "f"),
}


@pytest.mark.parametrize(("written", "start", "orphan"), ENDS.values(), ids=ENDS)
def test_a_lane_goes_on_from_what_was_finished_without_lanes(
    desk: Desk, file: Path, written: list[dict[str, Any]], start: str, orphan: str | None
) -> None:
    lane = {"head": "d", "tail": "d", "others": []}
    answers = desk(["open", str(file)], ["foreign", str(file), lines(*written)], ["reconcile", lane])
    assert answers[-1] == {"start": start, "orphan": orphan}


def test_a_head_that_was_put_back_stays_there(desk: Desk, file: Path) -> None:
    lane = {"head": "b", "tail": "d", "others": []}
    assert desk(["open", str(file)], ["reconcile", lane])[-1] == {"start": "b", "orphan": None}


def test_a_head_before_the_first_entry_stays_there(desk: Desk, file: Path) -> None:
    lane: dict[str, Any] = {"head": None, "tail": "d", "others": []}
    assert desk(["open", str(file)], ["reconcile", lane])[-1] == {"start": None, "orphan": None}


def test_what_is_on_another_lane_is_left_to_it(desk: Desk, file: Path) -> None:
    written = lines(said("e", "d", "user"), said("f", "e"))
    lane = {"head": "d", "tail": "d", "others": ["f"]}
    answers = desk(["open", str(file)], ["foreign", str(file), written], ["reconcile", lane])
    assert answers[-1] == {"start": "d", "orphan": None}


@pytest.mark.parametrize("written", [[said("e", "d", "user")], [said("e", "d", "user"), said("f", "e")]])
def test_a_run_on_a_lane_that_somebody_has_is_left_to_it(desk: Desk, file: Path, written: list[dict[str, Any]]) -> None:
    lane = {"head": "d", "tail": "d", "others": ["d"], "busy": ["d"]}
    answers = desk(["open", str(file)], ["foreign", str(file), lines(*written)], ["reconcile", lane])
    assert answers[-1] == {"start": "d", "orphan": None}


def test_a_head_that_is_gone_from_the_file_gives_way_to_its_end(desk: Desk, file: Path) -> None:
    lane = {"head": "gone", "tail": "gone", "others": []}
    assert desk(["open", str(file)], ["reconcile", lane])[-1] == {"start": "d", "orphan": None}
