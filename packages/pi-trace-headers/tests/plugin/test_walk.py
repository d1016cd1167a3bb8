"""The headers of every request of one pi that goes from session to session."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from traced_support import parents

from pi_trace_headers._identity import derive_span_id, derive_trace_id

if TYPE_CHECKING:
    from traced_support import Walk

#: Asks for a summary with the headers of the request before.
OLD = "0.74.2"


def test_a_session_is_a_trace_wherever_it_is_left_and_taken_up(walk: Walk) -> None:
    for name, requests in walk.steps.items():
        if name.startswith("compacted") and walk.version == OLD:
            continue  # see below
        assert {request.header("x-session") for request in requests} == {walk.ids[name]}
        assert {parent.trace_id for parent in parents(requests)} == {derive_trace_id(walk.ids[name])}
    assert len(set(walk.ids.values())) == 4
    assert walk.ids["tools"] == walk.ids["reloaded"] == walk.ids["compacted"] == walk.ids["resumed"]


def test_a_fork_names_its_parent_and_nobody_else_does(walk: Walk) -> None:
    named = {name: {request.header("x-parent") for request in requests} for name, requests in walk.steps.items()}
    assert named.pop("forked") == {walk.ids["new"]}
    assert set().union(*named.values()) == {None}


def test_each_request_has_a_span_of_its_own(walk: Walk) -> None:
    summaries = ("compacted", "compacted again") if walk.version == OLD else ()
    spans = [one.span_id for name, requests in walk.steps.items() if name not in summaries for one in parents(requests)]
    assert len(set(spans)) == len(spans) > 8


def test_retries_are_attempts_at_one_turn_of_one_run(walk: Walk) -> None:
    requests = [*walk.steps["tools"], *walk.steps["after"]]
    assert [request.header("x-count") for request in requests] == ["1.1", "2.1", "3.2", "4.3", "5.1"]
    assert [request.header("x-turn") for request in requests] == ["0", "1", "1", "1", "0"]
    *run, after = [request.header("x-run") for request in requests]
    assert set(run) == {run[0]}
    assert after not in {None, run[0]}


def test_a_summary_is_a_request_of_the_session_and_no_turn(walk: Walk) -> None:
    for name in ("compacted", "compacted again"):
        assert walk.steps[name]
        if walk.version != OLD:
            assert {request.header("x-turn") for request in walk.steps[name]} == {None}
    if walk.version == OLD:
        spans = {one.span_id for one in parents(walk.steps["compacted"])}
        assert spans == {one.span_id for one in parents(walk.steps["reloaded"])}


def test_a_summary_never_carries_the_ids_of_the_session_before(walk: Walk) -> None:
    sent = {request.header("x-session") for request in walk.steps["compacted again"]}
    assert sent <= {walk.ids["resumed"], None}


def test_the_span_of_a_request_can_be_worked_out_from_the_stored_session(walk: Walk) -> None:
    if walk.version == OLD:
        pytest.skip("this pi does not say where a request hangs, so its ids are random")
    entries = [json.loads(line) for line in walk.file.read_text("utf-8").splitlines()]
    answers = [entry for entry in entries if entry.get("message", {}).get("role") == "assistant"]
    number, trace_id = entries[0]["id"], derive_trace_id(entries[0]["id"])
    asked = [request for name in ("tools", "after", "reloaded", "resumed") for request in walk.steps[name]]
    assert [one.span_id for one in parents(asked)] == [
        derive_span_id(trace_id, "chat", f"{number}/{answer['parentId']}/0") for answer in answers
    ]
    runs = [answers[at]["parentId"] for at in (0, 0, 0, 0, 4, 5, 6)]
    assert [request.header("x-run") for request in asked] == runs
