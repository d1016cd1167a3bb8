from __future__ import annotations

import pytest

from pi_autonomous_session_control.routing._analysis import analyse

CASES = [
    ("create a checkpoint", ["directive"]),
    ("what failed", ["question"]),
    ("have I run it already", ["question"]),
    ("could you remember that x", ["polite"]),
    ("kannst du dir merken, dass das nicht geht?", ["polite"]),
    ("can you set traps", ["question"]),
    ("can you remember what we decided?", ["question"]),
    ("remind me what I learned", ["question"]),
    ("tell me whether I am looping", ["question"]),
    ("I am stuck", ["statement"]),
    ("I would like you to remember that x", ["directive"]),
    ("don't create a checkpoint, just show the status", ["negated", "directive"]),
    ("merk dir das nicht", ["negated"]),
    ("merk dir, dass das nicht geht", ["directive"]),
    ("remember to never push", ["directive"]),
    ("save this, ok?", ["directive", "directive"]),
    ("remember: what now?", ["directive"]),
    ("¿crea un checkpoint?", ["question"]),
    ("if I create a checkpoint", ["statement"]),
    ("do not, I repeat, set a trap", ["negated"]),
    ("this is not working, let's try a different approach", ["statement", "directive"]),
    ("in 5 turns remind me to push", ["directive"]),
    ("tomorrow remind me about the deploy", ["directive"]),
    ("versuchen wir einen anderen Weg", ["directive"]),
    ("bin mir nicht sicher", ["statement"]),
    ("bin ich sicher", ["question"]),
    ("this is a trap: rm -rf", ["directive"]),
    ("npm audit fix broke it - trap it", ["fragment", "directive"]),
    ("don't forget that CI is slow", ["directive"]),
]


@pytest.mark.parametrize(("query", "acts"), CASES, ids=[query for query, _ in CASES])
def test_each_clause_is_told_apart(query: str, acts: list[str]) -> None:
    assert [clause.act for clause in analyse(query, {}).clauses] == acts
