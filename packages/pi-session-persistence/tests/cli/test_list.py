from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from persistence_support import fill, small_disk
from session_stage import BEGIN_MS, DAY_MS, Tale

from pi_session_persistence import PersistenceError

if TYPE_CHECKING:
    from pathlib import Path

    from catalogue_support import Shelf


def three(shelf: Shelf) -> None:
    one = Tale("0199aaaa-1", cwd=str(shelf.home / "app"), at=BEGIN_MS)
    one.turn("first pear", "yes", calls={"bash": {"command": "ls"}}, cost=0.1, tokens=600)
    one.tool("no such file", error=True)
    two = Tale("0199aaaa-2", cwd=str(shelf.home / "api"), at=BEGIN_MS + DAY_MS)
    two.turn("second", "no", provider="anthropic", model="claude-sonnet", cost=2)
    two.back_to("e1")
    two.user("another pear")
    three = Tale("0199bbbb-3", cwd="/srv", at=BEGIN_MS + 2 * DAY_MS)
    three.turn("third", "maybe")
    three.add("session_info", name="The third one")
    for tale in (one, two, three):
        shelf.add(tale)


def test_the_newest_comes_first_with_an_id_that_tells_it_apart(shelf: Shelf) -> None:
    three(shelf)
    head, *rows = (" ".join(line.split()) for line in shelf.out("list").splitlines())
    assert head == "session last folder prompts tokens cost about"
    assert rows[0] == "0199bbbb 2026-03-03 /srv 1 200 $0.01 The third one"
    assert rows[1] == "0199aaaa-2 2026-03-02 ~/api 2 200 $2.00 2 branches second"
    assert rows[2] == "0199aaaa-1 2026-03-01 ~/app 1 1.2 k $0.10 first pear"


