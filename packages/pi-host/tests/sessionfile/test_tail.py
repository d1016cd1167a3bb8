from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sessionfile_support import HEADER, damaged, old_files, rendered, trees, user

from pi_host.sessionfile import Entry, Header, Session, Tail, scan
from pi_host.sessionfile._scan import Scanner

if TYPE_CHECKING:
    from pathlib import Path

    from pi_host.sessionfile import Item

HEAD = rendered(HEADER)
ONE, TWO, THREE = (rendered(user(name, None, "x" * 300)) for name in "abc")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.jsonl"


def add(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def ids(items: list[Item]) -> list[str | None]:
    return [item.id for item in items if isinstance(item, (Header, Entry))]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.one_of(damaged(trees()), damaged(old_files())), cuts=st.lists(st.floats(0, 1)))
def test_however_the_bytes_arrive_it_finds_what_a_scan_finds(tmp_path: Path, data: bytes, cuts: list[float]) -> None:
    path = tmp_path / "growing.jsonl"
    path.write_bytes(b"")
    tail = Tail(path)
    places = sorted(int(cut * len(data)) for cut in cuts)
    found: list[Item] = []
    for start, end in zip([0, *places], [*places, len(data)], strict=True):
        add(path, data[start:end])
        news = tail.poll()
        assert not news.restarted
        found += news.items

    complete = data[: data.rfind(b"\n") + 1]
    at_the_end = list(Scanner().finish()) if not complete else [item for item in scan(complete) if _at_the_end(item)]
    assert found + at_the_end == list(scan(complete))
    assert tail.offset == len(complete)
    path.unlink()


def _at_the_end(item: Item) -> bool:
    return getattr(item, "code", "") in ("empty", "no-header")


def test_a_session_that_follows_is_the_one_read_anew(path: Path) -> None:
    tail, session = Tail(path), Session()
    for part in (HEAD + ONE, TWO, THREE):
        add(path, part)
        session.add(tail.poll().items)

    assert session.header == Session.read(path).header
    assert session.entries == Session.read(path).entries


def test_a_line_without_lf_is_waited_for(path: Path) -> None:
    path.write_bytes(HEAD + ONE[:-1])
    tail = Tail(path)

    assert ids(tail.poll().items) == ["s-1"]
    assert ids(tail.poll().items) == []
    add(path, b"\n" + TWO)
    assert ids(tail.poll().items) == ["a", "b"]


def test_nothing_new_is_told_without_reading(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_bytes(HEAD)
    tail = Tail(path)
    tail.poll()
    monkeypatch.setattr(type(path), "open", _refuse)

    assert tail.poll() == ([], False)


def _refuse(*_: Any) -> None:
    pytest.fail("the file was opened")


def test_a_file_that_is_not_there_yet(path: Path) -> None:
    tail = Tail(path)

    assert tail.poll() == ([], False)
    path.write_bytes(HEAD)
    assert ids(tail.poll().items) == ["s-1"]


def test_line_numbers_and_offsets_go_on(path: Path) -> None:
    path.write_bytes(HEAD + ONE)
    tail = Tail(path)
    tail.poll()
    add(path, TWO)
    (entry,) = tail.poll().items

    assert (entry.line, entry.offset) == (3, len(HEAD + ONE))


def shortened(path: Path) -> None:
    path.write_bytes(HEAD + TWO)


def replaced(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(HEAD + ONE + THREE + TWO)
    other.rename(path)


def rewritten(path: Path) -> None:
    inode = path.stat().st_ino
    path.write_bytes(HEAD + TWO + ONE + THREE)
    assert path.stat().st_ino == inode


def removed_and_made_anew(path: Path) -> None:
    path.unlink()
    path.write_bytes(HEAD + TWO + ONE + THREE)


@pytest.mark.parametrize("change", [shortened, replaced, rewritten, removed_and_made_anew])
def test_another_file_is_noticed_and_read_from_its_beginning(path: Path, change: Any) -> None:
    path.write_bytes(HEAD + ONE + TWO)
    tail = Tail(path)
    tail.poll()
    change(path)

    news = tail.poll()
    assert news.restarted
    assert ids(news.items) == ids(list(scan(path)))


def test_a_file_that_goes_away_voids_what_was_read(path: Path) -> None:
    path.write_bytes(HEAD)
    tail = Tail(path)
    tail.poll()
    path.unlink()

    assert tail.poll() == ([], True)
    assert tail.poll() == ([], False)
    path.write_bytes(HEAD + ONE)
    assert (ids(tail.poll().items), tail.offset) == (["s-1", "a"], len(HEAD + ONE))


def test_a_touched_file_has_nothing_new(path: Path) -> None:
    path.write_bytes(HEAD + ONE)
    tail = Tail(path)
    tail.poll()
    os.utime(path, (1, 1))

    assert tail.poll() == ([], False)


def test_the_line_of_a_migration_in_place_is_noticed(path: Path) -> None:
    old = {key: value for key, value in HEADER.items() if key != "version"}
    path.write_bytes(rendered(old, {"type": "custom", "timestamp": "t"}))
    tail = Tail(path)
    before = tail.poll()
    path.write_bytes(rendered({**old, "version": 3}, {"type": "custom", "timestamp": "t", "id": "a", "parentId": None}))

    news = tail.poll()
    assert (len(before.items), news.restarted, ids(news.items)) == (2, True, ["s-1", "a"])
