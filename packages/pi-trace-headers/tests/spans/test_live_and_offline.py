"""The spans that a stored session gives are those that were sent while it ran."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from span_support import Node, Received, forest, received

from pi_trace_headers.offline import spans_of

if TYPE_CHECKING:
    from conftest import Tour

#: What a session file does not have: the wire, the run's surroundings, and pi's reason for a compaction.
UNKNOWN = {
    "server.address",
    "server.port",
    "http.response.status_code",
    "gen_ai.response.time_to_first_chunk",
    "gen_ai.agent.version",
    "pi.reason",
}

#: Span ids are random there.
OLD = "0.74.2"

SECOND = 1_000_000_000


def stored(tour: Tour) -> list[Node]:
    return forest(one for path in tour.sessions for one in received(spans_of(path)))


def live(tour: Tour) -> list[Node]:
    def without_requests(node: Node) -> Node:
        # Of a compaction a file tells the result and not how many requests it took.
        parts = [] if node.span.name == "pi.compaction" else node.parts
        return Node(node.span, [without_requests(part) for part in parts])

    return [without_requests(node) for node in forest(tour.spans)]


def pairs(tour: Tour) -> list[tuple[Received, Received]]:
    def walk(one: list[Node], other: list[Node]) -> list[tuple[Received, Received]]:
        return [
            pair
            for ours, theirs in zip(one, other, strict=True)
            for pair in [(ours.span, theirs.span), *walk(ours.parts, theirs.parts)]
        ]

    return walk(live(tour), stored(tour))


def about(span: Received) -> dict[str, Any]:
    attributes = {name: value for name, value in span.attributes.items() if name not in UNKNOWN}
    # The provider's answer may have begun before it broke off; pi keeps its id in newer versions only.
    if span.error is not None:
        attributes.pop("gen_ai.response.id", None)
    return attributes


def test_the_trees_have_one_shape(tour: Tour) -> None:
    assert [node.shape for node in stored(tour)] == [node.shape for node in live(tour)]


def test_names_attributes_errors_and_events_are_the_same(tour: Tour) -> None:
    for sent, kept in pairs(tour):
        assert (kept.name, kept.kind, kept.error, kept.events) == (sent.name, sent.kind, sent.error, sent.events)
        assert about(kept) == about(sent)


def test_traces_and_links_are_the_same(tour: Tour) -> None:
    sent = [(one.trace_id, one.links) for one, _ in pairs(tour)]
    kept = [(one.trace_id, one.links) for _, one in pairs(tour)]
    if tour.version == OLD:  # it does not write down what a fork of the first prompt was forked from
        sent, kept = [(trace, ()) for trace, _ in sent], [(trace, ()) for trace, _ in kept]
    assert sent == kept


def test_span_ids_are_the_same(tour: Tour) -> None:
    if tour.version == OLD:
        pytest.skip("this pi does not say where a request hangs, so its ids are random")
    assert [kept.span_id for _, kept in pairs(tour)] == [sent.span_id for sent, _ in pairs(tour)]


def test_times_are_about_the_same(tour: Tour) -> None:
    for sent, kept in pairs(tour):
        assert abs(kept.start - sent.start) < SECOND
        assert abs(kept.end - sent.end) < SECOND


def test_each_session_file_stands_for_one_trace(tour: Tour) -> None:
    for path in tour.sessions:
        spans = spans_of(path)
        assert len({span.trace_id for span in spans}) == 1


def test_each_run_may_be_a_trace_that_is_linked_to_the_session(tour: Tour) -> None:
    for path in tour.sessions:
        spans = spans_of(path, by_run=True)
        (session,) = (span for span in spans if span.name == "pi.session")
        runs = [span for span in spans if span.name == "invoke_agent pi"]
        assert len({span.trace_id for span in spans}) == 1 + len(runs)
        for run in runs:
            assert run.parent_id is None
            assert [(link.trace_id, link.span_id) for link in run.links] == [(session.trace_id, session.span_id)]
