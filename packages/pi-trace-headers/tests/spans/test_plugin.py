"""The plugin in real pi beyond the tour: off, content, children, trouble with the collector."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from span_support import Collector, forest

from pi_host.launch import BRIDGE, environment
from pi_testkit import Call, Calls, Say

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Spanned

    from pi_testkit import Pi

OLD = "0.74.2"
NEW = pytest.mark.pi_versions("1.5.2")


def manifest(cache: Path) -> dict[str, Any]:
    (path,) = cache.glob("manifest-*.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@NEW
def test_spans_that_are_off_have_no_hooks_and_are_not_imported_again(pi: Pi, tmp_path: Path) -> None:
    # As installed: both plugins are found by their entry points, and nothing is configured.
    env = environment(cache=tmp_path / "cache", trace=tmp_path / "trace")
    pi.model.add(Say("hello"), Say("hello"))
    for _ in range(2):
        assert pi.print("hi", extensions=[BRIDGE], env=env).stdout == "hello\n"
    found = manifest(tmp_path / "cache")
    (plugin,) = (plugin for plugin in found["plugins"] if plugin["name"] == "trace-spans")

    assert (plugin["status"], plugin["hooks"], plugin["problem"]) == ("disabled", [], None)
    assert "trace-spans" not in found["contributions"]["companions"]
    assert "message_end" not in found["contributions"]["events"]
    assert not (tmp_path / "trace").exists() or "trace-spans" not in (tmp_path / "trace").read_text()


@NEW
def test_two_lines_of_toml_switch_them_on(pi: Pi, collector: Collector, tmp_path: Path) -> None:
    text = f'[plugins.trace-spans]\nenabled = true\nendpoint = "{collector.url}"\nflush_seconds = 10\n'
    (pi.home.agent_dir / "pi-host.toml").write_text(text)
    pi.model.add(Say("hello"))
    pi.print("hi", extensions=[BRIDGE], env=environment(cache=tmp_path / "cache"))
    (session,) = forest(collector.spans)
    assert session.shape == ("pi.session", [("invoke_agent pi", [("pi.turn", ["chat scripted-1"])])])


@NEW
def test_a_wrong_option_is_told_once_and_nothing_else_suffers(spanned: Spanned) -> None:
    spanned.options = 'endpont = "x"'
    spanned.pi.model.add(Say("hello"), Say("again"))
    rpc = spanned.rpc()
    rpc.prompt("one")
    rpc.prompt("two")
    told = [request["message"] for request in rpc.ui_requests if request["method"] == "notify"]
    assert len(told) == 1
    assert "unknown field `endpont`" in told[0]
    assert not rpc.errors


def test_content_is_sent_when_asked_for_and_without_secrets(spanned: Spanned, collector: Collector) -> None:
    spanned.options = "content = true\nredact = ['customer-\\d+']"
    key = "sk-abcdefghijklmnopqrstuvwxyz"
    spanned.pi.model.add(Call("bash", command=f"echo {key} customer-42"), Say("It said it."))
    spanned.pi.print(f"say {key}", **spanned.launch())
    first, second = (span for span in collector.spans if span.kind == "client")
    (tool,) = (span for span in collector.spans if span.name == "execute_tool bash")

    (prompt,) = (m for m in json.loads(first.attributes["gen_ai.input.messages"]) if m["role"] == "user")
    assert prompt["parts"] == [{"type": "text", "content": "say [removed]"}]
    assert json.loads(second.attributes["gen_ai.output.messages"])[0]["parts"][0]["content"] == "It said it."
    assert [m["role"] for m in json.loads(second.attributes["gen_ai.input.messages"])] == ["tool"]
    assert tool.attributes["gen_ai.tool.call.arguments"] == '{"command":"echo [removed] [removed]"}'
    assert tool.attributes["gen_ai.tool.call.result"] == "[removed] [removed]\n"
    everything = json.dumps([span.attributes for span in collector.spans])
    assert key not in everything
    assert "customer-42" not in everything


def test_pi_is_part_of_the_trace_that_started_it_and_its_tools_start_parts_of_it(
    spanned: Spanned, collector: Collector
) -> None:
    spanned.env = {"TRACEPARENT": f"00-{'a' * 32}-{'b' * 16}-01"}
    spanned.pi.model.add(Calls(Call("bash", command="echo $TRACEPARENT")), Say("well"))
    spanned.pi.print("go", **spanned.launch())
    (session,) = forest(collector.spans)
    tool = next(span for span in collector.spans if span.name == "execute_tool bash")

    assert (session.span.trace_id, session.span.parent_id) == ("a" * 32, "b" * 16)
    assert [part.span.name for part in session.parts] == ["invoke_agent pi"]
    if spanned.pi.version == OLD:
        return  # it starts tools without waiting for those it tells
    (said,) = spanned.pi.model.requests[1].texts("tool")
    assert said == f"00-{'a' * 32}-{tool.span_id}-01\n"


@NEW
def test_a_trace_that_is_not_recorded_is_not_sent(spanned: Spanned, collector: Collector) -> None:
    spanned.env = {"TRACEPARENT": f"00-{'a' * 32}-{'b' * 16}-00"}
    spanned.pi.model.add(Say("well"))
    spanned.pi.print("go", **spanned.launch())
    assert collector.spans == []


def test_an_abort_while_tools_run_ends_everything(spanned: Spanned, collector: Collector) -> None:
    spanned.pi.model.add(Calls(Call("bash", command="sleep 20"), Call("bash", command="sleep 20")))
    rpc = spanned.rpc()
    rpc.send("prompt", message="go")
    rpc.wait_for("tool_execution_start")
    rpc.send("abort")
    rpc.wait_for("agent_end" if spanned.pi.version == OLD else "agent_settled")
    rpc.close()
    ((run,),) = (session.parts for session in forest(collector.spans))

    bash = ["execute_tool bash"] * 2
    assert run.shape == ("invoke_agent pi", [("pi.turn", ["chat scripted-1", *bash]), ("pi.turn", ["chat scripted-1"])])
    assert run.span.attributes["pi.run.aborted"] is True
    assert {part.span.error for part in run.parts[0].parts[1:]} == {""}


@NEW
def test_a_killed_pi_still_tells_what_it_was_doing(spanned: Spanned, collector: Collector) -> None:
    # The host outlives pi by a moment, which is enough for what is in its queue.
    spanned.pi.model.add(Call("bash", command="sleep 20"))
    rpc = spanned.rpc()
    rpc.send("prompt", message="go")
    rpc.wait_for("tool_execution_start")
    time.sleep(1)  # the SDK is being imported
    rpc.process.popen.kill()
    ((run,),) = (session.parts for session in forest(collector.wait(5, 5)))
    assert run.shape == ("invoke_agent pi", [("pi.turn", ["chat scripted-1", "execute_tool bash"])])
    assert run.span.attributes["pi.incomplete"] is True


@NEW
def test_a_session_that_goes_on_after_a_reload_or_in_another_process_keeps_its_span(
    spanned: Spanned, collector: Collector
) -> None:
    reloader = spanned.pi.home.root / "reloader.js"
    reloader.write_text("export default (pi) => pi.registerCommand('again', {handler: (a, ctx) => ctx.reload()})")
    spanned.pi.model.add(*[Say("well")] * 3)
    launch = spanned.launch()
    with spanned.pi.rpc(**launch | {"extensions": [BRIDGE, reloader]}) as rpc:
        rpc.prompt("one")
        rpc.prompt("/again")
        rpc.prompt("two")
    (file,) = spanned.pi.home.sessions()
    spanned.pi.print("three", **launch, args=["--session", str(file)])

    sessions = [span for span in collector.spans if span.name == "pi.session"]
    assert len({(span.trace_id, span.span_id) for span in sessions}) == 1
    # Sent once for each part; the last one covers all of them.
    assert [span.start for span in sessions] == [sessions[0].start] * 3
    (whole,) = forest(collector.spans)
    assert whole.shape == ("pi.session", [("invoke_agent pi", [("pi.turn", ["chat scripted-1"])])] * 3)
    assert whole.span.end >= max(part.span.end for part in whole.parts)


@NEW
def test_with_a_trace_for_each_run_the_session_is_what_they_are_linked_to(
    spanned: Spanned, collector: Collector
) -> None:
    spanned.plugins, spanned.toml = ["trace-headers"], '[plugins.trace-headers]\ntrace = "run"\n'
    spanned.pi.model.add(Say("one"), Say("two"))
    with spanned.rpc() as rpc:
        rpc.prompt("first")
        rpc.prompt("second")
    session, *runs = sorted(forest(collector.spans), key=lambda node: node.span.name != "pi.session")
    assert session.parts == []
    assert [run.span.links for run in runs] == [((session.span.trace_id, session.span.span_id),)] * 2
    assert len({node.span.trace_id for node in (session, *runs)}) == 3
    assert session.span.start <= min(run.span.start for run in runs)
    assert session.span.end >= max(run.span.end for run in runs)


@NEW
def test_a_session_in_which_nothing_happened_sends_nothing(spanned: Spanned, collector: Collector) -> None:
    with spanned.rpc() as rpc:
        rpc.new_session()
    assert collector.requests == []


@NEW
def test_a_collector_that_hangs_is_no_trouble_for_pi(spanned: Spanned) -> None:
    def run(url: str) -> tuple[float, float]:
        spanned.url, spanned.options = url, "flush_seconds = 0.25"
        spanned.pi.model.add(Call("bash", command="echo one"), Say("done"))
        rpc = spanned.rpc()
        began = time.perf_counter()
        rpc.prompt("go")
        worked = time.perf_counter() - began
        began = time.perf_counter()
        assert rpc.close() == 0
        assert not rpc.errors
        return worked, time.perf_counter() - began

    with Collector() as fine, Collector(delay=30) as bad:
        normal, trouble = run(fine.url), run(bad.url)
    # Generous, for machines that are busy: waiting for such a collector would take ten seconds and more.
    assert trouble[0] < 2 * normal[0] + 1
    assert trouble[1] < 2 * normal[1] + 1
