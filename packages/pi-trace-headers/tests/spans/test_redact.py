from __future__ import annotations

import pytest

from pi_trace_headers.spans._redact import redactor


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("key sk-proj-abcdefghijklmnop1234 used", "key [removed] used"),
        ("AKIAIOSFODNN7EXAMPLE", "[removed]"),
        ("ghp_" + "a" * 36, "[removed]"),
        ("glpat-" + "x" * 20, "[removed]"),
        ("xoxb-123456789012-abc", "[removed]"),
        ("AIza" + "B" * 35, "[removed]"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl", "[removed]"),
        ("postgres://me:hunter22@host/db", "postgres://me:[removed]@host/db"),
        ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer [removed]"),
        ("API_KEY=abcdef123456", "API_KEY=[removed]"),
        (r'{"x": "{\"password\": \"hunter22\"}"}', r'{"x": "{\"password\": \"[removed]\"}"}'),
        ('"password": "correct horse"', '"password": "[removed] horse"'),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nrest", "[removed]\nrest"),
        ("-----BEGIN PRIVATE KEY-----\nMII with no end", "[removed]"),
        ("nothing secret: the token count is 12", "nothing secret: the token count is 12"),
        ("https://host/path@v1", "https://host/path@v1"),
    ],
)
def test_what_looks_like_a_secret_is_taken_out_and_nothing_else(text: str, left: str) -> None:
    assert redactor()(text) == left


def test_more_can_be_taken_out() -> None:
    assert redactor([r"customer-\d+"])("for customer-42") == "for [removed]"


def test_a_pattern_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match=r"redact: '\(' is no regular expression"):
        redactor(["("])


def test_a_long_text_is_cut_and_says_so() -> None:
    text = redactor()("x " * 40_000)
    assert len(text) < 33_000
    assert text.endswith("... (47232 more characters)")


def test_a_long_hostile_text_takes_no_time() -> None:
    # Runs into the test's time limit if a pattern backtracks.
    for hostile in (
        "a" * 40_000,
        "-----BEGIN " * 4000,
        "password=" * 4000,
        "://" + "a:" * 20_000,
        "token token " * 4000,
    ):
        redactor()(hostile)
