"""What the builder makes of signals, told one by one."""

from __future__ import annotations

from typing import Any

from span_support import forest, received

from pi_trace_headers._identity import Identity, Link, derive_span_id, derive_trace_id
from pi_trace_headers.spans import Builder, Span
from pi_trace_headers.spans import _signals as s
from pi_trace_headers.spans._facts import Answer, ModelFacts, Usage

TRACE = derive_trace_id("s1")
NOBODY = Identity(TRACE, "s1")
IDENTITY = Identity(TRACE, "s1", run_id="u1")
MODEL = ModelFacts("openai", "gpt-5", "openai-responses", "api.openai.com", 443)


def request(at: int, leaf: str = "u1", **more: Any) -> s.RequestBegan:
    return s.RequestBegan(at, identity=IDENTITY, model=MODEL, leaf_id=leaf, **more)


def answered(at: int, reason: str = "stop", error: str | None = None, **more: Any) -> s.Answered:
    answer = Answer(model=MODEL, stop_reason=reason, error=error, usage=Usage(10, 5, cost=0.5), **more)
    return s.Answered(at, answer=answer, request=request(at))


def build(*signals: s.Signal, settles: bool = True) -> list[Span]:
    builder = Builder("s1", settles=settles)
    return [span for signal in signals for span in builder.feed(signal)]


def shapes(spans: list[Span]) -> list[Any]:
    return [node.shape for node in forest(received(spans))]


def test_children_are_finished_before_their_parents() -> None:
    spans = build(
        s.RunBegan(1, NOBODY), s.TurnBegan(2), request(3), answered(5), s.TurnEnded(6), s.RunEnded(7), s.RunSettled(8)
    )
    assert [(span.name, span.start, span.end) for span in spans] == [
        ("chat gpt-5", 3, 5),
        ("pi.turn", 2, 6),
        ("invoke_agent pi", 1, 7),
    ]


def test_ids_can_be_worked_out_again() -> None:
    chat, turn, run = build(
        s.RunBegan(1, NOBODY), s.TurnBegan(2), request(3, turn=0), answered(5), s.TurnEnded(6), s.RunSettled(8)
    )
    assert {span.trace_id for span in (chat, turn, run)} == {TRACE}
    assert run.span_id == derive_span_id(TRACE, "run", "u1")
    assert turn.span_id == derive_span_id(TRACE, "turn", "u1/0")
    assert chat.span_id == derive_span_id(TRACE, "chat", "s1/u1/0")


def test_a_call_has_the_id_it_was_given() -> None:
    chat, *_ = build(s.RunBegan(1, NOBODY), s.TurnBegan(2), request(3, span_id="a" * 16), answered(5))
    assert chat.span_id == "a" * 16


def test_ids_that_providers_use_again_are_told_apart() -> None:
    tool = s.ToolBegan(4, call_id="call_1", name="bash")
    done = s.ToolEnded(5, call_id="call_1", name="bash")
    spans = build(s.RunBegan(1, NOBODY), s.TurnBegan(2), tool, done, tool, done, s.TurnEnded(6), s.RunSettled(7))
    assert len({span.span_id for span in spans}) == 4


def test_a_run_goes_on_after_a_failure() -> None:
    failed: list[s.Signal] = [
        s.TurnBegan(2),
        request(3),
        answered(4, "error", "503: busy"),
        s.TurnEnded(5),
        s.RunEnded(6),
    ]
    fine: list[s.Signal] = [
        s.TurnBegan(12),
        request(13, "e1", attempt=2),
        answered(14),
        s.TurnEnded(15),
        s.RunEnded(16),
    ]
    spans = build(s.RunBegan(1, NOBODY), *failed, s.RunBegan(11, NOBODY), *fine, s.RunSettled(17))

    assert shapes(spans) == [("invoke_agent pi", [("pi.turn", ["chat gpt-5"]), ("pi.turn", ["chat gpt-5"])])]
    run = spans[-1]
    assert [(event.name, event.at, event.attributes) for event in run.events] == [
        ("pi.retry", 11, {"pi.request.attempt": 2, "error.type": "503"})
    ]
    assert run.error is None
    assert "error.type" not in run.attributes


