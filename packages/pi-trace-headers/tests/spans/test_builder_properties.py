"""Whatever the builder is told, in whatever order: it never raises, and its spans form trees."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pi_trace_headers._identity import Identity, derive_trace_id
from pi_trace_headers.spans import Builder, Span
from pi_trace_headers.spans import _signals as s
from pi_trace_headers.spans._facts import Answer, ModelFacts, Usage

_at = st.integers(0, 40)
_few = st.sampled_from(["a", "b", ""])
_identity = st.builds(
    Identity,
    trace_id=st.sampled_from([derive_trace_id("s1"), derive_trace_id("other")]),
    session_id=st.just("s1"),
    run_id=st.sampled_from([None, "r1", "r2"]),
)
_model = st.builds(ModelFacts, provider=_few, name=_few)
_request = st.builds(
    s.RequestBegan,
    _at,
    identity=_identity,
    span_id=st.sampled_from(["", "1" * 16, "2" * 16]),
    model=_model,
    turn=st.sampled_from([None, 0, 1]),
    purpose=st.sampled_from(["chat", "compaction", "other"]),
    leaf_id=_few,
)
_usage = st.builds(Usage, st.integers(0, 9), st.integers(0, 9))
_reasons = st.sampled_from(["stop", "toolUse", "error", "aborted", ""])
_answer = st.builds(Answer, model=_model, stop_reason=_reasons, usage=_usage, error=st.sampled_from([None, "503: x"]))
_kind = st.sampled_from(["compaction", "branch_summary"])
_signals = st.one_of(
    st.builds(s.SessionBegan, _at, _identity),
    st.builds(s.RunAnnounced, _at),
    st.builds(s.RunBegan, _at, _identity),
    st.builds(s.RunEnded, _at),
    st.builds(s.RunSettled, _at, st.booleans()),
    st.builds(s.TurnBegan, _at),
    st.builds(s.TurnEnded, _at),
    _request,
    st.builds(s.ResponseBegan, _at, st.just(200)),
    st.builds(s.FirstToken, _at),
    st.builds(s.Heard, _at, st.just("{}"), st.booleans()),
    st.builds(s.Answered, _at, answer=_answer, request=_request),
    st.builds(s.ToolBegan, _at, call_id=_few, name=_few, parent_call_id=st.sampled_from([None, "a", "b"])),
    st.builds(s.ToolEnded, _at, call_id=_few, name=_few, duration=st.sampled_from([None, 0, 99])),
    st.builds(s.SummaryBegan, _at, kind=_kind, identity=_identity, leaf_id=_few),
    st.builds(s.SummaryEnded, _at, kind=_kind, usage=st.none() | _usage, none=st.booleans()),
    st.builds(s.Spent, _at, identity=_identity, model=_model, purpose=_few, usage=_usage),
    st.builds(s.SessionEnded, _at),
)


def check(spans: list[Span]) -> None:
    known = {span.span_id: span for span in spans}
    assert len(known) == len(spans), "an id occurs twice"
    seen: set[str] = set()
    for span in spans:
        assert span.start <= span.end
        assert span.name
        assert (len(span.trace_id), len(span.span_id)) == (32, 16)
        if span.parent_id is not None:
            assert span.parent_id not in seen, "a parent is finished before its part"
            parent = known[span.parent_id]
            assert parent.trace_id == span.trace_id
            assert parent.start <= span.start
            assert span.end <= parent.end
        seen.add(span.span_id)


@settings(deadline=None)
@given(st.lists(_signals, max_size=40), st.booleans())
def test_spans_form_trees_whatever_happens(signals: list[s.Signal], settles: bool) -> None:  # noqa: FBT001  # drawn
    builder = Builder("s1", settles=settles)
    spans = [span for signal in [*signals, s.SessionEnded(50)] for span in builder.feed(signal)]
    check(spans)


@settings(deadline=None)
@given(st.lists(_signals, max_size=30))
def test_spans_form_trees_when_everything_is_told_twice(signals: list[s.Signal]) -> None:
    twice = Builder("s1")
    doubled = [span for signal in signals for one in (signal, signal) for span in twice.feed(one)]
    check([*doubled, *twice.feed(s.SessionEnded(50))])
