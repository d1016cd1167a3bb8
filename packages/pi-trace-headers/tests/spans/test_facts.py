from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pi_trace_headers.spans._facts import ModelFacts, Usage, answer_of, model_of, usage_of

_odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def test_usage_is_read_as_pi_writes_it() -> None:
    written = {"input": 100, "output": 20, "cacheRead": 900, "cacheWrite": 50, "reasoning": 8, "cost": {"total": 0.25}}
    usage = usage_of(written)
    assert usage == Usage(100, 20, 900, 50, 8, 0.25)
    assert usage.all_input == 1050


def test_usage_adds_up_and_what_is_unknown_stays_out_of_the_sum() -> None:
    assert Usage(1, 2, 3, 4, None, 0.5) + Usage(1, 1, 1, 1, 7, None) == Usage(2, 3, 4, 5, 7, 0.5)


@pytest.mark.parametrize(
    ("url", "address", "port"),
    [
        ("https://api.openai.com/v1", "api.openai.com", 443),
        ("http://127.0.0.1:8080/v1", "127.0.0.1", 8080),
        ("http://[::1]:1/", "::1", 1),
        ("https://user:secret@host/v1", "host", 443),
        ("", "", None),
        ("https://host:notaport/", "", None),
        ("unix:/run/x", "", None),
    ],
)
def test_the_server_is_taken_from_the_models_url(url: str, address: str, port: int | None) -> None:
    facts = model_of({"provider": "p", "id": "m", "api": "a", "baseUrl": url})
    assert facts == ModelFacts("p", "m", "a", address, port)


def test_no_model_is_no_facts() -> None:
    assert model_of(None) == ModelFacts()


def test_an_error_passes_the_redactor_and_is_cut() -> None:
    answer = answer_of(
        {"errorMessage": "secret " * 500, "stopReason": "error"}, lambda text: text.replace("secret", "x")
    )
    assert answer.error is not None
    assert answer.error.startswith("x x x")
    assert len(answer.error) == 1000


@given(st.dictionaries(st.sampled_from(["provider", "model", "usage", "timestamp", "stopReason", "cost"]), _odd))
def test_an_odd_message_is_read_without_complaint(message: dict[str, Any]) -> None:
    answer = answer_of(message, str)
    assert answer.usage.all_input >= 0
    assert answer.began is None or isinstance(answer.began, int)
