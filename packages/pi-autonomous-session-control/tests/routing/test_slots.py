from __future__ import annotations

from typing import Any

import pytest

from pi_autonomous_session_control.routing import route

CASES: list[tuple[str, dict[str, Any] | None, dict[str, Any]]] = [
    ('Remember: "the tests need Redis"', None, {"pattern": "the tests need Redis"}),
    ("Remember: one\ntwo", None, {"pattern": "one\ntwo"}),
    ("Retiens : le port est fixe", None, {"pattern": "le port est fixe"}),
    ("Merke dir, dass die Tests Redis brauchen", None, {"pattern": "die Tests Redis brauchen"}),
    ("recuerda que el puerto es fijo", None, {"pattern": "el puerto es fijo"}),
    ("remember we deploy on Mondays", None, {"pattern": "we deploy on Mondays"}),
    ("remember this", None, {}),
    ("remember this", {"pattern": " use uv ", "topic": "tools"}, {"pattern": "use uv", "topic": "tools"}),
    ('Remember "text"', {"pattern": "context wins"}, {"pattern": "context wins"}),
    ('Remember "text"', {"pattern": "  "}, {"pattern": "text"}),
    (
        "Save this learning under topic testing: mark slow tests",
        None,
        {"pattern": "mark slow tests", "topic": "testing"},
    ),
    ("What do we know about auth tokens?", None, {"topic": "auth tokens"}),
    ("forget pattern-17-2", None, {"patternId": "pattern-17-2"}),
    ("forget the pattern about Redis", None, {"pattern": "Redis"}),
    ("mark rm -rf as a trap", None, {"description": "rm -rf"}),
    ("Mark this as a trap", None, {}),
    ("mark as trap: x", {"triggers": ["a", "", 3]}, {"description": "x", "triggers": ["a"]}),
    ("Set a trap for edits to vendor", None, {"description": "edits to vendor"}),
    ("Am I approaching a trap?", {"currentContext": "edit dist"}, {"currentContext": "edit dist"}),
    ("make a checkpoint before the merge", None, {"reason": "before the merge"}),
    ('create checkpoint "green"', {"entryId": "e7"}, {"reason": "green", "entryId": "e7"}),
    (
        "Spawn a branch to try the async version",
        {"entryId": "e1"},
        {"objective": "try the async version", "entryId": "e1"},
    ),
    ("Prefill: run the tests", None, {"text": "run the tests"}),
    ('type "yes" into the prompt', None, {"text": "yes"}),
    ("I need help with the build, it is urgent", None, {"urgency": "high"}),
    ("no rush, but I need help", None, {"urgency": "low"}),
    ("urgent: help me", {"urgency": "LOW"}, {"urgency": "low"}),
    ('Help me with "auth migration"', None, {"topic": "auth migration", "urgency": "medium"}),
    ("I am far from certain", None, {"level": "low"}),
    ("my confidence is moderate", None, {"level": "medium"}),
    ("je suis bloqué", None, {"level": "blocked"}),
    (
        "Remind me in 10 minutes to check the deploy",
        None,
        {"text": "check the deploy", "span": {"amount": 10, "unit": "minute", "seconds": 600}},
    ),
    ("remind me in 3 turns", None, {"span": {"amount": 3, "unit": "turn"}}),
    ("erinnere mich in einer Stunde", None, {"span": {"amount": 1, "unit": "hour", "seconds": 3600}}),
    ("Did I change src/app.py or README.md?", None, {"files": ["src/app.py", "README.md"]}),
    ("give me my top 5 commands", None, {"numbers": [5]}),
]


@pytest.mark.parametrize(("query", "context", "slots"), CASES, ids=[query for query, _, _ in CASES])
def test_what_is_said_beyond_the_kind_goes_into_slots(
    query: str, context: dict[str, Any] | None, slots: dict[str, Any]
) -> None:
    found = route(query, context).slots
    assert {name: found.get(name) for name in slots} == slots
    if not slots:
        assert found == {}


def test_a_query_that_is_not_understood_has_no_slots() -> None:
    assert route("what is the weather in Paris?", {"pattern": "x"}).slots == {}


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ('{"query": "files touched"}', "files_touched"),
        ('{"op": "remember_pattern", "pattern": "x"}', "remember_pattern"),
        ("self.am_i_looping()", "am_i_looping"),
        ('{"note": "remember this"}', "unknown"),
        ("[1, 2]", "unknown"),
    ],
)
def test_a_program_may_ask_in_json_or_by_name(query: str, kind: str) -> None:
    assert route(query).kind == kind


def test_members_of_a_json_query_are_its_context() -> None:
    found = route('{"op": "remember_pattern", "pattern": "x", "context": {"topic": "y"}}', {"topic": "z"})
    assert found.slots == {"pattern": "x", "topic": "z"}