def test_a_run_that_goes_on_without_a_failure_is_no_retry() -> None:
    turn: list[s.Signal] = [s.TurnBegan(2), request(3), answered(4), s.TurnEnded(5), s.RunEnded(6)]
    *_, run = build(s.RunBegan(1, NOBODY), *turn, s.RunBegan(7, NOBODY), s.RunEnded(8), s.RunSettled(9))
    assert run.events == ()


def test_on_a_pi_that_does_not_settle_a_run_is_over_when_it_has_not_failed() -> None:
    turn: list[s.Signal] = [s.TurnBegan(2), request(3), answered(4), s.TurnEnded(5)]
    assert len(build(s.RunBegan(1, NOBODY), *turn, s.RunEnded(6), settles=False)) == 3


def test_on_a_pi_that_does_not_settle_a_failed_run_is_over_with_the_next_prompt() -> None:
    turn: list[s.Signal] = [s.TurnBegan(2), request(3), answered(4, "error", "400 no"), s.TurnEnded(5), s.RunEnded(6)]
    assert len(build(s.RunBegan(1, NOBODY), *turn, settles=False)) == 2
    *_, run = build(s.RunBegan(1, NOBODY), *turn, s.RunAnnounced(99), settles=False)
    assert (run.end, run.error, run.attributes["error.type"]) == (6, "400 no", "400")


def test_on_a_pi_that_does_not_settle_a_request_may_come_before_its_run() -> None:
    early: list[s.Signal] = [
        request(1),
        s.RunBegan(2, NOBODY),
        s.TurnBegan(3),
        answered(5),
        s.TurnEnded(6),
        s.RunEnded(7),
    ]
    spans = build(*early, settles=False)
    assert shapes(spans) == [("invoke_agent pi", [("pi.turn", ["chat gpt-5"])])]
    assert [span.start for span in spans] == [1, 1, 1]


def test_on_a_pi_that_does_not_settle_the_next_request_may_come_before_the_answer() -> None:
    signals: list[s.Signal] = [
        s.RunBegan(1, NOBODY),
        s.TurnBegan(2),
        request(3),
        s.ResponseBegan(4, 200),
        request(5, "r1"),
        s.ResponseBegan(6, 201),
        s.FirstToken(7),
        answered(8, "toolUse"),
        s.TurnEnded(9),
        s.TurnBegan(10),
        answered(11),
        s.TurnEnded(12),
        s.RunEnded(13),
    ]
    spans = build(*signals, settles=False)
    assert shapes(spans) == [("invoke_agent pi", [("pi.turn", ["chat gpt-5"]), ("pi.turn", ["chat gpt-5"])])]
    chats = [
        (span.start, span.end, span.attributes["http.response.status_code"]) for span in spans if span.kind == "client"
    ]
    assert chats == [(3, 8, 200), (5, 11, 201)]
    assert "gen_ai.response.time_to_first_chunk" in spans[0].attributes


def test_a_call_that_nobody_announced_is_known_by_its_answer() -> None:
    signal = s.Answered(9, answer=Answer(model=MODEL, stop_reason="aborted"), request=request(7))
    chat, *_ = build(s.RunBegan(1, NOBODY), s.TurnBegan(2), signal)
    assert (chat.name, chat.start, chat.end, chat.attributes["error.type"]) == ("chat gpt-5", 7, 9, "aborted")


def test_the_calls_for_a_summary_end_one_after_the_other() -> None:
    calls: list[s.Signal] = [
        request(2, "c", purpose="compaction", span_id="1" * 16),
        request(4, "c", purpose="compaction", span_id="2" * 16),
    ]
    done = s.SummaryEnded(7, kind="compaction", usage=Usage(100, 7, cost=0.1), tokens_before=5000)
    began = s.SummaryBegan(1, kind="compaction", identity=IDENTITY, model=MODEL, leaf_id="l", reason="manual")
    one, two, summary = build(began, *calls, done)

    assert [(span.start, span.end) for span in (one, two, summary)] == [(2, 4), (4, 7), (1, 7)]
    assert {one.parent_id, two.parent_id} == {summary.span_id}
    assert summary.name == "pi.compaction"
    assert summary.attributes["gen_ai.usage.input_tokens"] == 100
    assert summary.attributes["pi.compaction.tokens_before"] == 5000
    assert "gen_ai.usage.input_tokens" not in one.attributes


