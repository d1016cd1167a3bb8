from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sessionfile_support import HEADER, entry, rendered, user

from pi_host.sessionfile import Session, SessionFileError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pi_host.sessionfile import Entry

TREE = rendered(
    HEADER,
    user("a", None, "root"),
    user("b", "a", "left"),
    user("c", "b", "left again"),
    user("d", "a", "right"),
    entry("e", "d", "label", targetId="b", label="one"),
    entry("f", "e", "label", targetId="a", label="two"),
    entry("g", "f", "label", targetId="a"),
    entry("h", "g", "session_info", name=" a name\n"),
)


@pytest.fixture
def session() -> Session:
    return Session.parse(TREE)


def ids(entries: Iterable[Entry]) -> str:
    return "".join(entry.id or "-" for entry in entries)


def test_the_leaf_is_the_last_entry(session: Session) -> None:
    assert session.leaf is session.get("h")


def test_the_path_leads_from_the_root_to_the_leaf(session: Session) -> None:
    assert ids(session.path()) == "adefgh"


def test_the_path_to_any_entry(session: Session) -> None:
    assert ids(session.path("c")) == "abc"
    assert ids(session.path(session.entries[2])) == "abc"


def test_children_roots_and_tips(session: Session) -> None:
    assert ids(session.children("a")) == "bd"
    assert ids(session.children(session.entries[2])) == ""
    assert ids(session.roots) == "a"
    assert ids(session.tips) == "ch"


def test_an_ancestor_is_on_the_path(session: Session) -> None:
    assert session.is_ancestor("a", "c")
    assert session.is_ancestor("c", "c")
    assert not session.is_ancestor("d", "c")


def test_the_last_label_of_an_entry_counts(session: Session) -> None:
    assert session.labels == {"b": "one"}


def test_the_name_is_trimmed(session: Session) -> None:
    assert session.name == "a name"


def test_an_empty_name_is_none(session: Session) -> None:
    session.add(Session.parse(rendered(HEADER, entry("i", "h", "session_info", name=""))).entries)

    assert session.name is None


def test_what_is_added_moves_the_leaf(session: Session) -> None:
    assert ids(session.children("c")) == ""
    session.add(Session.parse(rendered(HEADER, user("i", "c", "on"))).entries)

    assert ids(session.path()) == "abci"
    assert ids(session.children("c")) == "i"


def test_an_unknown_id_is_refused(session: Session) -> None:
    with pytest.raises(SessionFileError, match="no entry has the id 'nowhere'"):
        session.path("nowhere")


def test_an_empty_file_has_neither_leaf_nor_context() -> None:
    session = Session.parse(b"")

    assert (session.leaf, session.path(), session.context().messages) == (None, [], [])


@pytest.mark.parametrize(
    ("lines", "path", "codes"),
    [
        ([user("a", "b", "x"), user("b", "a", "y")], "ab", {"cycle"}),
        ([user("a", "a", "x")], "a", {"self-parent"}),
        ([user("z", None, "w"), user("a", "c", "x"), user("b", "a", "y"), user("c", "b", "z")], "abc", {"cycle"}),
        ([user("a", "gone", "x"), user("b", "a", "y")], "ab", {"orphan"}),
        ([user("a", None, "x"), user("a", None, "y"), user("b", "a", "z")], "ab", {"duplicate-id"}),
        ([user("b", "a", "later parent"), user("a", None, "x"), user("c", "b", "z")], "abc", set()),
        ([user("a", None, "x"), entry("b", "a", "label", targetId="gone")], "ab", {"bad-reference"}),
        ([user("a", None, "x"), entry("b", "a", "compaction", firstKeptEntryId="b")], "ab", set()),
    ],
)
def test_odd_trees_have_a_path_all_the_same(lines: list[dict[str, object]], path: str, codes: set[str]) -> None:
    session = Session.parse(rendered(HEADER, *lines))

    assert ids(session.path()) == path
    assert {oddity.code for oddity in session.oddities} == codes
    assert all(oddity.line > 1 and oddity.length for oddity in session.oddities)


def test_a_cycle_is_told_once() -> None:
    lines = [user("a", "d", "1"), user("b", "a", "2"), user("c", "b", "3"), user("d", "c", "4"), user("e", "b", "5")]
    (oddity,) = Session.parse(rendered(HEADER, *lines)).oddities

    assert (oddity.code, oddity.line) == ("cycle", 2)
    assert all(repr(name) in oddity.message for name in "abcd")


def test_bodies_left_in_the_file_are_read_when_needed(tmp_path: Path, session: Session) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(TREE)
    light = Session.read(path, bodies=False)

    assert not any(entry.raw for entry in light.entries)
    assert light.load(light.entries[0]) == session.entries[0]
    assert light.context("c") == session.context("c")
    assert (light.name, light.labels, light.oddities) == (session.name, session.labels, [])


def test_an_entry_without_its_body_says_so(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(TREE)

    with pytest.raises(SessionFileError, match="'a' was read without its body"):
        _ = Session.read(path, bodies=False).entries[0].fields


def test_a_body_that_is_not_there_any_more_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(TREE)
    light = Session.read(path, bodies=False)
    path.write_bytes(TREE.replace(b'"root"', b'"longer"'))

    with pytest.raises(SessionFileError, match="has changed"):
        light.context()


def test_each_part_of_the_projection_says_where_it_comes_from() -> None:
    lines = [
        user("a", None, "x"),
        entry("b", "a", "compaction", summary="so far", firstKeptEntryId="a"),
        user("c", "b", "y"),
    ]
    projection = Session.parse(rendered(HEADER, *lines)).projection()

    assert [(part.entry.id, [message["role"] for message in part.messages]) for part in projection.parts] == [
        ("b", ["compactionSummary"]),
        ("a", ["user"]),
        ("c", ["user"]),
    ]
