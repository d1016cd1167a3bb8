from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pi_trace_headers import _state
from pi_trace_headers._identity import Link, derive_span_id, derive_trace_id
from pi_trace_headers._state import TraceState, has_header_event, state_of

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SPAN = "00f067aa0ba902b7"


class Event:
    """An event: the host gives one object to all plugins."""


def at(leaf: str | None, version: str = "1.5.2", session: str = "s") -> Any:
    return SimpleNamespace(pi_version=version, session=SimpleNamespace(id=session, leaf_id=leaf, file=None))


def started(reason: str = "startup", previous: str | None = None) -> Any:
    return SimpleNamespace(reason=reason, previous_session_file=previous)


@pytest.fixture(autouse=True)
def _no_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TRACEPARENT", "TRACESTATE", "BAGGAGE", "PI_SESSION_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def state() -> TraceState:
    return TraceState("s", "session")


def test_a_session_is_one_trace_that_anybody_can_work_out(state: TraceState) -> None:
    assert state.identity.trace_id == derive_trace_id("s")
    assert state.root_span_id == derive_span_id(derive_trace_id("s"), "session", "s")


def test_a_request_has_the_span_of_the_entry_it_answers(state: TraceState) -> None:
    state.begin_run(Event())
    request = state.begin_request(Event(), at("leaf"))
    assert request.span_id == derive_span_id(derive_trace_id("s"), "chat", "s/leaf/0")
    assert request.parent_span_id == derive_span_id(derive_trace_id("s"), "turn", "leaf/0")
    assert (request.number, request.attempt, request.turn, request.purpose) == (1, 1, 0, "chat")


def test_the_second_request_at_one_entry_has_a_span_of_its_own(state: TraceState) -> None:
    spans = [state.begin_request(Event(), at("leaf")).span_id for _ in range(3)]
    assert spans == [derive_span_id(derive_trace_id("s"), "chat", f"s/leaf/{number}") for number in range(3)]


def test_two_plugins_that_hear_of_one_event_get_one_request(state: TraceState) -> None:
    event = Event()
    assert state.begin_request(event, at("leaf")) is state.begin_request(event, at("leaf"))
    assert state.begin_request(Event(), at("leaf")).number == 2


def test_a_request_begun_without_an_event_is_the_one_of_the_next_event(state: TraceState) -> None:
    request = state.begin_request(None, at("leaf", "0.74.2"))
    event = Event()
    assert state.begin_request(event, at("leaf", "0.74.2")) is request
    assert state.begin_request(event, at("leaf", "0.74.2")) is request
    assert state.begin_request(None, at("leaf", "0.74.2")).number == 2


def test_a_pi_without_the_header_event_gets_random_spans(state: TraceState) -> None:
    first, second = (state.begin_request(None, at("leaf", "0.74.2")) for _ in range(2))
    assert first.leaf_id is None
    assert first.span_id != second.span_id


def test_turns_and_runs_are_counted(state: TraceState) -> None:
    seen = []
    for leaves in (("a", "b"), ("c",)):
        state.begin_run(Event())
        for leaf in leaves:
            request = state.begin_request(Event(), at(leaf))
            seen.append((request.identity.run_id, request.turn))
        state.end_run(Event())
    assert seen == [("a", 0), ("a", 1), ("c", 0)]


def test_another_attempt_is_of_the_same_run_and_turn(state: TraceState) -> None:
    state.begin_run(Event())
    state.begin_request(Event(), at("a"))
    state.begin_request(Event(), at("b"))
    attempts = []
    for leaf in ("c", "d"):
        state.fail()
        state.begin_run(Event())
        attempts.append(state.begin_request(Event(), at(leaf)))
    after = state.begin_request(Event(), at("e"))
    assert [(one.identity.run_id, one.turn, one.attempt) for one in [*attempts, after]] == [
        ("a", 1, 2),
        ("a", 1, 3),
        ("a", 2, 1),
    ]
    turns = [derive_span_id(derive_trace_id("s"), "turn", f"a/{key}") for key in ("1#1", "1#2", "2")]
    assert [one.parent_span_id for one in [*attempts, after]] == turns


def test_a_run_that_goes_on_without_a_failure_is_no_attempt(state: TraceState) -> None:
    state.begin_run(Event())
    state.begin_request(Event(), at("a"))
    state.begin_run(Event())
    request = state.begin_request(Event(), at("b"))
    assert (request.identity.run_id, request.turn, request.attempt) == ("a", 1, 1)


