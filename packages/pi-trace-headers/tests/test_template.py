from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_trace_headers._errors import TraceError
from pi_trace_headers._template import parse

KNOWN = {"a", "b.c", "env.TEAM"}
VALUES = {"a": "one", "b.c": "Two Words"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("{a}", "one"),
        ("<{a}-{b.c}>", "<one-Two Words>"),
        ("{ a | trunc:2 }", "on"),
        ("{b.c|slug|trunc:5}", "two-w"),
        ('{{"x": {a|json}}}', '{"x": "one"}'),
        ("{{a}}", "{a}"),
        ("$HOME !id `x` %s", "$HOME !id `x` %s"),
    ],
)
def test_a_template_gives(text: str, expected: str) -> None:
    assert parse(text, KNOWN).render(VALUES.get) == expected


def test_a_variable_without_a_value_leaves_all_out() -> None:
    assert parse("team {env.TEAM} of {a}", KNOWN).render(VALUES.get) is None


def test_values_are_not_templates_themselves() -> None:
    assert parse("{a}", KNOWN).render(lambda _: "{b.c|slug}") == "{b.c|slug}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "stray '{' in '{'; write it twice to send it"),
        ("x}", "stray '}' in 'x}'"),
        ("{a{b}}", "stray '{'"),
        ("{}", "there is no variable ''"),
        ("{c}", "there is no variable 'c' in '{c}'"),
        ("{a|md5}", "there is no filter 'md5'"),
        ("{a|}", "there is no filter ''"),
        ("{a.__class__}", "there is no variable 'a.__class__'"),
    ],
)
def test_a_template_that_is_wrong_is_explained(text: str, message: str) -> None:
    with pytest.raises(TraceError, match=re.escape(message)):
        parse(text, KNOWN)


@given(st.text())
def test_doubled_braces_send_any_text_as_it_is(text: str) -> None:
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert parse(doubled, KNOWN).render(VALUES.get) == text


@given(st.text(alphabet="{}ab.c|trunc:12 \n\x00日"))
def test_every_text_is_a_template_or_an_error_that_says_why(text: str) -> None:
    try:
        variables = parse(text, KNOWN).variables
    except TraceError:
        return
    assert set(variables) <= KNOWN
