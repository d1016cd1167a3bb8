from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from pi_trace_headers._errors import TraceError
from pi_trace_headers.cli._app import app

if TYPE_CHECKING:
    from pathlib import Path

LINES = [
    {"type": "session", "version": 3, "id": "s1", "timestamp": "2026-11-20T12:00:00.000Z", "cwd": "/w"},
    {
        "type": "message",
        "id": "00000001",
        "parentId": None,
        "timestamp": "2026-11-20T12:00:01.000Z",
        "message": {"role": "user", "content": "my password=hunter22", "timestamp": 1795176001000},
    },
    {
        "type": "message",
        "id": "00000002",
        "parentId": "00000001",
        "timestamp": "2026-11-20T12:00:03.000Z",
        "message": {
            "role": "assistant",
            "content": [{"type": "text", "text": "well"}],
            "provider": "openai",
            "model": "gpt-5",
            "timestamp": 1795176001500,
            "stopReason": "stop",
            "usage": {"input": 10, "output": 5, "cost": {"total": 0.5}},
        },
    },
]


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "s.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in LINES))
    return path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_session_is_shown_as_a_waterfall(session: Path) -> None:
    said = run("show", str(session))
    assert "run  2.00 s  10 in  5 out  $0.5000" in said
    assert "◆ gpt-5" in said
    assert "hunter22" not in said


def test_spans_can_be_printed_as_json(session: Path) -> None:
    spans = json.loads(run("show", str(session), "--json"))
    assert [span["name"] for span in spans] == ["chat gpt-5", "pi.turn", "invoke_agent pi", "pi.session"]
    assert "gen_ai.input.messages" not in spans[0]["attributes"]


def test_content_is_shown_when_asked_for_and_without_secrets(session: Path) -> None:
    spans = json.loads(run("show", str(session), "--json", "--content"))
    assert "my password=[removed]" in spans[0]["attributes"]["gen_ai.input.messages"]


def test_a_page_is_written(session: Path, tmp_path: Path) -> None:
    run("show", str(session), "--html", str(tmp_path / "page.html"))
    assert (tmp_path / "page.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o600


def test_a_session_is_not_replaced_by_a_page(session: Path) -> None:
    before = session.read_bytes()
    with pytest.raises(TraceError, match="it is a session, and is not replaced; choose another place"):
        run("show", str(session), "--html", str(session))
    assert session.read_bytes() == before


def test_a_page_that_can_not_be_written_is_an_error(session: Path, tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="can't be written: there is no such folder"):
        run("show", str(session), "--html", str(tmp_path / "no" / "page.html"))


def test_a_collector_that_is_not_there_is_an_error(session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    with pytest.raises(TraceError, match="did not take the spans"):
        run("show", str(session), "--otlp", "http://127.0.0.1:1")


def test_figures_are_summed_up(session: Path, tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_text("{}\n")
    figures = json.loads(run("stats", str(tmp_path), "--json"))
    assert (figures["sessions"], figures["other_files"], figures["runs"]) == (1, 1, 1)
    assert figures["total"]["cost_usd"] == 0.5
    assert figures["models"][0]["name"] == "openai/gpt-5"
    assert session.exists()


def test_figures_are_a_table_for_people(session: Path) -> None:
    said = run("stats", str(session))
    assert "1 session, 1 run" in said
    assert "openai/gpt-5" in said
    assert "$0.5000" in said


def test_a_file_named_that_is_no_session_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "other.jsonl").write_text("{}\n")
    with pytest.raises(TraceError, match="is no session file of pi"):
        run("stats", str(tmp_path / "other.jsonl"))
