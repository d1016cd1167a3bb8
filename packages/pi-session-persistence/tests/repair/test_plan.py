from __future__ import annotations

from typing import Any

import pytest
from persistence_support import CHAT, HEADER, Row, chat, joined, message

from pi_host.sessionfile import Session
from pi_session_persistence.repair import Plan, plan, with_member

ROWS: list[Row] = [HEADER, *chat(3)]
ALL = ["q1", "a1", "q2", "a2", "q3", "a3"]


def said(made: Plan) -> list[str]:
    """What pi would put before the model."""
    assert made.content is not None
    return [text(message) for message in Session.parse(made.content).context().messages]


def text(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


def without(row: Row, key: str) -> Row:
    assert isinstance(row, dict)
    return {name: value for name, value in row.items() if name != key}


def changed(row: Row, **members: Any) -> Row:
    assert isinstance(row, dict)
    return row | members


def torn(identity: str, parent: str) -> bytes:
    return b'{"type":"message","id":"%b","parentId":"%b","timestamp":"2026","message":{"role":"us' % (
        identity.encode(),
        parent.encode(),
    )


#: What is in the file, and what the model must see after the repair.
REPAIRS: dict[str, tuple[bytes, list[str]]] = {
    "no LF at the end": (CHAT[:-1], ALL),
    "a torn tail": (CHAT + torn("x", "a3"), ALL),
    "NULs at the end": (CHAT + b"\0" * 50, ALL),
    "NULs behind a whole entry": (CHAT[:-1] + b"\0" * 50, ALL),
    "an entry glued to a torn one": (
        CHAT + torn("x", "a3") + joined([message("q4", "a3", "user", "q4")]),
        [*ALL, "q4"],
    ),
    "two entries in one line": (joined(ROWS[:-2]) + joined(ROWS[-2:-1])[:-1] + joined(ROWS[-1:]), ALL),
    "garbage between entries": (joined([*ROWS[:3], b"garbage", *ROWS[3:]]), ALL),
    "garbage in place of an entry": (joined([*ROWS[:3], b"garbage", *ROWS[4:]]), ["q1", "a1", "a2", "q3", "a3"]),
    "garbage in place of several": (joined([*ROWS[:2], b"garbage", b"more", *ROWS[4:]]), ["q1", "a2", "q3", "a3"]),
    "a number at the end": (joined([*ROWS, b"123"]), ALL),
    "a list at the end": (joined([*ROWS, b"[]"]), ALL),
    "an empty object at the end": (joined([*ROWS, b"{}"]), ALL),
    "null in the middle": (joined([*ROWS[:3], b"null", *ROWS[3:]]), ALL),
    "an orphan at the end": (joined([*ROWS, message("q4", "gone", "user", "q4")]), [*ALL, "q4"]),
    "its own parent": (joined([*ROWS[:-1], changed(ROWS[-1], parentId="a3")]), ALL),
    "a cycle": (joined([HEADER, changed(ROWS[1], parentId="q2"), *ROWS[2:]]), ALL),
    "no header": (joined(ROWS[1:]), ALL),
    "a header at the end": (joined([*ROWS[1:], HEADER]), ALL),
    "a header whose id is a number": (joined([HEADER | {"id": 5}, *ROWS[1:]]), ALL),
    "a torn header": (joined([b'{"type":"session","version":3,"id":"sid","cwd":"/tm', *ROWS[1:]]), ALL),
    "a byte order mark": (b"\xef\xbb\xbf" + CHAT, ALL),
    "an entry without an id": (
        joined([*ROWS[:3], without(ROWS[3], "id"), without(ROWS[4], "parentId"), *ROWS[5:]]),
        ALL,
    ),
    "an entry without a parent": (joined([*ROWS[:3], without(ROWS[3], "parentId"), *ROWS[4:]]), ALL),
    "a message without a message": (
        joined([*ROWS[:3], without(ROWS[3], "message"), *ROWS[4:]]),
        [ALL[0], *ALL[1:2], *ALL[3:]],
    ),
    "version 1": (
        joined([without(HEADER, "version"), *(without(without(row, "id"), "parentId") for row in ROWS[1:])]),
        ALL,
    ),
    "version 1 with a torn tail": (
        joined([without(HEADER, "version"), *(without(without(row, "id"), "parentId") for row in ROWS[1:])])
        + b'{"type":"message","timest',
        ALL,
    ),
    "version 1 without a header": (joined(without(without(row, "id"), "parentId") for row in ROWS[1:]), ALL),
}


@pytest.mark.parametrize("name", REPAIRS)
def test_the_model_sees_all_that_can_be_read(name: str) -> None:
    data, expected = REPAIRS[name]
    made = plan(data)
    assert said(made) == expected
    assert made.actions


@pytest.mark.parametrize("name", REPAIRS)
def test_a_repaired_file_needs_no_repair(name: str) -> None:
    made = plan(REPAIRS[name][0])
    assert made.content is not None
    assert plan(made.content).actions == []


def test_what_is_whole_stays_as_it_is() -> None:
    assert plan(CHAT) == Plan(CHAT, [], [])
    assert plan(b"") == Plan(b"", [], [])
    assert plan(CHAT.replace(b"\n", b"\r\n")).actions == []


FOREIGN = [
    b"Dear diary\n",
    b"\n\n",
    b"\0" * 500,
    b"{}\n",
    b"123\n",
    b'{"name": "some-package", "type": "module"}\n',
    b'{"type":"user","timestamp":"2026-01-01T00:00:00.000Z","message":{"role":"user","content":"hi"}}\n',
    b"\x89PNG\r\n\x1a\n",
]


@pytest.mark.parametrize("data", FOREIGN)
def test_what_is_no_session_is_left_alone(data: bytes) -> None:
    assert plan(data) == Plan(None, [], [])


def test_lines_that_can_be_read_stay_byte_for_byte() -> None:
    odd = (
        b'{"unknown": 1e3, "type":"message","id":"q1" ,"parentId":null,"timestamp":"","message":{"role":"\\u0075ser"}}'
    )
    made = plan(joined([HEADER, odd, b"garbage"]))
    assert made.content == joined([HEADER, odd])


def test_a_changed_line_keeps_the_bytes_of_all_other_members() -> None:
    raw = b'{"n":1e3,"s":"\\u00e9","parentId":"gone","o":{"a" : [1.0, 2]},"big":123456789012345678901234567890}'
    assert with_member(raw, "parentId", "x") == raw.replace(b"gone", b"x")


def test_branches_that_hung_from_a_lost_entry_stay_apart() -> None:
    # q2 is lost; of it hung a2, and later somebody went back to it and said a2b.
    rows = [*ROWS[:3], b"garbage", ROWS[4], ROWS[5], message("a2b", "q2", "assistant", "a2b")]
    made = plan(joined(rows))
    assert said(made) == ["q1", "a1", "a2b"]
    assert made.content is not None
    session = Session.parse(made.content)
    assert [entry.id for entry in session.children("a1")] == ["a2", "a2b"]


def test_what_a_torn_line_tells_of_its_parent_is_believed() -> None:
    # Somebody went back to q1, said q2 there, and that line was damaged.
    rows = [*ROWS, torn("q2b", "a1"), message("a2b", "q2b", "assistant", "a2b")]
    assert said(plan(joined(rows))) == ["q1", "a1", "a2b"]


def test_a_compaction_keeps_from_what_came_after_the_lost_entry() -> None:
    at = {"timestamp": "2026", "summary": "so far", "tokensBefore": 1}
    compaction = {"type": "compaction", "id": "c", "parentId": "a3", "firstKeptEntryId": "q2", **at}
    made = plan(joined([*ROWS[:3], b"garbage", *ROWS[4:], compaction]))
    assert said(made)[1:] == ["a2", "q3", "a3"]


def test_a_compaction_that_kept_from_nowhere_keeps_nothing() -> None:
    at = {"timestamp": "2026", "summary": "so far", "tokensBefore": 1}
    compaction = {"type": "compaction", "id": "c", "parentId": "a3", "firstKeptEntryId": "gone", **at}
    made = plan(joined([*ROWS, compaction]))
    assert len(said(made)) == 1
    assert made.content is not None
    assert plan(made.content).actions == []


def test_a_file_that_only_pi_can_read_whole_is_not_hung_anew() -> None:
    deep = b'{"type":"custom","id":"deep","parentId":"a3","timestamp":"","data":%b%b}' % (b"[" * 99_999, b"]" * 99_999)
    data = joined([*ROWS, deep, message("q4", "deep", "user", "q4")])
    assert plan(data) == Plan(data, [], [])


def test_the_account_names_each_line_of_the_original() -> None:
    data = joined([*ROWS[:3], b"garbage", *ROWS[4:]])
    made = plan(data)
    assert [(action.code, action.line) for action in made.actions] == [("garbage", 4), ("orphan", 5)]
    first, second = made.salvaged
    assert data[first.offset : first.offset + first.length] == b"garbage\n"
    assert data[second.offset : second.offset + second.length] == joined([ROWS[4]])
    assert (first.at, second.at) == (0, first.length)


def test_a_new_header_has_the_folder_that_is_known() -> None:
    made = plan(joined(ROWS[1:]), cwd="/home/me")
    assert made.content is not None
    header = Session.parse(made.content).header
    assert header is not None
    assert (header.version, header.cwd) == (3, "/home/me")
