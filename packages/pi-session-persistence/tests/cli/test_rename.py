from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from session_stage import Tale

from pi_host.sessionfile import Session
from pi_session_persistence import BusyError, PersistenceError, lock

if TYPE_CHECKING:
    from pathlib import Path

    from catalogue_support import Shelf


@pytest.fixture
def file(shelf: Shelf) -> Path:
    """A session at rest."""
    tale = Tale("0199aaaa")
    tale.turn("hi", "hello")
    return shelf.add(tale)


def test_a_name_is_added_at_the_leaf(shelf: Shelf, file: Path) -> None:
    before = file.read_bytes()
    assert shelf.run("rename", "0199", "The\n  pear") == (0, "", "")
    assert file.read_bytes().startswith(before)
    entry = json.loads(file.read_bytes()[len(before) :])
    assert (entry["type"], entry["parentId"], entry["name"]) == ("session_info", "e2", "The pear")
    assert shelf.lines("list")[0]["name"] == "The pear"
    assert not file.with_name("0199aaaa.jsonl.lock").exists()


def test_an_empty_name_takes_it_away(shelf: Shelf, file: Path) -> None:
    shelf.out("rename", str(file), "x")
    shelf.out("rename", str(file), "", "--force")
    assert shelf.lines("list")[0]["name"] is None


def test_the_registry_learns_the_name(shelf: Shelf, file: Path) -> None:
    shelf.registry.claim("TASK-7", file=file)
    shelf.out("rename", "TASK-7", "The pear")
    record = shelf.registry.get("TASK-7")
    assert record is not None
    assert record.name == "The pear"


def test_a_session_that_somebody_has_is_left_alone(shelf: Shelf, file: Path) -> None:
    before = file.read_bytes()
    with lock(file, what="pi", shared=True), pytest.raises(BusyError, match=r"is in use by pi \(process"):
        shelf.run("rename", str(file), "x")
    shelf.rest(file, age_s=3)
    words = "another process; it was written to 3 s ago; end pi and wait until 10 s have passed, or force it"
    with pytest.raises(BusyError, match=words):
        shelf.run("rename", str(file), "x")
    assert file.read_bytes() == before


@pytest.mark.parametrize("more", [b'{"torn', b"{}\n"])
def test_a_damaged_session_is_left_alone(shelf: Shelf, file: Path, more: bytes) -> None:
    file.write_bytes(file.read_bytes() + more)
    shelf.rest(file)
    with pytest.raises(PersistenceError, match="`pi-session fsck --repair` mends it"):
        shelf.run("rename", str(file), "x")
    assert file.read_bytes().endswith(more)


def test_an_old_session_is_left_alone(shelf: Shelf) -> None:
    file = shelf.sessions / "old.jsonl"
    file.write_text('{"type":"session","id":"v1","timestamp":"2026-03-01T10:00:00.000Z","cwd":"/"}\n')
    shelf.rest(file)
    with pytest.raises(PersistenceError, match="mends old and damaged files"):
        shelf.run("rename", str(file), "x")


def test_what_cannot_be_seen_is_no_name(shelf: Shelf, file: Path) -> None:
    with pytest.raises(PersistenceError, match="use visible characters"):
        shelf.run("rename", str(file), "\x1b[2J")
    assert Session.read(file).name is None
