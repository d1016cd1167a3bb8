"""Regular expressions that can't run away."""

from __future__ import annotations

import time

import pytest

from pi_autonomous_session_control.traps import _regex


@pytest.mark.parametrize(
    "value",
    [
        "(a+)+$",
        "(a*)*b",
        "(?:a|a)*b",
        "(?:ab|a)*c",
        r"(\w+\s?)*x",
        "(a?b?)*c",
        "(?:(?:a{1,20}){1,20}){1,20}",
        "(.*a){20}",
        r"(a)\1",
        "(?P<q>x)(?P=q)",
        ".*.*.*.*x",
        r"\s*\s*\s*\s*=",
        "(?=(a+)+)b",
        "a?" * 25 + "a" * 25,
        "a{0,39}" * 4 + "!",
        "x" * 1_001,
        "[",
        "(?<=a+)b",
    ],
)
def test_an_expression_that_could_take_for_ever_is_refused(value: str) -> None:
    with pytest.raises(_regex.UnsafeError):
        _regex.compiled(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (r"git\s+push\s+.*--force", "git push origin --force"),
        (r"DROP\s+TABLE\s+\w+", "DROP TABLE users"),
        (r"(?i)password\s*=", "PassWord ="),
        (r"(?:\d{1,3}\.){3}\d{1,3}", "at 10.0.0.1"),
        ("(?:foo|bar)+", "foobar"),
        (r"eval\(", "eval(x)"),
        (r"(?<!\w)console\.log\(.*\)", "x; console.log(1)"),
        ("a{2,5}b?", "aa"),
        (r"^\s*import\s+os$", "x\nimport os"),
        ("(?i:x)|y", "Y y"),
        ("[^a-z]{3}", "abc123"),
    ],
)
def test_everyday_expressions_are_taken_and_found(value: str, text: str) -> None:
    found, complete = _regex.find(_regex.compiled(value), text)
    assert found is not None
    assert complete


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        (".*.*.*x", "a"),
        (".*a.*a!", "a"),
        (r"\s*\w*\s*=", " "),
        (r"\s*\w*\s*=.*x", " "),
        (r"[ab]+[bc]+[cd]+!", "b"),
        (r"(?i)[a-z]*A*!", "a"),
        (r"\w+é\w*!", "é"),
        (r"(?:x*y)?x*z", "x"),
        (r"a*?a*?a*?b", "a"),
        (r"a+(?:b|c)?a+!", "a"),
        (r"(?:a{0,20}){1,2}a*!", "a"),
        ("a?" * 6 + "a" * 6 + "!", "a"),
        (r"a{0,39}a{0,39}a*!", "a"),
        (r"(?:ab|cd)*(?:ab|ef)*!", "ab"),
    ],
)
def test_what_is_taken_stays_within_its_time_on_hostile_text(value: str, unit: str) -> None:
    expression = _regex.compiled(value)
    begin = time.process_time()
    found, _ = _regex.find(expression, unit * (200_000 // len(unit)))
    assert found is None
    assert time.process_time() - begin < 1


def test_a_search_that_ran_out_of_time_says_so() -> None:
    found, complete = _regex.find(_regex.compiled(".*.*.*x"), "a" * 200_000)
    assert (found, complete) == (None, False)


def test_a_match_across_pieces_is_found() -> None:
    expression = _regex.compiled(r"begin\w*end")
    piece = expression.piece
    for offset in range(piece // 2 - 20, piece + 20, 7):
        found, _ = _regex.find(expression, "-" * offset + "beginxxxend" + "-" * piece)
        assert found is not None
        assert found.start() == offset
