from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_autonomous_session_control.edge import choice, number, record, text, texts

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("value", [None, "x", 1, ["a"], ("a", 1)])
def test_what_is_no_object_is_an_empty_one(value: Any) -> None:
    assert record(value) == {}


def test_a_member_without_a_text_for_a_name_is_left_out() -> None:
    assert record({"a": 1, 2: 3}) == {"a": 1}


def test_a_text_is_trimmed() -> None:
    assert text("  a b\n") == "a b"


@pytest.mark.parametrize("value", [None, 1, True, ["a"], b"a", "", " \t\n"])
def test_what_says_nothing_is_no_text(value: Any) -> None:
    assert text(value) is None


def test_a_blank_text_is_one_where_that_is_allowed() -> None:
    assert text("  ", allow_empty=True) == ""
    assert text(7, allow_empty=True) is None


def test_a_long_text_is_cut() -> None:
    assert text("  abcdef", most=3) == "abc"


def test_blank_texts_and_other_things_are_no_members_of_a_list() -> None:
    assert texts([" a ", "", 1, None, "b"]) == ["a", "b"]
    assert texts([]) == []


@pytest.mark.parametrize("value", [None, "a", ("a",), {"a": 1}])
def test_what_is_no_list_is_not_an_empty_one(value: Any) -> None:
    assert texts(value) is None


@pytest.mark.parametrize("value", [0, -1, 2.5, 10**40])
def test_a_number_is_itself(value: float) -> None:
    assert number(value) == value


@pytest.mark.parametrize("value", ["1", True, None, math.nan, math.inf, -math.inf, [1]])
def test_what_only_looks_like_a_number_is_none(value: Any) -> None:
    assert number(value) is None


def test_a_number_keeps_to_its_bounds() -> None:
    assert number(-1, least=0) is None
    assert number(6, most=5) is None
    assert number(5, least=5, most=5) == 5
    assert number(1.5, integer=True) is None
    assert number(2.0, integer=True) == 2


def test_a_choice_is_found_in_any_case() -> None:
    assert choice(" HIGH ", ("low", "high")) == "high"


@pytest.mark.parametrize("value", [None, "", "middling", 1, ["high"]])
def test_what_is_not_offered_is_no_choice(value: Any) -> None:
    assert choice(value, ("low", "high")) is None


@given(value=ANYTHING)
def test_nothing_is_raised_whatever_comes(value: Any) -> None:
    assert isinstance(record(value), dict)
    assert text(value) is None or text(value) == str(value).strip()
    assert texts(value) is None or isinstance(value, list)
    found = number(value)
    assert found is None or math.isfinite(found)
    assert choice(value, ("a",)) in {None, "a"}