def test_a_narrow_terminal_gets_what_fits(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    three(shelf)
    monkeypatch.setenv("COLUMNS", "60")
    lines = shelf.out("list").splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[0].split() == ["session", "last", "folder", "cost", "about"]


def test_a_pipe_gets_all_columns(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS")
    tale = Tale("0199dddd")
    tale.user("a prompt that is " + "long " * 12 + "but not too long")
    shelf.add(tale)
    assert "but not too long" in shelf.out("list")


def test_programs_get_a_line_for_each(shelf: Shelf) -> None:
    three(shelf)
    last = shelf.lines("list")[-1]
    assert last["file"] == str(shelf.sessions / "0199aaaa-1.jsonl")
    picked = {name: last[name] for name in ("session_id", "external_id", "created", "cost", "failures", "version")}
    assert picked == {
        "session_id": "0199aaaa-1",
        "external_id": None,
        "created": "2026-03-01T10:00:00.000Z",
        "cost": 0.1,
        "failures": 1,
        "version": 3,
    }


def test_an_external_id_stands_for_its_session(shelf: Shelf) -> None:
    file = shelf.registry.claim("TASK 7").pi_file
    tale = Tale("0199cccc")
    tale.user("hi")
    tale.write(file)
    assert shelf.out("list").splitlines()[1].startswith("TASK 7 ")
    assert shelf.lines("list")[0]["external_id"] == "TASK 7"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--cwd app", "1"),
        ("--cwd .", "2 1"),
        ("--model SONNET", "2"),
        ("--provider scripted", "3 1"),
        ("--tool bash", "1"),
        ("--since 2026-03-02", "3 2"),
        ("--since 2026-03-02T10:00:00Z", "3 2"),
        ("--until 2026-03-02", "2 1"),
        ("--since 2026-03-02 --until 2026-03-02", "2"),
        ("--since 1w", ""),
        ("--min-cost 1", "2"),
        ("--max-cost 1", "3 1"),
        ("--branches", "2"),
        ("--no-branches", "3 1"),
        ("--errors", "1"),
        ("--no-errors --no-damage", "3 2"),
        ("--damage", ""),
        ("--text pear", "2 1"),
        ("--text !?", ""),
        ("--limit 2", "3 2"),
    ],
)
def test_options_choose(shelf: Shelf, options: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    three(shelf)
    assert [row["session_id"][-1] for row in shelf.lines("list", *options.split())] == expected.split()


def test_a_day_is_one_where_the_user_is(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    three(shelf)  # the second one ends at 10:03 in UTC
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")  # fourteen hours ahead
    time.tzset()
    try:
        found = shelf.lines("list", "--since", "2026-03-03")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert [row["session_id"][-1] for row in found] == ["3", "2"]


def test_what_is_no_time_is_told(shelf: Shelf) -> None:
    code, _, err = shelf.run("list", "--since", "yesterday")
    assert (code, "how long ago (30m, 12h, 7d, 2w)" in " ".join(err.replace("│", "").split())) == (2, True)


def test_how_many_more_there_are_is_told(shelf: Shelf) -> None:
    three(shelf)
    assert shelf.run("list", "--limit", "1")[2] == "pi-session: 2 more; --limit says how many to show\n"
    assert shelf.run("list", "--cwd", "/nowhere") == (0, "", "pi-session: no such sessions\n")


def test_today_is_told_by_the_clock(shelf: Shelf) -> None:
    tale = Tale("0199dddd", at=int(time.time() * 1000) - 60_000)
    tale.user("now")
    shelf.add(tale)
    now = datetime.fromtimestamp(tale.now / 1000, UTC).astimezone()
    assert f" {now:%H:%M} " in shelf.out("list")


EVIL = "\x1b[2J\x07\x9b31m\u202e\r\nx HALF"


def evil(shelf: Shelf) -> None:
    tale = Tale(f"id{EVIL}", cwd=f"/w{EVIL}")
    tale.turn(f"pear {EVIL}", EVIL, model=EVIL, provider=EVIL, calls={EVIL: {"a": EVIL}})
    tale.tool(f"{EVIL} pear", EVIL, error=True)
    tale.add("session_info", name=f"name {EVIL}")
    tale.data = tale.data.replace(b"HALF", b"\\ud83d")
    tale.session_id = "\udcff\x1b[31m"
    shelf.add(tale)


@pytest.mark.parametrize(
    "words", [("list",), ("search", "pear"), ("stats",), ("verify",), ("list", "--json"), ("search", "pear", "--json")]
)
def test_nothing_in_a_session_reaches_the_terminal_as_it_is(shelf: Shelf, words: tuple[str, ...]) -> None:
    evil(shelf)
    shelf.out("list", "--json")
    with (shelf.sessions / "\udcff\x1b[31m.jsonl").open("r+b") as file:
        file.write(b" ")
    with shelf.start(*words) as process:
        out, err = process.communicate(timeout=50)
    assert process.returncode in (0, 1), err
    assert "pear" in out or "x1b" in out
    assert all(char == "\n" or char.isprintable() for char in out + err)


def test_a_catalogue_that_is_damaged_is_made_anew_at_once(shelf: Shelf) -> None:
    three(shelf)
    shelf.run("list")
    data = bytearray(shelf.catalogue.read_bytes())
    data[4096:] = b"\xab" * (len(data) - 4096)
    shelf.catalogue.write_bytes(data)
    assert len(shelf.lines("list")) == 3


def test_a_catalogue_that_was_removed_is_made_anew(shelf: Shelf) -> None:
    three(shelf)
    shelf.run("list")
    shelf.catalogue.unlink()
    assert len(shelf.lines("list")) == 3


def test_a_cache_that_cannot_be_written_is_told(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PI_SESSION_CACHE", "/proc/nowhere")
    with pytest.raises(PersistenceError, match="PI_SESSION_CACHE names another folder"):
        shelf.run("list")


def test_a_full_disk_is_told_and_does_not_last(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tale = Tale("0199eeee")
    for number in range(1200):
        tale.turn(f"prompt {number} " + " ".join(f"word{number}x{other}" for other in range(100)), "answer")
    shelf.add(tale)
    with small_disk(tmp_path / "disk", "512k") as disk:
        monkeypatch.setenv("PI_SESSION_CACHE", str(disk / "cache"))
        (disk / "cache").mkdir()
        fill(disk / "ballast")
        with pytest.raises(PersistenceError, match=r"disk is full|unable to open|No space left"):
            shelf.run("list")
        (disk / "ballast").unlink()
        with pytest.raises(PersistenceError, match="full; see that it can be written and the disk is not full"):
            shelf.run("list")
    monkeypatch.setenv("PI_SESSION_CACHE", str(tmp_path / "cache"))
    assert len(shelf.lines("list")) == 1


def test_files_that_cannot_be_read_or_were_rewritten_are_told(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    three(shelf)
    shelf.run("list")
    file = shelf.sessions / "0199aaaa-1.jsonl"
    file.write_bytes(file.read_bytes().replace(b"first pear", b"other pear") + b"\n")
    shelf.rest(file)
    said = shelf.run("list")[2]
    assert said == f"pi-session: {str(file)!r} no longer begins with what was there at the last look\n"
    assert shelf.run("list")[2] == ""

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    shelf.add(Tale("0199ffff"))
    monkeypatch.setattr("pi_session_persistence.catalogue._indexing.ends", refused)
    code, out, said = shelf.run("list")
    assert (code, len(out.splitlines())) == (0, 4)
    assert said == f"pi-session: {str(shelf.sessions / '0199ffff.jsonl')!r} can't be read\n"


def test_a_progress_bar_is_drawn_where_somebody_waits(shelf: Shelf) -> None:
    for number in range(450):
        tale = Tale(f"s-{number:03}")
        tale.turn("pear", "yes")
        shelf.add(tale)
    # A terminal for stderr alone: the output goes where a program reads it.
    main, side = os.openpty()
    words = [sys.executable, "-c", "from pi_session_persistence.cli import main; main()", "list", "--json"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=side) as process:
        os.close(side)
        seen = b""
        with suppress(OSError):  # that is how a terminal tells that nobody has it any more
            while part := os.read(main, 65536):
                seen += part
    os.close(main)
    assert (process.returncode, b"reading sessions" in seen) == (0, True)


@pytest.mark.parametrize("words", [("--model", "\udcff"), ("--cwd", "nu\udcff"), ("--limit", "9" * 20)])
def test_what_cannot_be_looked_up_is_told_and_the_catalogue_stays(shelf: Shelf, words: tuple[str, str]) -> None:
    three(shelf)
    shelf.out("list")
    before = shelf.catalogue.stat().st_ino
    with pytest.raises(PersistenceError, match=r"this can't be looked up: .*; ask for something else"):
        shelf.run("list", *words)
    assert shelf.catalogue.stat().st_ino == before
