"""Who is told what about failing plugins."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, TextIO

import pytest

from pi_host import Block
from pi_host._errors import HookFailedError
from pi_host._log import log
from pi_host._reporter import Reporter
from pi_host.events import ToolCallAnswer


class Told:
    """A reporter, and what the user saw of it."""

    def __init__(self, trace: Path | None = None) -> None:
        self.user: list[tuple[str, str]] = []
        self.stream = trace.open("w", encoding="utf-8") if trace else None
        self.reporter = Reporter(lambda level, text: self.user.append((level, text)), self.stream)

    def fail(self, plugin: str = "a", reason: str = "ValueError: x") -> None:
        self.reporter.failed(HookFailedError(plugin, "input", reason), ValueError("x"))


def full_disk() -> TextIO:
    return io.TextIOWrapper(Path("/dev/full").open("wb", buffering=0), "utf-8", write_through=True)


def traced(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_each_failure_is_shown_once_and_logged_every_time(capsys: pytest.CaptureFixture[str]) -> None:
    told = Told()
    told.fail()
    told.fail()
    told.fail(plugin="b")

    assert told.user == [("error", "plugin 'a': input: ValueError: x"), ("error", "plugin 'b': input: ValueError: x")]
    logged = capsys.readouterr().err
    assert logged.count("plugin 'a': input: ValueError: x") == 2
    assert logged.count("ValueError: x") == 6


def test_a_new_session_is_told_again() -> None:
    told = Told()
    told.fail()
    told.reporter.forget()
    told.fail()

    assert len(told.user) == 2


def test_a_problem_may_be_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    told = Told()
    told.reporter.problem("mind the gap", level="warning")

    assert told.user == [("warning", "mind the gap")]
    assert "mind the gap" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answer", "quoted"),
    [
        (None, None),
        ({"block": True}, '{"block":true}'),
        (ToolCallAnswer(block=True), '{"block":true}'),
        (Block("no"), '{"reason":"no","terminate":false}'),
        ({"reason": "\ud800"}, r'{"reason":"\ud800"}'),
        ({"reason": "x" * 5000}, '{"reason":"' + "x" * 1989),
    ],
    ids=lambda value: type(value).__name__,
)
def test_the_trace_has_a_line_for_every_implementation(answer: object, quoted: str | None, tmp_path: Path) -> None:
    told = Told(tmp_path / "trace")
    told.reporter.finished("a", "tool_call", 1500, answer)

    (line,) = traced(tmp_path / "trace")
    assert line.pop("at") > 1_700_000_000
    assert line == {"plugin": "a", "hook": "tool_call", "us": 1.5, "answer": quoted}
    assert told.stream is not None
    told.stream.close()


def test_the_trace_quotes_even_what_is_no_answer(tmp_path: Path) -> None:
    told = Told(tmp_path / "trace")
    told.reporter.finished("a", "tool_call", 1, object)

    assert traced(tmp_path / "trace")[0]["answer"] == "<class 'object'>"
    assert told.stream is not None
    told.stream.close()


def test_the_trace_has_a_line_for_every_failure(tmp_path: Path) -> None:
    told = Told(tmp_path / "trace")
    told.fail()
    told.fail()

    lines = traced(tmp_path / "trace")
    assert [(line["plugin"], line["hook"], line["error"]) for line in lines] == [
        ("a", "input", "input: ValueError: x")
    ] * 2
    assert told.stream is not None
    told.stream.close()


def test_a_trace_that_cannot_be_written_costs_the_trace_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with full_disk() as full:
        reporter = Reporter(lambda _level, _text: None, full)
        for _ in range(3):
            reporter.finished("a", "input", 1, None)

    assert capsys.readouterr().err.count("the trace can't be written and ends here") == 1


def test_a_log_that_cannot_be_written_costs_the_line_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    with full_disk() as full:
        monkeypatch.setattr("sys.stderr", full)
        log("nobody will read this")
        Told().fail()
