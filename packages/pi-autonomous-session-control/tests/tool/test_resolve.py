"""From a query to its answer: what may change something, `op`, and what is wrong with a question."""

from __future__ import annotations

from typing import Any

import pytest

from pi_autonomous_session_control.routing import KINDS
from pi_autonomous_session_control.tool import OPS


def test_every_kind_has_an_answer() -> None:
    assert set(OPS) == {kind for kinds in KINDS.values() for kind in kinds}


@pytest.mark.parametrize("op", OPS)
def test_every_op_answers_without_a_query(mirrored: Any, op: str) -> None:
    assert mirrored.ask("", op=op)["understood"]
    assert mirrored.text


def test_op_decides_whatever_the_query_says(mirrored: Any) -> None:
    mirrored.ask("What files have I touched?", op="crystallization.remember_pattern")
    patterns = mirrored.ask("", op="recall_patterns")["data"]["patterns"]
    assert [pattern["content"] for pattern in patterns] == ["What files have I touched?"]


@pytest.mark.parametrize("op", ["nonsense", "action.files_touched"])
def test_an_op_that_does_not_exist_is_not_understood(mirrored: Any, op: str) -> None:
    assert mirrored.ask("", op=op)["understood"] is False


@pytest.mark.parametrize(
    "query",
    [
        "Should I remember: use tabs?",
        "don't create a checkpoint",
        "Do not remember this: use tabs",
        "did I mark a trap?",
        "What happens when I queue a follow-up?",
    ],
)
def test_a_question_or_a_negated_directive_changes_nothing(mirrored: Any, query: str) -> None:
    mirrored.pi.entries.append({"type": "message", "id": "e1", "parentId": None})
    mirrored.ask(query)
    mirrored.pi.fire("agent_settled")
    assert mirrored.pi.labels == {}
    assert mirrored.pi.user_messages == []
    assert mirrored.ask("", op="recall_patterns")["data"]["count"] == 0
    assert mirrored.ask("", op="list_traps")["data"]["count"] == 0


@pytest.mark.parametrize("context", [["a"], "text", 3, {"topic": 7, "triggers": "x"}])
def test_a_context_of_the_wrong_kind_counts_as_nothing(mirrored: Any, context: Any) -> None:
    assert mirrored.ask("status", context)["data"]["turns"] == 0


def test_without_its_text_a_directive_asks_for_it(mirrored: Any) -> None:
    for op in ("remember_pattern", "forget_pattern", "mark_trap", "queue_followup", "prefill_editor", "spawn_branch"):
        details = mirrored.ask("", op=op)
        assert details["understood"]
        assert "data" not in details


def test_forgetting_by_words_takes_one_memory_or_none(mirrored: Any) -> None:
    for text in ("the tests need docker", "the tests need a database"):
        mirrored.ask(text, op="remember_pattern")
    several = mirrored.ask("tests need", op="forget_pattern")
    assert len(several["data"]["candidates"]) == 2
    assert mirrored.ask("docker", op="forget_pattern")["data"]["patternId"]
    left = mirrored.ask("", op="recall_patterns")["data"]["patterns"]
    assert [pattern["content"] for pattern in left] == ["the tests need a database"]


def test_a_secret_is_not_remembered(mirrored: Any) -> None:
    mirrored.ask("the database is postgres://app:hunter2secret@stage:5432/app", op="remember_pattern")
    assert "taken out" in mirrored.text
    assert "hunter2secret" not in str(mirrored.ask("", op="recall_patterns"))


def test_a_scope_that_is_not_here_is_told(mirrored: Any) -> None:
    details = mirrored.ask("x y z", {"scope": "branch"}, op="remember_pattern")
    assert "there is no branch here" in mirrored.text
    assert "data" not in details
