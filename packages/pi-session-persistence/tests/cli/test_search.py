from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from session_stage import BEGIN_MS, DAY_MS, Tale

from pi_session_persistence.catalogue import KINDS
from pi_session_persistence.cli._filters import Role

if TYPE_CHECKING:
    from catalogue_support import Shelf


@pytest.fixture
def told(shelf: Shelf) -> Shelf:
    """Two sessions about pears."""
    one = Tale("0199aaaa", cwd=str(shelf.home / "app"))
    one.turn("where is the pear tree", "in the garden", calls={"bash": {"command": "ls"}})
    one.tool("pear.txt", error=True)
    one.back_to("e1")
    one.user("another way")
    two = Tale("0199bbbb", cwd="/srv", at=BEGIN_MS + DAY_MS)
    two.user("no pears here, only a pear")
    for tale in (one, two):
        shelf.add(tale)
    return shelf


def test_a_hit_tells_where_it_is_and_shows_the_words(told: Shelf) -> None:
    lines = told.out("search", "garden").splitlines()
    assert lines == [
        "0199aaaa  e2  assistant  other branch  2026-03-01  ~/app  where is the pear tree",
        "  in the garden bash ls",
    ]


def test_words_are_highlighted_on_a_terminal(told: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "in the \x1b[1;33mgarden\x1b[0m bash ls" in told.out("search", "garden")


def test_programs_get_all_of_it(told: Shelf) -> None:
    found = json.loads(told.out("search", "garden", "--json"))
    assert (found["total"], found["more"]) == (1, False)
    assert found["hits"] == [
        {
            "session_id": "0199aaaa",
            "external_id": None,
            "file": str(told.sessions / "0199aaaa.jsonl"),
            "name": None,
            "cwd": str(told.home / "app"),
            "entry": "e2",
            "line": 3,
            "role": "assistant",
            "tool": None,
            "at": "2026-03-01T10:02:00.000Z",
            "current": False,
            "excerpt": "in the garden bash ls",
            "marks": [[7, 13]],
        }
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("pear",), {"e1", "e3", "f"}),
        (("pear", "--role", "user"), {"e1", "f"}),
        (("pear", "--role", "user", "--role", "tool"), {"e1", "e3", "f"}),
        (("pear", "--tool", "bash"), {"e3"}),
        (("pear", "--errors"), {"e3"}),
        (("pear", "--no-errors"), {"e1", "f"}),
        (("pear", "--current"), {"e1", "f"}),
        (("pear", "--since", "2026-03-02"), {"f"}),
        (("pear", "--cwd", "app"), {"e1", "e3"}),
        (("pear", "--branches"), {"e1", "e3"}),
        (("pear", "--text", "garden"), {"e1", "e3"}),
        (("pear -pears",), {"e1", "e3"}),
    ],
)
def test_options_choose(told: Shelf, words: tuple[str, ...], expected: set[str]) -> None:
    hits = json.loads(told.out("search", *words, "--json"))["hits"]
    assert {"f" if hit["session_id"] == "0199bbbb" else hit["entry"] for hit in hits} == expected


def test_how_many_more_there_are_is_told(told: Shelf) -> None:
    assert told.run("search", "pear", "--limit", "1")[2] == "pi-session: 1 of 3 hits; --limit says how many to show\n"
    assert told.run("search", "nothing at all") == (0, "", "pi-session: nothing found\n")


def test_more_hits_than_are_counted_are_told(shelf: Shelf) -> None:
    tale = Tale("0199cccc")
    for _ in range(1100):
        tale.user("pear")
    shelf.add(tale)
    said = shelf.run("search", "pear")[2]
    assert said == "pi-session: 20 of more than 1,000 hits; say more words, or --limit to see more\n"


def test_a_file_that_changed_meanwhile_has_no_excerpt(told: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    told.out("list")
    monkeypatch.setattr("pi_session_persistence.cli._finding.refresh", lambda _: None)
    (told.sessions / "0199aaaa.jsonl").unlink()
    assert told.out("search", "garden").splitlines()[1] == "  (the file has changed)"


def test_every_kind_of_entry_can_be_asked_for() -> None:
    assert tuple(Role) == KINDS
