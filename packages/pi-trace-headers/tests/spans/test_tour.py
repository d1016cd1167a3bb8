"""The spans of real pi, as they reached a collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from span_support import Node, forest

from pi_trace_headers._identity import derive_span_id, derive_trace_id

if TYPE_CHECKING:
    from conftest import Tour

SESSION, RUN, TURN, CHAT, BASH = "pi.session", "invoke_agent pi", "pi.turn", "chat scripted-1", "execute_tool bash"

#: Has no event for headers: what is on the wire for a compaction is no request that anybody hears of.
OLD = "0.74.2"


def runs(tour: Tour) -> list[Node]:
    return [node for session in forest(tour.spans) for node in session.parts if node.span.name == RUN]


def test_a_session_is_a_tree_of_runs_turns_model_calls_and_tools(tour: Tour) -> None:
    answered = (RUN, [(TURN, [CHAT])])
    compaction = ("pi.compaction", [CHAT]) if tour.version != OLD else "pi.compaction"
    tools, retried = (RUN, [(TURN, [CHAT, BASH, BASH]), (TURN, [CHAT])]), (RUN, [(TURN, [CHAT]), (TURN, [CHAT])])

    assert [node.shape for node in forest(tour.spans)] == [
        (SESSION, [tools, retried, answered, answered, compaction, answered]),
        (SESSION, [answered]),
        (SESSION, [answered]),
    ]


def test_the_span_of_a_session_can_be_worked_out(tour: Tour) -> None:
    for session in (node.span for node in forest(tour.spans)):
        number = session.attributes["session.id"]
        assert session.trace_id == derive_trace_id(number)
        assert session.span_id == derive_span_id(session.trace_id, "session", number)
        assert (session.kind, session.parent_id, session.error) == ("internal", None, None)


def test_the_span_of_a_model_call_is_the_one_on_the_wire(tour: Tour) -> None:
    sent = {(span.trace_id, span.span_id) for span in tour.spans if span.kind == "client"}

    assert len(sent) == len([span for span in tour.spans if span.kind == "client"])
    assert sent == set(tour.wire)


def test_each_session_is_a_trace_and_a_fork_is_linked(tour: Tour) -> None:
    one, two, three = dict.fromkeys(span.trace_id for span in sorted(tour.spans, key=lambda span: span.start))
    roots = {span.trace_id: span.span_id for span in tour.spans if span.name == SESSION}
    linked = {span.name: span.links for span in tour.spans if span.links}
    assert linked == {SESSION: ((two, roots[two]),)}
    assert [span.trace_id for span in tour.spans if span.links] == [three]
    assert set(roots) == {one, two, three}
    assert len({span.attributes["session.id"] for span in tour.spans}) == 3


def test_parents_enclose_their_parts(tour: Tour) -> None:
    def check(node: Node) -> None:
        for part in node.parts:
            assert node.span.start <= part.span.start <= part.span.end <= node.span.end
            check(part)

    for node in forest(tour.spans):
        check(node)


def test_a_model_call_tells_what_the_conventions_ask_for(tour: Tour) -> None:
    call = runs(tour)[0].parts[1].parts[0].span
    known = call.attributes

    assert (call.kind, call.error, call.service) == ("client", None, "pi")
    assert known["gen_ai.operation.name"] == "chat"
    assert known["gen_ai.provider.name"] == "scripted"
    assert known["gen_ai.request.model"] == "scripted-1"
    assert known["gen_ai.request.stream"] is True
    assert known["gen_ai.response.finish_reasons"] == ["stop"]
    assert known["gen_ai.response.id"].startswith("chatcmpl-")
    assert known["gen_ai.conversation.id"] == known["session.id"]
    assert known["server.address"] == "127.0.0.1"
    assert known["server.port"] > 0
    assert known["http.response.status_code"] == 200


def test_the_input_includes_what_came_from_the_cache(tour: Tour) -> None:
    known = runs(tour)[0].parts[1].parts[0].span.attributes

    assert known["gen_ai.usage.input_tokens"] == 1000
    assert known["gen_ai.usage.cache_read.input_tokens"] == 900
    assert known["gen_ai.usage.output_tokens"] == 20
    assert known["pi.usage.cost_usd"] == pytest.approx((100 * 1 + 900 * 0.1 + 20 * 2) / 1e6)


def test_a_run_sums_up_its_calls(tour: Tour) -> None:
    run = runs(tour)[0]
    calls = [turn.parts[0].span.attributes for turn in run.parts]

    for name in ("gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"):
        assert run.span.attributes[name] == sum(call[name] for call in calls)
    assert run.span.attributes["gen_ai.agent.name"] == "pi"
    assert run.span.attributes["gen_ai.agent.version"] == tour.version


def test_the_first_token_is_timed(tour: Tour) -> None:
    call = runs(tour)[0].parts[1].parts[0].span
    first = call.attributes["gen_ai.response.time_to_first_chunk"]
    # The answer takes 0.1 s to begin, and no time from then on.
    assert 0.1 <= first <= (call.end - call.start) / 1e9 + 0.001


def test_the_first_token_comes_long_before_the_last(tour: Tour) -> None:
    call = runs(tour)[2].parts[0].parts[0].span
    assert call.attributes["gen_ai.response.time_to_first_chunk"] < (call.end - call.start) / 1e9


def test_tools_tell_what_was_called_and_whether_it_failed(tour: Tour) -> None:
    tools = [node.span for node in runs(tour)[0].parts[0].parts[1:]]

    assert {(tool.kind, tool.error, tool.attributes.get("error.type")) for tool in tools} == {
        ("internal", None, None),
        ("internal", "", "tool_error"),
    }
    for tool in tools:
        assert tool.attributes["gen_ai.operation.name"] == "execute_tool"
        assert tool.attributes["gen_ai.tool.name"] == "bash"
        assert tool.attributes["gen_ai.tool.call.id"].startswith("call_")


def test_a_retry_is_an_event_of_the_run_and_its_calls_are_counted(tour: Tour) -> None:
    run = runs(tour)[1]
    cut, again = (turn.parts[0].span for turn in run.parts)

    assert run.span.events == (("pi.retry", {"pi.request.attempt": 2, "error.type": "_OTHER"}),)
    assert (cut.attributes["error.type"], "pi.request.attempt" in cut.attributes) == ("_OTHER", False)
    assert cut.error
    assert (again.error, again.attributes["pi.request.attempt"]) == (None, 2)
    assert run.span.error is None


def test_an_abort_fails_the_call_and_not_the_run(tour: Tour) -> None:
    run = runs(tour)[2]
    call = run.parts[0].parts[0].span

    assert call.attributes["error.type"] == "aborted"
    assert call.attributes["gen_ai.response.finish_reasons"] == ["aborted"]
    assert (run.span.error, run.span.attributes["pi.run.aborted"]) == (None, True)


def test_a_failure_fails_call_and_run_and_quotes_no_key(tour: Tour) -> None:
    run = runs(tour)[3]
    for span in (run.span, run.parts[0].parts[0].span):
        assert span.attributes["error.type"] == "400"
        assert span.error is not None
        assert "bad request: [removed]" in span.error


def test_a_compaction_tells_what_it_cost(tour: Tour) -> None:
    (span,) = (span for span in tour.spans if span.name == "pi.compaction")
    assert span.attributes["pi.compaction.tokens_before"] > 0
    if tour.version != OLD:
        assert span.attributes["pi.reason"] == "manual"
        assert span.attributes["gen_ai.usage.output_tokens"] == 1


def test_no_span_carries_what_was_said(tour: Tour) -> None:
    content = {name for span in tour.spans for name in span.attributes if "messages" in name or "tool.call" in name}
    assert content == {"gen_ai.tool.call.id"}
    assert not [span for span in tour.spans if "gen_ai.system_instructions" in span.attributes]


def test_metrics_count_tokens_time_and_cost(tour: Tour) -> None:
    tokens = {
        point.attributes[-1].value.string_value: (point.count, point.sum)
        for point in tour.metrics["gen_ai.client.token.usage"]
        if point.count > 1
    }
    calls = [span.attributes for span in tour.spans if span.kind == "client" or span.name == "pi.compaction"]
    for kind, name in (("input", "gen_ai.usage.input_tokens"), ("output", "gen_ai.usage.output_tokens")):
        counted = [call[name] for call in calls if name in call]
        assert tokens[kind] == (len(counted), sum(counted))
    (cost,) = (point.as_double for point in tour.metrics["pi.client.cost"])
    assert cost == pytest.approx(sum(call.get("pi.usage.cost_usd", 0) for call in calls))
    errors = {
        attribute.value.string_value
        for point in tour.metrics["gen_ai.client.operation.duration"]
        for attribute in point.attributes
        if attribute.key == "error.type"
    }
    assert errors == {"_OTHER", "aborted", "400"}
    assert {"gen_ai.client.operation.time_to_first_chunk", "pi.tool.duration"} <= set(tour.metrics)


def test_nothing_is_told_when_all_is_well(tour: Tour) -> None:
    assert tour.told == []