def test_a_summary_that_nobody_wanted_leaves_nothing() -> None:
    began = s.SummaryBegan(1, kind="branch_summary", identity=IDENTITY)
    assert build(began, s.SummaryEnded(2, kind="branch_summary", none=True)) == []


def test_a_summary_is_part_of_a_run_that_still_works() -> None:
    turn: list[s.Signal] = [s.TurnBegan(2), request(3)]
    summary: list[s.Signal] = [
        s.SummaryBegan(7, kind="compaction", identity=IDENTITY),
        s.SummaryEnded(8, kind="compaction", usage=Usage(1, 1)),
    ]
    for answer, parts in ((answered(4, "error", "400: too long"), 2), (answered(4), 1)):
        spans = build(s.RunBegan(1, NOBODY), *turn, answer, s.TurnEnded(5), s.RunEnded(6), *summary, s.RunSettled(9))
        (run,) = (node for node in forest(received(spans)) if node.span.name == "invoke_agent pi")
        assert len(run.parts) == parts


def test_a_failed_summary_says_why() -> None:
    began = s.SummaryBegan(1, kind="compaction", identity=IDENTITY)
    (span,) = build(began, s.SummaryEnded(2, kind="compaction", failure="529: overloaded"))
    assert (span.error, span.attributes["error.type"]) == ("529: overloaded", "529")


def test_what_pi_pays_for_in_passing_is_a_call_of_its_own() -> None:
    (span,) = build(
        s.Spent(5, identity=NOBODY, model=MODEL, purpose="cache_warm", usage=Usage(0, 1, 500, cost=0.2), leaf_id="x")
    )
    assert (span.name, span.start, span.end, span.parent_id) == ("chat gpt-5", 5, 5, None)
    assert span.attributes["pi.request.purpose"] == "cache_warm"
    assert span.attributes["gen_ai.usage.input_tokens"] == 500


def test_a_request_that_nobody_answers_is_incomplete() -> None:
    (span,) = build(request(5, purpose="other"), s.ResponseBegan(8, 200), s.SessionEnded(100))
    assert (span.start, span.end, span.attributes["pi.incomplete"]) == (5, 8, True)


def test_a_session_that_breaks_off_ends_everything() -> None:
    tool = s.ToolBegan(6, call_id="t", name="bash")
    signals: list[s.Signal] = [s.RunBegan(1, NOBODY), s.TurnBegan(2), request(3), answered(5, "toolUse"), tool]
    spans = build(*signals, s.SessionEnded(9))
    assert shapes(spans) == [("invoke_agent pi", [("pi.turn", ["chat gpt-5", "execute_tool bash"])])]
    assert [span.attributes.get("pi.incomplete") for span in spans] == [None, True, None, True]


def test_a_tool_within_a_tool_is_its_part() -> None:
    inner = s.ToolBegan(3, call_id="i", name="read", parent_call_id="o")
    spans = build(
        s.TurnBegan(1),
        s.ToolBegan(2, call_id="o", name="codemode"),
        inner,
        s.ToolEnded(4, call_id="i", name="read"),
        s.ToolEnded(5, call_id="o", name="codemode"),
        s.TurnEnded(6),
    )
    assert shapes(spans) == [("pi.turn", [("execute_tool codemode", ["execute_tool read"])])]


def test_pis_own_word_on_how_long_a_tool_took_counts() -> None:
    (span,) = build(s.ToolBegan(10, call_id="t", name="bash"), s.ToolEnded(100, call_id="t", name="bash", duration=30))
    assert (span.start, span.end) == (70, 100)


