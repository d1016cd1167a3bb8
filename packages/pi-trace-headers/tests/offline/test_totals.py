from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_trace_headers.offline import spans_of, total

if TYPE_CHECKING:
    from conftest import Story


def test_calls_tokens_cost_and_time_are_summed_up_by_model(long_story: Story) -> None:
    totals = total(spans_of(long_story.write()))
    (line,) = totals.models.values()

    assert (totals.runs, line.name, line.calls, line.errors, line.aborted) == (2, "openai/gpt-5", 4, 1, 0)
    # Four answers of 400 tokens sent, and a compaction of 900.
    assert (line.input_tokens, line.cache_read_tokens, line.output_tokens) == (4 * 400 + 900, 4 * 300, 4 * 20 + 30)
    assert line.cost_usd == pytest.approx(0.04)
    assert line.cache_hits == pytest.approx(1200 / 2500)
    assert (line.quantile(0.5), line.quantile(0.95)) == (2.0, 3.0)
    assert line.output_per_second == pytest.approx(60 / 5.7)


def test_tools_are_counted_with_their_failures(long_story: Story) -> None:
    (line,) = total(spans_of(long_story.write())).tools.values()
    assert (line.name, line.calls, line.errors, line.seconds) == ("bash", 2, 1, [1.9])


def test_several_models_are_told_apart_and_together(story: Story) -> None:
    story.header().user("a", 1000).says("x", 1100, 2000).user("b", 3000).says("y", 3100, 4000, model="gpt-6")
    totals = total(spans_of(story.write()))
    assert sorted(totals.models) == ["openai/gpt-5", "openai/gpt-6"]
    assert totals.all_models.calls == 2


def test_nothing_is_no_figure() -> None:
    line = total([]).all_models
    assert (line.cache_hits, line.quantile(0.5), line.output_per_second) == (None, None, None)
    assert line.as_data()["cost_usd"] == 0


def test_a_tool_without_a_name_is_counted_as_unknown(long_story: Story) -> None:
    spans = spans_of(long_story.write())
    for span in spans:
        span.attributes.pop("gen_ai.tool.name", None)
    (line,) = total(spans).tools.values()
    assert (line.name, line.calls) == ("unknown", 2)
