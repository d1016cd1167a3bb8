from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from pi_trace_headers._lineage import began, instant, parent_session, session_id_in

if TYPE_CHECKING:
    from pathlib import Path


def session(path: Path, number: str, **more: str) -> Path:
    path.write_text(json.dumps({"type": "session", "id": number, **more}) + '\n{"type":"message"}\n')
    return path


def started(reason: str, previous: Path | None = None) -> Any:
    return SimpleNamespace(reason=reason, previous_session_file=str(previous) if previous else None)


def context(file: Path | None) -> Any:
    return SimpleNamespace(session=SimpleNamespace(file=str(file) if file else None))


def test_a_fork_comes_from_the_session_before_it(tmp_path: Path) -> None:
    before = session(tmp_path / "a.jsonl", "a")
    assert parent_session(started("fork", before), context(tmp_path / "unwritten.jsonl")) == "a"


def test_a_resumed_fork_says_itself_where_it_comes_from(tmp_path: Path) -> None:
    before = session(tmp_path / "a.jsonl", "a")
    fork = session(tmp_path / "b.jsonl", "b", parentSession=str(before))
    assert parent_session(started("resume", tmp_path / "c.jsonl"), context(fork)) == "a"


def test_a_new_session_comes_from_nowhere(tmp_path: Path) -> None:
    before = session(tmp_path / "a.jsonl", "a")
    assert parent_session(started("new", before), context(tmp_path / "unwritten.jsonl")) is None


def test_a_session_in_memory_comes_from_nowhere() -> None:
    assert parent_session(started("startup"), context(None)) is None


def test_a_fork_of_a_file_that_is_gone_has_no_parent(tmp_path: Path) -> None:
    fork = session(tmp_path / "b.jsonl", "b", parentSession=str(tmp_path / "gone.jsonl"))
    assert parent_session(started("startup"), context(fork)) is None


def test_what_is_no_session_has_no_id(tmp_path: Path) -> None:
    for text in (b"", b"\xff\xfe", b"{}\n", b'{"type":"message","id":"x"}\n', b"[1]\n", b'{"type":"session","id":3}'):
        (tmp_path / "x").write_bytes(text)
        assert session_id_in(str(tmp_path / "x")) is None
    assert session_id_in(str(tmp_path)) is None


def test_a_session_says_when_it_began(tmp_path: Path) -> None:
    assert began(str(session(tmp_path / "a", "a", timestamp="2026-11-20T12:00:00.123Z"))) == 1_795_176_000_123_000_000
    assert [began(str(session(tmp_path / "b", "b"))), began(str(tmp_path / "gone")), began(None)] == [None] * 3


def test_what_is_no_moment_is_none() -> None:
    assert [instant(text) for text in ("", "yesterday", "2026-11-20T12:00:00")] == [None] * 3
