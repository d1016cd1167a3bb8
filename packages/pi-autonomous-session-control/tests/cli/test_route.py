from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner, Result

from pi_autonomous_session_control.cli.route import route


def run(*args: str, text: str | bytes = "") -> Result:
    app = typer.Typer()
    app.command()(route)
    return CliRunner().invoke(app, args, input=text)


def test_a_person_reads_domain_kind_slots_score_and_runner_up() -> None:
    shown = run("remind me in 10 minutes to check the deploy").stdout
    assert "domain     action\n" in shown
    assert "kind       queue_followup\n" in shown
    assert "slot       text = check the deploy\n" in shown
    assert '"seconds": 600' in shown
    refused = run("don't remember this").stdout
    assert "runner-up  crystallization/remember_pattern" in refused
    assert "not understood" in refused


def test_a_program_reads_json() -> None:
    found = json.loads(run("remember this", "--context", '{"pattern": "x"}', "--json").stdout)
    assert found["understood"] is True
    assert (found["intent"], found["domain"], found["kind"]) == (*["crystallization"] * 2, "remember_pattern")
    assert found["slots"] == {"pattern": "x"}
    assert set(found) == {"understood", "intent", "domain", "kind", "slots", "score", "runner_up"}


def test_lines_are_answered_in_order() -> None:
    done = run("--jsonl", text='{"query": "status"}\n{"query": "trap: x", "context": {"triggers": ["y"]}}\n')
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["kind"], second["kind"]) == ("session_summary", "mark_trap")
    assert second["slots"] == {"description": "x", "triggers": ["y"]}
    assert done.exit_code == 0


@pytest.mark.parametrize("bad", [b"nope", b"", b"[1]", b'{"query": 1}', b"\xff", b"[" * 100_000])
def test_a_bad_line_gets_an_error_in_its_place_and_the_exit_code_tells(bad: bytes) -> None:
    done = run("--jsonl", text=b'{"query": "status"}\n' + bad + b'\n{"query": "recap"}\n')
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("kind") for answer in answers] == ["session_summary", None, "session_summary"]
    assert answers[1]["error"].startswith("line 2: ")
    assert done.exit_code == 1


def test_no_query_and_a_context_that_is_no_object_are_refused() -> None:
    assert run().exit_code == 2
    assert run("status", "--jsonl").exit_code == 2
    assert run("status", "--context", "[1]").exit_code == 2
