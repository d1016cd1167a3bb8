from __future__ import annotations

from typing import Any

from pi_trace_headers.spans import Span
from pi_trace_headers.spans._measure import measure


def span(attributes: dict[str, Any]) -> Span:
    return Span(
        name="x",
        kind="client",
        trace_id="1" * 32,
        span_id="2" * 16,
        parent_id=None,
        start=1_000_000_000,
        end=3_500_000_000,
        attributes=attributes,
    )


def values(one: Span) -> dict[str, Any]:
    return {
        f"{item.metric} {item.attributes.get('gen_ai.token.type', '')}".strip(): item.value for item in measure(one)
    }


def test_a_model_call_is_tokens_time_and_cost() -> None:
    call = {
        "gen_ai.operation.name": "chat",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 20,
        "pi.usage.cost_usd": 0.5,
        "gen_ai.response.time_to_first_chunk": 0.25,
    }
    assert values(span(call)) == {
        "gen_ai.client.operation.duration": 2.5,
        "gen_ai.client.operation.time_to_first_chunk": 0.25,
        "gen_ai.client.token.usage input": 1000,
        "gen_ai.client.token.usage output": 20,
        "pi.client.cost": 0.5,
    }


def test_metrics_are_split_by_model_and_error_and_by_nothing_else() -> None:
    attributes = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5",
        "session.id": "s",
        "gen_ai.response.id": "r",
        "error.type": "503",
    }
    (duration,) = measure(span(attributes))
    assert duration.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5",
        "error.type": "503",
    }


def test_a_tool_is_its_time() -> None:
    (measured,) = measure(span({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "bash"}))
    assert (measured.metric, measured.value) == ("pi.tool.duration", 2.5)


def test_a_run_adds_nothing_again() -> None:
    assert list(measure(span({"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 1000}))) == []


def test_a_summary_adds_its_tokens() -> None:
    assert values(span({"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 7})) == {
        "gen_ai.client.token.usage input": 100,
        "gen_ai.client.token.usage output": 7,
    }


def test_a_call_without_an_end_has_no_duration() -> None:
    assert list(measure(span({"gen_ai.operation.name": "chat", "pi.incomplete": True}))) == []
