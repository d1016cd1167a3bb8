"""The log: kept, shared, mended."""

from __future__ import annotations

import sqlite3
import stat
from typing import TYPE_CHECKING

import pytest

from pi_autonomous_session_control.mirror import Change, Log, LogError, Record, SessionRow, Turn

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400_000
NOW = 1_790_000_000_000


def row(name: str, used_at: int = NOW, parent: str | None = None) -> SessionRow:
    return SessionRow(name, f"/s/{name}.jsonl", "/w", parent, used_at)


def test_what_is_written_is_read_by_another_process(tmp_path: Path) -> None:
    one, two = Log(tmp_path / "m.sqlite3"), Log(tmp_path / "m.sqlite3")
    event = Change(at=1, entry="e", path="a", op="create", by="edit")
    one.begin(row("s"))
    one.write([Record("run1", 1, "s", event), Record("run1", 2, "other", Turn(at=2))])
    records, last = two.read(["s"])
    assert [record.event for record in records] == [event]
    assert two.read(["s"], after=last) == ([], last)
    assert two.read(["s"], without="run1")[0] == []
    one.close()
    two.close()


def test_an_event_gets_its_entry_later(tmp_path: Path) -> None:
    log = Log(tmp_path / "m.sqlite3")
    record = Record("run1", 1, "s", Turn(at=1))
    log.write([record])
    record.event.entry = "e2"
    log.write([record])
    assert [found.event.entry for found in log.read(["s"])[0]] == ["e2"]
    log.close()


def test_a_fork_knows_where_it_comes_from(tmp_path: Path) -> None:
    log = Log(tmp_path / "m.sqlite3")
    for name, parent in (("a", None), ("b", "a"), ("c", "b"), ("loop", "loop")):
        log.begin(row(name, parent=parent))
    log.begin(row("c"))
    assert log.lineage("c") == ["c", "b", "a"]
    assert log.lineage("loop") == ["loop"]
    log.close()


def test_sessions_that_nobody_used_for_half_a_year_go(tmp_path: Path) -> None:
    log = Log(tmp_path / "m.sqlite3")
    log.begin(row("old"))
    log.write([Record("run1", 1, "old", Turn(at=1))])
    log.begin(row("new", NOW + 181 * DAY))
    assert [found.id for found in log.sessions()] == ["new"]
    assert log.read(["old"])[0] == []
    log.close()


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "self" / "m.sqlite3"
    Log(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_damaged_log_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite3"
    path.write_bytes(b"no database at all" * 100)
    log = Log(path)
    assert log.notice is not None
    assert "damaged" in log.notice
    assert len(list(tmp_path.glob("m.sqlite3.damaged-*"))) == 1
    log.close()


def test_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(LogError, match="has version 9"):
        Log(path)


def test_an_event_of_a_later_version_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "m.sqlite3"
    log = Log(path)
    log.write([Record("r", 1, "s", Turn(at=1))])
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO event (run, seq, session, data) VALUES ('r', 2, 's', '{\"kind\": \"new\"}')")
    connection.commit()
    connection.close()
    assert len(log.read(["s"])[0]) == 1
    log.close()
