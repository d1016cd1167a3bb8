from __future__ import annotations

import pytest

from pi_trace_headers.spans._attributes import answer_attributes, error_type, model_attributes, usage_attributes
from pi_trace_headers.spans._facts import Answer, ModelFacts, Usage


def test_the_input_includes_the_cached_tokens() -> None:
    assert usage_attributes(Usage(100, 20, 900, 50, 8, 0.25)) == {
        "gen_ai.usage.input_tokens": 1050,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 900,
        "gen_ai.usage.cache_creation.input_tokens": 50,
        "gen_ai.usage.reasoning.output_tokens": 8,
        "pi.usage.cost_usd": 0.25,
    }


def test_a_well_known_provider_has_the_conventions_name_and_pis_own() -> None:
    attributes = model_attributes(ModelFacts("google", "gemini-3", "google-generative-ai", "host", 443))
    assert attributes["gen_ai.provider.name"] == "gcp.gemini"
    assert attributes["pi.provider"] == "google"


def test_another_provider_keeps_its_name() -> None:
    assert model_attributes(ModelFacts("opper", "m"))["gen_ai.provider.name"] == "opper"


def test_what_is_unknown_is_left_out() -> None:
    assert model_attributes(ModelFacts()) == {}
    assert answer_attributes(Answer(model=ModelFacts())) == {}


@pytest.mark.parametrize(("said", "told"), [("toolUse", "tool_calls"), ("stop", "stop"), ("length", "length")])
def test_finish_reasons_have_their_usual_names(said: str, told: str) -> None:
    assert answer_attributes(Answer(model=ModelFacts(), stop_reason=said))["gen_ai.response.finish_reasons"] == [told]


@pytest.mark.parametrize(
    ("reason", "error", "kind"),
    [
        ("stop", None, None),
        ("aborted", "Request was aborted", "aborted"),
        ("error", "This operation was aborted", "aborted"),
        ("error", "503: busy", "503"),
        ("error", "400 bad request", "400"),
        ("error", 'Error: 429 {"x": 1}', "429"),
        ("error", "terminated", "_OTHER"),
        ("error", "in 4000 ways", "_OTHER"),
        ("error", None, "_OTHER"),
    ],
)
def test_the_kind_of_an_error_is_its_status_if_it_has_one(reason: str, error: str | None, kind: str | None) -> None:
    assert error_type(reason, error) == kind
