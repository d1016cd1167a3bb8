from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_session_persistence import PersistenceError
from pi_session_persistence.catalogue import PINNED, Tags

if TYPE_CHECKING:
    from pathlib import Path

    from catalogue_support import Shelf


@pytest.fixture
def file(shelf: Shelf) -> Path:
    """A session."""
    return shelf.add(Tale("0199aaaa"))


def test_tags_are_given_and_taken_away(shelf: Shelf, file: Path) -> None:
    before = file.read_bytes()
    assert shelf.out("tag", "0199", "+pinned", "+help", "+json") == "help json pinned\n"
    assert shelf.out("tag", "0199", "-help", "-json", "-h", "+b") == "b pinned\n"
    assert shelf.out("tag", "0199") == "b pinned\n"
    assert json.loads(shelf.out("tag", "0199", "--json")) == {"session_id": "0199aaaa", "tags": ["b", "pinned"]}
    assert file.read_bytes() == before
    assert Tags().sessions([PINNED]) == {"0199aaaa"}


def test_a_list_shows_tags_and_chooses_by_them(shelf: Shelf, file: Path) -> None:
    shelf.add(Tale("0199bbbb"))
    shelf.out("tag", str(file), "+a", "+b")
    assert "#a #b 0199aaaa.jsonl" in shelf.out("list")
    assert [row["tags"] for row in shelf.lines("list", "--tag", "a", "--tag", "b")] == [["a", "b"]]
    assert shelf.lines("list", "--tag", "a", "--tag", "c") == []


def test_a_session_without_tags_has_none(shelf: Shelf, file: Path) -> None:
    assert shelf.out("tag", str(file)) == "no tags\n"


def test_what_is_no_tag_is_refused(shelf: Shelf, file: Path) -> None:
    code, _, err = shelf.run("tag", str(file), "pinned")
    assert (code, "write +pinned to give" in err) == (2, True)
    with pytest.raises(PersistenceError, match="is no tag"):
        shelf.run("tag", str(file), "+\x1b[2J")


def test_tags_need_an_id(shelf: Shelf) -> None:
    file = shelf.sessions / "empty.jsonl"
    file.write_bytes(b"\n")
    with pytest.raises(PersistenceError, match="has no header"):
        shelf.run("tag", str(file), "+a")


def test_half_a_character_in_an_id_is_no_error(shelf: Shelf) -> None:
    tale = Tale("HALF")
    tale.data = tale.data.replace(b"HALF", b"x\\ud83d")
    shelf.add(tale)
    shelf.out("tag", str(shelf.sessions / "HALF.jsonl"), "+a")
    assert [row["session_id"] for row in shelf.lines("list", "--tag", "a")] == ["x?"]
