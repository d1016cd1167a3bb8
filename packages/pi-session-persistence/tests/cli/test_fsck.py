from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from persistence_support import CHAT, HEADER, chat, joined
from typer.testing import CliRunner

from pi_session_persistence import Registry, lock
from pi_session_persistence.cli._app import app
from pi_session_persistence.registry import checkpoint, is_beginning

TORN = b'{"type":"message","id":"x","parentId":"a3","mess'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A torn session file that nobody wrote to for long."""
    path = tmp_path / "s.jsonl"
    path.write_bytes(CHAT + TORN)
    os.utime(path, (1, 1))
    return path


def fsck(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["fsck", *map(str, words)])
    return done.exit_code, done.output


def data(*words: str | Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(fsck("--json", *words)[1])
    return made


def test_the_exit_code_tells_clean_from_damaged_from_impossible(file: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    whole.write_bytes(CHAT)
    assert fsck(whole) == (0, f"{whole}: clean\n")
    assert fsck(whole, file)[0] == 1
    for nothing in (tmp_path / "missing", tmp_path, Path("/proc/self/mem")):
        assert fsck(file, nothing, whole)[0] == 2


def test_people_read_what_is_wrong_and_where(file: Path) -> None:
    _, out = fsck(file)
    assert out.splitlines()[0] == f"{file}: 2 damaged"
    assert f"line 8 (byte {len(CHAT)})" in out
    assert "torn: the last line was not written to its end" in out


def test_programs_get_the_findings(file: Path) -> None:
    found = data(file)
    assert (found["file"], found["version"]) == (str(file), 3)
    assert found["findings"][0] == {
        "code": "torn",
        "severity": "damage",
        "line": 8,
        "offset": len(CHAT),
        "message": "the last line was not written to its end",
    }
    assert "repair" not in found


def test_programs_get_one_line_for_each_file(file: Path, tmp_path: Path) -> None:
    code, out = fsck("--json", file, tmp_path / "missing")
    first, second = map(json.loads, out.splitlines())
    assert (code, len(first["findings"])) == (2, 2)
    assert second == {
        "file": str(tmp_path / "missing"),
        "error": f"'{tmp_path / 'missing'}': No such file or directory",
    }


def test_nothing_is_written_without_being_asked(file: Path, tmp_path: Path) -> None:
    def state() -> list[tuple[str, str, int, int]]:
        every = [(path, path.stat()) for path in [tmp_path, *tmp_path.iterdir()]]
        return [
            (
                str(path),
                hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
                s.st_mtime_ns,
                s.st_mode,
            )
            for path, s in every
        ]

    before = state()
    fsck(file)
    fsck("--json", file)
    assert state() == before


def test_a_repair_tells_what_it_did_and_where_everything_is(file: Path) -> None:
    found = data("--repair", file)
    done = found["repair"]
    assert [action["code"] for action in done["actions"]] == ["torn"]
    assert Path(done["original"]).read_bytes() == CHAT + TORN
    assert Path(done["salvage"]).read_bytes() == TORN
    assert done["salvaged"] == [{"offset": len(CHAT), "length": len(TORN), "at": 0}]
    assert done["left"] == []
    assert file.read_bytes() == CHAT


def test_after_a_repair_the_file_is_clean(file: Path) -> None:
    code, out = fsck("--repair", file)
    assert code == 0
    assert "repaired line 8" in out
    assert "s.jsonl.bak-" in out
    assert f"salvaged {len(TORN)} bytes in " in out
    assert fsck(file) == (0, f"{file}: clean\n")


def test_a_file_in_use_is_not_repaired(file: Path) -> None:
    with lock(file, what="a run"):
        code, out = fsck("--repair", "--force", file)
    assert (code, "a run" in out) == (2, True)
    os.utime(file)
    code, out = fsck("--repair", file)
    assert (code, "written to 0 s ago" in out) == (2, True)
    assert file.read_bytes() == CHAT + TORN
    assert fsck("--repair", "--force", file)[0] == 0


def test_what_cant_be_repaired_stays_damaged(tmp_path: Path) -> None:
    diary = tmp_path / "diary.txt"
    diary.write_bytes(b"Dear diary\n")
    assert fsck("--repair", "--force", diary)[0] == 1
    assert diary.read_bytes() == b"Dear diary\n"


def test_what_is_in_a_file_does_not_reach_the_terminal_raw(tmp_path: Path) -> None:
    evil = tmp_path / "evil\x1b[2J.jsonl"
    evil.write_bytes(joined([HEADER | {"cwd": "/\x1b]0;title\x07"}, *chat(1)]))
    _, out = fsck(evil)
    assert "\x1b" not in out


def test_a_repaired_session_of_an_id_is_what_its_next_run_expects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "ids"))
    registry = Registry()
    file = registry.claim("task").pi_file
    file.write_bytes(joined([HEADER, *chat(1), b"garbage", *chat(2)[2:]]))
    registry.update("task", checkpoint=checkpoint(file))
    with lock(file, what="a run"):
        fsck("--repair", "--force", file)
    before = registry.claim("task").checkpoint
    assert before is not None
    assert is_beginning(file, before)
    assert fsck("--repair", "--force", file)[0] == 0
    after = registry.claim("task").checkpoint
    assert after == checkpoint(file)
    assert after != before
