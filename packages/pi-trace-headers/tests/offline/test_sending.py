from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from span_support import Collector, forest, received

from pi_trace_headers._errors import TraceError
from pi_trace_headers.offline import spans_of
from pi_trace_headers.offline._sending import send

if TYPE_CHECKING:
    from conftest import Story


def test_what_is_sent_is_what_is_shown(long_story: Story, collector: Collector) -> None:
    spans = spans_of(long_story.write())
    send(spans, collector.url)
    assert [node.shape for node in forest(collector.spans)] == [node.shape for node in forest(received(spans))]
    assert {path for path, _ in collector.requests} == {"/v1/traces"}


def test_sending_twice_makes_no_second_trace(long_story: Story, collector: Collector) -> None:
    for _ in range(2):
        send(spans_of(long_story.write()), collector.url)
    assert len({(span.trace_id, span.span_id) for span in collector.spans}) == len(collector.spans) // 2


def test_more_spans_than_the_sdk_queues_all_arrive(story: Story, collector: Collector) -> None:
    story.header()
    for number in range(1000):
        story.user("x", 1000 * number + 1000).says("y", 1000 * number + 1100, 1000 * number + 1500)
    send(spans_of(story.write()), collector.url)
    assert len(collector.spans) == 3001


@pytest.mark.parametrize("status", [400, 500])
def test_a_collector_that_refuses_is_an_error(long_story: Story, status: int) -> None:
    with Collector(status=status) as collector, pytest.raises(TraceError, match="did not take the spans"):
        send(spans_of(long_story.write()), collector.url)


def test_a_url_that_is_none_is_named(long_story: Story) -> None:
    with pytest.raises(TraceError, match="'localhost:4318' is no URL of a collector"):
        send(spans_of(long_story.write()), "localhost:4318")
