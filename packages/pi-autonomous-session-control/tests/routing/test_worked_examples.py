"""The trigger phrases and worked examples of the original: prompts written for it keep working."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pi_autonomous_session_control.routing import route

_ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "data" / "spec.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row["query"])
def test_a_published_phrase_is_understood(row: dict[str, Any]) -> None:
    found = route(row["query"], row.get("context"))
    assert (found.domain, found.kind) == (row["domain"], row["kind"])
    assert found.intent == row["domain"]


MISROUTES = [
    ("I am not confident", "signal_confidence", {"level": "low"}),
    ("I'm unsure", "signal_confidence", {"level": "low"}),
    ("I'm not sure about the parser", "signal_confidence", {"level": "low"}),
    ("measure coverage", "unknown", {}),
    ("ensure correctness", "unknown", {}),
    ("blocked", "signal_confidence", {"level": "blocked"}),
    ("merge branch", "unknown", {}),
    ("branch status", "list_branches", {}),
    ("I am stuck and need help", "request_help", {}),
    ("Mark as trap: later migrations break", "mark_trap", {"description": "later migrations break"}),
    ("follow up", "queue_followup", {}),
    ("Remember: what to do when the build fails", "remember_pattern", {"pattern": "what to do when the build fails"}),
    ('Remember "check file status"', "remember_pattern", {"pattern": "check file status"}),
    ("Show me failed commands", "errors_encountered", {}),
    ("How long since last meaningful change?", "time_since_change", {}),
    ("list patterns", "recall_patterns", {}),
    ("remember: capabilities are limited", "remember_pattern", {"pattern": "capabilities are limited"}),
]


@pytest.mark.parametrize(("query", "kind", "slots"), MISROUTES, ids=[query for query, _, _ in MISROUTES])
def test_a_known_misroute_of_substring_matching_is_gone(query: str, kind: str, slots: dict[str, str]) -> None:
    found = route(query)
    assert found.kind == kind
    assert found.slots.items() >= slots.items()


def test_a_phrase_that_means_several_things_has_a_runner_up() -> None:
    found = route("trap")
    assert found.runner_up is not None
    assert found.runner_up.kind != found.kind
    assert 0 <= found.runner_up.score <= found.score <= 1


def test_what_was_taken_back_is_told_as_runner_up() -> None:
    found = route("don't create a checkpoint")
    assert not found.understood
    assert found.runner_up is not None
    assert found.runner_up.kind == "create_checkpoint"
