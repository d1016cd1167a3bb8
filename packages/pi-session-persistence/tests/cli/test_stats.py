from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from session_stage import BEGIN_MS, DAY_MS, Tale

from pi_session_persistence import PersistenceError

if TYPE_CHECKING:
    from pathlib import Path

    from catalogue_support import Shelf


@pytest.fixture
def spent(shelf: Shelf) -> Shelf:
    """Two days, two models, one session that went on over night."""
    one = Tale("one", cwd=str(shelf.home / "app"))
    one.turn("a", "b", cost=1, tokens=1000, calls={"bash": {"command": "ls"}})
    one.tool("no", error=True)
    one.now += DAY_MS
    one.turn("c", "d", cost=2, tokens=500, model="other")
    two = Tale("two", cwd="/srv", at=BEGIN_MS)
    two.turn("e", "f", cost=0.001, tokens=50)
    for tale in (one, two):
        shelf.add(tale)
    return shelf


def test_tables_tell_where_it_went(spent: Shelf) -> None:
    lines = [" ".join(line.split()) for line in spent.out("stats").splitlines()]
    assert lines[:2] == ["2 sessions, 3 prompts, 3 answers, 1 failure", "3,100 tokens (0 % from the cache), $3.00"]
    assert "scripted/other 1 1 1 k 0 % $2.00 67 %" in lines
    assert "~/app 1 2 3 k 0 % $3.00 100 %" in lines
    assert "/srv 1 1 100 0 % $0.0010 0 %" in lines
    assert "bash 1 1 1" in lines
    assert f"2026-03-01 2 2 2.1 k $1.00 {'█' * 12}" in lines
    assert f"2026-03-02 1 1 1 k $2.00 {'█' * 24}" in lines


def test_a_limit_cuts_tables(spent: Shelf) -> None:
    lines = spent.out("stats", "--limit", "1").splitlines()
    assert lines.count("and 1 more") == 3
    assert not any(line.startswith("2026-03-01") for line in lines)


def test_programs_get_all_sums(spent: Shelf) -> None:
    sums = json.loads(spent.out("stats", "--json"))
    assert (sums["sessions"], sums["total"]["cost"], sums["total"]["requests"]) == (2, pytest.approx(3.001), 3)
    assert [part["key"] for part in sums["models"]] == ["scripted/other", "scripted/scripted-1"]


@pytest.mark.parametrize(
    ("options", "cost"),
    [
        (("--since", "2026-03-02"), 2),
        (("--until", "2026-03-01"), 1.001),
        (("--cwd", "app", "--until", "2026-03-01"), 1),
        (("--model", "other"), 3),
        (("--since", "1h"), 0),
    ],
)
def test_options_choose_sessions_and_days(spent: Shelf, options: tuple[str, ...], cost: float) -> None:
    assert json.loads(spent.out("stats", *options, "--json"))["total"]["cost"] == pytest.approx(cost)


def test_a_page_is_written_for_its_owner(spent: Shelf, tmp_path: Path) -> None:
    file = tmp_path / "stats.html"
    assert spent.out("stats", "--html", str(file), "--cwd", "app", "--since", "2026-03-02") == f"{file}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "<h1>Sessions: cwd app, since 2026-03-02</h1>" in text
    assert "<dt>cost</dt><dd>$2.00</dd>" in text


def test_a_page_that_cannot_be_written_is_told(spent: Shelf) -> None:
    with pytest.raises(PersistenceError, match="choose another place"):
        spent.run("stats", "--html", "/proc/nowhere/x.html")


def test_a_session_is_not_replaced_by_a_page(spent: Shelf, tmp_path: Path) -> None:
    session = tmp_path / "mine.jsonl"
    session.write_bytes(Tale("0199cccc-1", cwd="/srv").data)
    before = session.read_bytes()
    with pytest.raises(PersistenceError, match="it is a session, and is not replaced"):
        spent.run("stats", "--html", str(session))
    assert session.read_bytes() == before


def test_nothing_spent_is_no_error(shelf: Shelf) -> None:
    assert shelf.out("stats") == "0 sessions, 0 prompts, 0 answers, 0 failures\n0 tokens (- from the cache), $0.00\n\n"