def test_a_started_pi_is_part_of_the_trace_that_started_it_and_a_fork_is_linked() -> None:
    link = Link("c" * 32, "d" * 16, "fork", "s0")
    identity = Identity("e" * 32, "s1", parent_span_id="f" * 16, links=(link,), sampled=False)
    (run,) = build(s.RunBegan(1, identity), s.RunEnded(2), s.RunSettled(3))
    assert (run.trace_id, run.parent_id, run.sampled) == ("e" * 32, "f" * 16, False)
    assert [(one.trace_id, one.span_id, one.attributes["pi.link"]) for one in run.links] == [
        ("c" * 32, "d" * 16, "fork")
    ]


def test_a_trace_by_run_begins_with_the_runs_first_request() -> None:
    own = Identity("1" * 32, "s1", run_id="u1")
    first = s.RequestBegan(3, identity=own, model=MODEL, leaf_id="u1")
    spans = build(
        s.RunBegan(1, NOBODY),
        s.TurnBegan(2),
        first,
        s.ToolBegan(4, call_id="t", name="bash"),
        s.ToolEnded(5, call_id="t", name="bash"),
        answered(6),
        s.TurnEnded(7),
        s.RunSettled(8),
    )
    assert {span.trace_id for span in spans} == {"1" * 32}


def test_everything_without_another_parent_is_part_of_the_session() -> None:
    link = Link("c" * 32, "d" * 16, "fork", "s0")
    nobody = Identity(TRACE, "s1", parent_span_id="f" * 16, links=(link,))
    spans = build(
        s.SessionBegan(5, nobody),
        s.SessionBegan(9, NOBODY),
        s.RunBegan(11, nobody),
        s.RunSettled(12),
        s.SummaryBegan(13, kind="compaction", identity=nobody),
        s.SummaryEnded(14, kind="compaction"),
        s.ToolEnded(16, call_id="t", name="bash", duration=1),
        s.SessionEnded(99),
    )
    assert shapes(spans) == [("pi.session", ["invoke_agent pi", "pi.compaction", "execute_tool bash"])]
    session = spans[-1]
    assert (session.span_id, session.parent_id) == (derive_span_id(TRACE, "session", "s1"), "f" * 16)
    assert (session.start, session.end) == (5, 16)
    assert [span.links for span in spans[:-1]] == [()] * 3
    assert [one.span_id for one in session.links] == ["d" * 16]


def test_a_session_that_was_taken_up_again_begins_when_its_file_says() -> None:
    run: list[s.Signal] = [s.RunBegan(11, NOBODY), s.RunSettled(12)]
    assert build(s.SessionBegan(9, NOBODY), *run, s.SessionEnded(20, began=3))[-1].start == 3
    assert build(s.SessionBegan(9, NOBODY), *run, s.SessionEnded(20))[-1].start == 9


def test_a_session_in_which_nothing_happened_is_no_span() -> None:
    assert build(s.SessionBegan(1, NOBODY), s.SessionEnded(9)) == []


def test_a_run_in_a_trace_of_its_own_is_linked_to_the_session() -> None:
    own = Identity("1" * 32, "s1", run_id="u1")
    run, session = build(s.SessionBegan(1, NOBODY), s.RunBegan(5, own), s.RunSettled(8), s.SessionEnded(9))
    assert (run.trace_id, run.parent_id) == ("1" * 32, None)
    assert [(one.trace_id, one.span_id, one.attributes["pi.link"]) for one in run.links] == [
        (TRACE, session.span_id, "session")
    ]
    assert (session.trace_id, session.start, session.end) == (TRACE, 1, 8)


def test_content_goes_to_the_call_that_it_led_to() -> None:
    heard = [s.Heard(2, '["be nice"]', system=True), s.Heard(3, '{"role":"user"}'), s.Heard(4, '{"role":"tool"}')]
    one, two = build(*heard, request(5), answered(6, output="[1]"), request(7, "x"), answered(8))
    assert one.attributes["gen_ai.system_instructions"] == '["be nice"]'
    assert one.attributes["gen_ai.input.messages"] == '[{"role":"user"},{"role":"tool"}]'
    assert one.attributes["gen_ai.output.messages"] == "[1]"
    assert "gen_ai.input.messages" not in two.attributes
