"""The names are those that OpenTelemetry publishes."""

from __future__ import annotations

from typing import Final

import pytest
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes, session_attributes
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
from opentelemetry.semconv.attributes import error_attributes, http_attributes, server_attributes

from pi_trace_headers.spans import _names as names

_MODULES: Final = (
    gen_ai_attributes,
    session_attributes,
    gen_ai_metrics,
    error_attributes,
    http_attributes,
    server_attributes,
)
_PUBLISHED: Final = {value for module in _MODULES for value in vars(module).values() if isinstance(value, str)}
_OURS: Final = {name: value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
_OPERATIONS: Final = {"CHAT", "INVOKE_AGENT", "EXECUTE_TOOL"}


@pytest.mark.parametrize("name", [name for name, value in _OURS.items() if "." in value])
def test_a_name_is_published_or_begins_with_pi(name: str) -> None:
    assert _OURS[name] in _PUBLISHED or _OURS[name].startswith("pi.")


@pytest.mark.parametrize("name", sorted(_OPERATIONS))
def test_an_operation_is_published(name: str) -> None:
    assert _OURS[name] in {value.value for value in gen_ai_attributes.GenAiOperationNameValues}


@pytest.mark.parametrize("provider", sorted(set(names.PROVIDERS.values())))
def test_a_provider_is_published(provider: str) -> None:
    assert provider in {value.value for value in gen_ai_attributes.GenAiProviderNameValues}


def test_the_catch_all_of_errors_is_published() -> None:
    assert error_attributes.ErrorTypeValues.OTHER.value == names.OTHER_ERROR


def test_kinds_of_tokens_are_published() -> None:
    published = {value.value for value in gen_ai_attributes.GenAiTokenTypeValues}
    assert {"input", "output"} <= published
