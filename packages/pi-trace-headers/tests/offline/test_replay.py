from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from span_support import forest, received

from pi_trace_headers._errors import TraceError
from pi_trace_headers._identity import derive_span_id, derive_trace_id
from pi_trace_headers.offline import spans_of

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Story

NS = 1_000_000
NOON = 1_795_176_000_000
ANSWERED = ("invoke_agent pi", [("pi.turn", ["chat gpt-5"])])


def shapes(path: Path) -> list[Any]:
    (session,) = forest(received(spans_of(path)))
    assert session.span.name == "pi.session"
    return [part.shape for part in session.parts]


def test_a_story_becomes_runs_turns_calls_and_summaries(long_story: Story) -> None:
    assert shapes(long_story.write()) == [
        (
            "invoke_agent pi",
            [("pi.turn", ["chat gpt-5", "execute_tool bash", "execute_tool bash"]), ("pi.turn", ["chat gpt-5"])],
        ),
        ("invoke_agent pi", [("pi.turn", ["chat gpt-5"]), ("pi.turn", ["chat gpt-5"])]),
        "pi.compaction",
    ]


def test_times_are_those_of_the_file(long_story: Story) -> None:
    (session,) = forest(received(spans_of(long_story.write())))
    run = session.parts[0]
    first, one, two = (node.span for node in run.parts[0].parts)
    times = [((span.start // NS) - NOON, (span.end // NS) - NOON) for span in (session.span, run.span, first, one, two)]
    assert times == [(0, 70_000), (1000, 6000), (1200, 3200), (3300, 5200), (3200, 4200)]


def test_ids_are_the_same_each_time(long_story: Story) -> None:
    path = long_story.write()
    assert [span.span_id for span in spans_of(path)] == [span.span_id for span in spans_of(path)]
    trace_id = derive_trace_id(long_story.session_id)
    assert {span.trace_id for span in spans_of(path)} == {trace_id}
    chat = next(span for span in spans_of(path) if span.kind == "client")
    assert chat.span_id == derive_span_id(trace_id, "chat", f"{long_story.session_id}/00000001/0")


def test_each_run_can_be_a_trace(long_story: Story) -> None:
    path = long_story.write()
    traces = {span.trace_id for span in spans_of(path, by_run=True) if span.name == "invoke_agent pi"}
    assert traces == {derive_trace_id(f"{long_story.session_id}/{entry}") for entry in ("00000001", "00000006")}
    others = {span.trace_id for span in spans_of(path, by_run=True) if span.name in {"pi.session", "pi.compaction"}}
    assert others == {derive_trace_id(long_story.session_id)}


def test_a_prompt_that_was_queued_belongs_to_the_run(story: Story) -> None:
    story.header().user("go", 1000).says("a", 1100, 5000).user("and then", 5001, given=2000).says("b", 5100, 6000)
    assert shapes(story.write()) == [("invoke_agent pi", [("pi.turn", ["chat gpt-5"]), ("pi.turn", ["chat gpt-5"])])]


def test_a_prompt_that_came_later_begins_a_run(story: Story) -> None:
    story.header().user("go", 1000).says("a", 1100, 5000).user("and then", 9000).says("b", 9100, 9500)
    assert shapes(story.write()) == [ANSWERED, ANSWERED]


def test_a_failure_is_followed_by_another_attempt(long_story: Story) -> None:
    run = [span for span in spans_of(long_story.write()) if span.name == "invoke_agent pi"][1]
    assert [(event.name, event.attributes["error.type"]) for event in run.events] == [("pi.retry", "503")]
    assert run.error is None


def test_a_tool_without_a_result_is_incomplete(story: Story) -> None:
    story.header().user("go", 1000).says("a", 1100, 2000, "c1")
    spans = {span.name: span for span in spans_of(story.write())}
    assert spans["execute_tool bash"].attributes["pi.incomplete"] is True
    assert spans["invoke_agent pi"].attributes["pi.incomplete"] is True


def test_what_a_fork_took_over_is_in_the_other_sessions_trace(story: Story) -> None:
    parent = "/gone/2026-11-20T11-00-00-000Z_01a1fb5e-0000-7000-8000-00000000000f.jsonl"
    story.header(5000, parentSession=parent)
    story.user("old", 1000).says("a", 1100, 2000).user("new", 6000).says("b", 6100, 7000)
    spans = spans_of(story.write())
    assert shapes(story.path) == [ANSWERED]
    (link,) = next(span for span in spans if span.parent_id is None).links
    assert link.trace_id == derive_trace_id("01a1fb5e-0000-7000-8000-00000000000f")


def test_usage_without_an_answer_is_a_call_of_its_own(story: Story) -> None:
    usage = {"input": 0, "output": 1, "cacheRead": 500, "cost": {"total": 0.2}}
    story.header().entry("usage", 1000, kind="cache_warm", provider="anthropic", model="opus", usage=usage)
    span, _ = spans_of(story.write())
    assert (span.name, span.attributes["pi.request.purpose"]) == ("chat opus", "cache_warm")
    assert span.attributes["gen_ai.usage.cache_read.input_tokens"] == 500


def test_content_is_there_when_asked_for(long_story: Story) -> None:
    path = long_story.write()
    plain = [
        name
        for span in spans_of(path)
        for name in span.attributes
        if name.endswith(("messages", "arguments", "result"))
    ]
    assert plain == []
    tool = next(span for span in spans_of(path, with_content=True) if span.name == "execute_tool bash")
    assert tool.attributes["gen_ai.tool.call.arguments"] == '{"command":"run c1"}'
    assert tool.attributes["gen_ai.tool.call.result"] == "output of c1"


@pytest.mark.parametrize("text", ["", "no JSON", '{"type":"message"}\n'])
def test_a_file_that_is_no_session_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(TraceError, match=r"x\.jsonl' is no session file of pi"):
        spans_of(path)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="can't be read: No such file or directory"):
        spans_of(tmp_path / "gone.jsonl")


_messages = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "toolResult", "system", "custom", "other"])},
    optional={
        "content": st.sampled_from(
            ["x", None, [], [3], [{"type": "toolCall", "id": "c", "name": "b"}], [{"type": "text"}]]
        ),
        "timestamp": st.sampled_from([NOON, NOON + 9, -1, 1e300, None, "x", True]),
        "stopReason": st.sampled_from(["stop", "error", "toolUse", "aborted", 3]),
        "usage": st.sampled_from([None, 3, {"input": "x"}, {"input": 1, "output": 2}]),
        "toolCallId": st.sampled_from(["c", "d", None, 3]),
        "durationMs": st.sampled_from([1, -5, None, "x"]),
    },
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["message", "message", "message", "compaction", "branch_summary", "usage", "custom_message", "x"]
            ),
            st.integers(0, 90),
            _messages,
        ),
        max_size=12,
    )
)
def test_odd_entries_are_read_without_complaint(story: Story, entries: list[tuple[str, int, dict[str, Any]]]) -> None:
    story.lines.clear()
    story.header()
    for kind, at, message in entries:
        story.entry(kind, at, message=message, usage=message.get("usage"), provider=message.get("timestamp"))
    spans = spans_of(story.write(), with_content=True)
    known = {span.span_id for span in spans}
    assert len(known) == len(spans)
    assert all(span.start <= span.end and (span.parent_id is None or span.parent_id in known) for span in spans)
