from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_trace_headers._literal import literal


@pytest.mark.parametrize(
    ("value", "registered"),
    [
        ("plain", "plain"),
        ("$SECRET", "$$SECRET"),
        ("pre ${SECRET} $$", "pre $${SECRET} $$$$"),
        ("!id", "$!id"),
        ("!id $X", "$!id $$X"),
        ("a!b", "a!b"),
    ],
)
def test_a_pi_that_knows_escapes_gets_them(value: str, registered: str) -> None:
    assert literal(value, "0.80.3") == (registered, False)


@pytest.mark.parametrize("version", ["0.74.2", "0.76.9", ""])
def test_a_pi_that_knows_none_runs_nothing(version: str) -> None:
    assert literal("!id", version) == (None, True)


def test_on_a_pi_that_knows_none_names_of_variables_are_for_it_to_refuse() -> None:
    assert literal("$HOME", "0.74.2") == ("$HOME", True)


@given(st.text())
def test_undoing_pi_s_escapes_gives_the_value_back(value: str) -> None:
    text = literal(value, "1.0.0").text
    assert text is not None
    assert not text.startswith("!")
    assert re.sub(r"\$([$!])", r"\1", text) == value
    assert re.fullmatch(r"(?:[^$]|\$[$!])*", text, re.DOTALL)