def test_a_failure_is_forgotten_with_its_run(state: TraceState) -> None:
    state.begin_run(Event())
    state.begin_request(Event(), at("a"))
    state.fail()
    state.end_run(Event())
    state.begin_run(Event())
    request = state.begin_request(Event(), at("b"))
    assert (request.identity.run_id, request.turn, request.attempt) == ("b", 0, 1)


def test_the_span_of_the_session_stays_while_each_run_has_a_trace(state: TraceState) -> None:
    state = TraceState("s", "run")
    before = state.root_span_id
    state.begin_run(Event())
    state.begin_request(Event(), at("a"))
    assert state.root_span_id == before == derive_span_id(derive_trace_id("s"), "session", "s")


def test_a_compaction_is_no_turn(state: TraceState) -> None:
    state.begin_run(Event())
    state.begin_request(Event(), at("a"))
    state.begin_compaction(Event())
    summary = state.begin_request(Event(), at("b"))
    state.end_compaction(Event())
    after = state.begin_request(Event(), at("c"))
    assert (summary.purpose, summary.turn, after.purpose, after.turn) == ("compaction", None, "chat", 1)
    assert summary.parent_span_id == derive_span_id(derive_trace_id("s"), "compaction", "b")


def test_a_request_that_is_part_of_nothing_else_is_part_of_the_session(state: TraceState) -> None:
    assert state.begin_request(Event(), at("a")).parent_span_id == state.root_span_id


def test_an_event_told_by_two_plugins_counts_once(state: TraceState) -> None:
    start, end = Event(), Event()
    for _ in range(2):
        state.begin_run(start)
    assert state.begin_request(Event(), at("a")).attempt == 1
    for _ in range(2):
        state.end_run(end)
    assert state.identity.run_id is None


def test_one_trace_per_run(monkeypatch: pytest.MonkeyPatch) -> None:
    state = TraceState("s", "run")
    traces = []
    for leaf in ("a", "b"):
        state.begin_run(Event())
        traces.append(state.begin_request(Event(), at(leaf)).identity.trace_id)
        state.end_run(Event())
    assert traces == [derive_trace_id("s/a"), derive_trace_id("s/b")]
    monkeypatch.setenv("TRACEPARENT", f"00-{TRACE}-{SPAN}-01")
    assert TraceState("s", "run").identity.trace_id == TRACE


def test_a_child_is_in_its_parent_s_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEPARENT", f"00-{TRACE}-{SPAN}-00")
    monkeypatch.setenv("TRACESTATE", "a=1")
    monkeypatch.setenv("BAGGAGE", "b=2")
    monkeypatch.setenv("PI_SESSION_ID", "the-parent")
    identity = TraceState("s", "session").identity
    assert (identity.trace_id, identity.parent_span_id, identity.sampled) == (TRACE, SPAN, False)
    assert (identity.tracestate, identity.baggage, identity.parent_session_id) == ("a=1", "b=2", "the-parent")


def test_a_forged_parent_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACEPARENT", "00-../../etc/passwd-01")
    assert TraceState("s", "session").identity.trace_id == derive_trace_id("s")


def test_children_are_told_the_span(state: TraceState) -> None:
    assert state.child_environment(SPAN)["TRACEPARENT"] == f"00-{derive_trace_id('s')}-{SPAN}-01"


def test_a_fork_is_linked_to_what_it_comes_from(state: TraceState, tmp_path: Any) -> None:
    before = tmp_path / "a.jsonl"
    before.write_text('{"type":"session","id":"a"}\n')
    state.begin_session(started("fork", str(before)), at("leaf"))
    trace_id = derive_trace_id("a")
    assert state.identity.links == (Link(trace_id, derive_span_id(trace_id, "session", "a"), "fork", "a"),)
    assert state.identity.parent_session_id == "a"
    assert state.identity.trace_id == derive_trace_id("s")


def test_a_session_that_starts_twice_goes_on(state: TraceState) -> None:
    state.begin_session(started(), at("leaf"))
    state.begin_request(Event(), at("leaf"))
    state.begin_session(started(), at("leaf"))
    assert state.begin_request(Event(), at("leaf")).number == 2


def test_each_session_has_a_state_and_keeps_it() -> None:
    one = state_of(at(None, session="one"))
    assert state_of(at(None, session="two")) is not one
    assert state_of(at(None, session="one")) is one


def test_states_of_old_sessions_are_let_go() -> None:
    first = state_of(at(None, session="number 0"))
    for number in range(1, 100):
        state_of(at(None, session=f"number {number}"))
    assert state_of(at(None, session="number 0")) is not first
    assert len(_state._states) <= 64


def test_which_pi_tells_of_requests() -> None:
    assert [has_header_event(version) for version in ("0.74.2", "0.80.4", "1.5.2")] == [False, True, True]
