from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from session_stage import Tale

from pi_host.sessionfile import Session, SessionFileError
from pi_session_persistence.comparing import compare

if TYPE_CHECKING:
    from pi_session_persistence.comparing import Comparison


def told(*turns: str, session_id: str = "s-1") -> Tale:
    tale = Tale(session_id)
    for turn in turns:
        tale.prefix = turn[0]
        tale.turn(turn, f"answer to {turn}")
    return tale


def of(one: Tale | bytes, other: Tale | bytes) -> Comparison:
    first, second = (Session.parse(tale.data if isinstance(tale, Tale) else tale) for tale in (one, other))
    return compare(first, second)


def test_the_same_session_is_the_same() -> None:
    result = of(told("a", "b"), told("a", "b", session_id="s-2"))
    assert (result.relation, result.common, result.changed) == ("same", 4, [])
    assert result.last is not None
    assert result.last.id == "b4"


def test_one_goes_on_from_where_the_other_ends() -> None:
    short, long = told("a"), told("a", "b")
    behind, ahead = of(short, long), of(long, short)
    assert (behind.relation, [entry.id for entry in behind.second.alone]) == ("behind", ["b3", "b4"])
    assert (ahead.relation, [entry.id for entry in ahead.first.alone]) == ("ahead", ["b3", "b4"])
    assert behind.first.alone == ahead.second.alone == []


def test_both_went_on_separately() -> None:
    result = of(told("a", "b"), told("a", "c", "d"))
    assert (result.relation, result.common) == ("separate", 2)
    assert [len(side.alone) for side in (result.first, result.second)] == [2, 4]


def test_there_may_be_nothing_in_common() -> None:
    result = of(told("a"), told("b"))
    assert (result.relation, result.common, result.last) == ("unrelated", 0, None)


@pytest.mark.parametrize(
    ("one", "other", "relation"), [((), (), "same"), ((), ("a",), "behind"), (("a",), (), "ahead")]
)
def test_a_session_without_entries_is_where_any_other_begins(
    one: tuple[str, ...], other: tuple[str, ...], relation: str
) -> None:
    assert of(told(*one), told(*other)).relation == relation


def test_a_copy_with_other_ids_is_the_same() -> None:
    tale = told("a", "b")
    tale.add("label", targetId="a2", label="x")
    tale.add("compaction", summary="s", firstKeptEntryId="b3", tokensBefore=9)
    tale.turn("c", "d")
    copy = re.sub(rb'"([abc]\d+)"', rb'"copy-\1"', tale.data)
    assert of(tale, copy).relation == "same"


def test_a_label_of_another_entry_is_not_the_same() -> None:
    one, other = told("a", "b"), told("a", "b")
    one.add("label", targetId="a2", label="x")
    other.add("label", targetId="b3", label="x")
    result = of(one, other)
    assert (result.relation, result.common, len(result.changed)) == ("changed", 5, 1)


def test_an_entry_that_says_something_else_in_a_copy_is_told() -> None:
    tale = told("my secret", "b")
    result = of(tale, tale.data.replace(b'"my secret"', b'"[redacted]"'))
    assert (result.relation, result.common) == ("changed", 4)
    assert [(pair.first.id, pair.second.id) for pair in result.changed] == [("m1", "m1")]


def test_a_label_and_a_name_do_not_make_a_session_go_on() -> None:
    one, other = told("a"), told("a", "b")
    one.add("label", targetId="a2", label="x")
    one.add("session_info", name="y")
    result = of(one, other)
    assert (result.relation, len(result.first.alone), len(result.second.alone)) == ("behind", 2, 2)
    assert of(one, told("a")).relation == "changed"


def test_entries_on_other_branches_count_as_a_difference() -> None:
    one, other = told("a"), told("a")
    one.turn("aside", "x")
    for tale in (one, other):
        tale.back_to("a2")
        tale.now = 0
        tale.prefix = "m"
        tale.turn("main", "y")
    result = of(one, other)
    assert (result.first.elsewhere, result.second.elsewhere) == (2, 0)
    assert (result.relation, result.first.alone) == ("changed", [])


def test_two_branches_of_one_session() -> None:
    tale = told("a", "b")
    tale.back_to("a2")
    tale.prefix = "c"
    tale.turn("c", "d")
    session = Session.parse(tale.data)
    result = compare(session, session, first_entry="b4")
    assert (result.relation, result.common) == ("separate", 2)
    assert [entry.id for entry in result.first.alone] == ["b3", "b4"]
    assert [entry.id for entry in result.second.alone] == ["c5", "c6"]
    assert compare(session, session, first_entry="a1", second_entry="b4").relation == "behind"
    with pytest.raises(SessionFileError, match="nowhere"):
        compare(session, session, second_entry="nowhere")


def test_whatever_is_in_the_files_is_compared() -> None:
    odd = b'{}\n123\nnull\n{"type":"message","id":5,"message":7}\n{"type":"label","targetId":[]}\n{"torn'
    deep = b'{"type":"custom","id":"d","data":' + b"[" * 900 + b"]" * 900 + b"}\n"
    tale = told("a")
    assert of(tale.data + odd, tale.data + odd).relation == "same"
    assert of(tale.data + deep + tale.data[:-1], tale.data).relation in ("ahead", "changed", "separate", "unrelated")
    assert of(b"garbage\n", tale).relation == "behind"


def test_a_file_of_an_old_version_is_compared_with_what_pi_makes_of_it() -> None:
    lines: list[dict[str, Any]] = [
        {"type": "session", "id": "old", "timestamp": "2025-01-01T00:00:00.000Z", "cwd": "/work"},
        {"type": "message", "timestamp": "2025-01-01T00:00:00.000Z", "message": {"role": "user", "content": "hello"}},
        {"type": "message", "timestamp": "2025-01-01T00:00:01.000Z", "message": {"role": "user", "content": "again"}},
    ]
    new = [
        lines[0] | {"version": 3},
        lines[1] | {"id": "n1", "parentId": None},
        lines[2] | {"id": "n2", "parentId": "n1"},
    ]
    one, other = ("".join(json.dumps(line) + "\n" for line in rows).encode() for rows in (lines, new))
    assert of(one, other).relation == "same"
