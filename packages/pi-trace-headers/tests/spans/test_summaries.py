"""Summaries that pi makes by itself or on the way to another branch, and tools that tools call, in real pi."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from span_support import Node, forest, received

from pi_host.launch import BRIDGE
from pi_testkit import Call, Calls, Fail, Say, Usage
from pi_trace_headers.offline import spans_of

if TYPE_CHECKING:
    from conftest import Spanned
    from span_support import Collector, Received

RUN, TURN, CHAT = "invoke_agent pi", "pi.turn", "chat scripted-1"

#: Hears of no request for a summary.
OLD = "0.74.2"

#: A command that goes back to the first answer, and a tool that calls another one twice at once.
EXTENSION = """
export default (pi) => {
	pi.registerCommand("back", {
		handler: async (_args, ctx) => {
			const first = ctx.sessionManager.getEntries().find((entry) => entry.message?.role === "assistant");
			await ctx.navigateTree(first.id, { summarize: true });
		},
	});
	pi.registerTool({
		name: "both", label: "both", description: "both", parameters: { type: "object", properties: {} },
		execute: async (_id, _params, _signal, _update, ctx) => {
			const call = (command) => ctx.executeTool("bash", { command });
			await Promise.all([call("sleep 0.2"), call("exit 3")]);
			return { content: [{ type: "text", text: "both" }], details: {} };
		},
	});
};
"""


@dataclass
class Told:
    """One session, as it was sent and as it is stored.

    Attributes:
        live: the session's span as the collector got it.
        stored: the same from the file.
        wire: trace, span and parent of each request.
    """

    live: Node
    stored: Node
    wire: list[tuple[str | None, ...]]


WIRE = """
[plugins.trace-headers]
opt_out = "ignore"
[[plugins.trace-headers.rule]]
match = { provider = "scripted" }
headers = { x-trace = "{trace.id}", x-span = "{span.id}", x-parent = "{parent_span.id}", x-attempt = "{attempt}" }
"""


def tell(spanned: Spanned, collector: Collector, *prompts: str) -> Told:
    """Give pi the prompts and end it."""
    spanned.plugins, spanned.toml = ["trace-headers"], WIRE
    spanned.settings(compaction={"keepRecentTokens": 10}, branchSummary={"reserveTokens": 1000})
    extension = spanned.pi.home.root / "extension.js"
    extension.write_text(EXTENSION)
    with spanned.pi.rpc(**spanned.launch() | {"extensions": [BRIDGE, extension]}) as rpc:
        for prompt in prompts:
            rpc.prompt(prompt)
        assert not rpc.errors
    (file,) = spanned.pi.home.sessions()
    (live,), (stored,) = forest(collector.spans), forest(received(spans_of(file)))
    names = ("x-trace", "x-span", "x-parent", "x-attempt")
    return Told(live, stored, [tuple(map(request.header, names)) for request in spanned.pi.model.requests])


def without_requests(node: Node) -> Node:
    """Of a summary a file tells the result and not how many requests it took."""
    parts = [] if node.span.name in {"pi.compaction", "pi.branch_summary"} else node.parts
    return Node(node.span, [without_requests(part) for part in parts])


def check(told: Told) -> None:
    """What is sent, what is stored and what was on the wire are the same spans."""
    assert told.stored.shape == without_requests(told.live).shape

    def walk(node: Node) -> list[Received]:
        return [node.span, *(span for part in node.parts for span in walk(part))]

    calls = {(span.trace_id, span.span_id, span.parent_id) for span in walk(told.live) if span.kind == "client"}
    spans = {span.span_id for span in walk(told.live)}
    assert {span.span_id for span in walk(told.stored)} <= spans
    sent = {(trace, span, parent) for trace, span, parent, _ in told.wire}
    # Before anything else happens in it, pi does not tell that a request is for the summary of a branch.
    of_branch = {(trace, span, told.live.span.span_id) for trace, span, _ in calls - sent}
    assert sent == (calls & sent) | of_branch
    assert len(of_branch) <= 1


def test_summaries(spanned: Spanned, collector: Collector) -> None:
    long = "word " * 60
    spanned.pi.model.add(Say(long), Fail(400, "prompt is too long: 300000 tokens > 128000 maximum"))
    spanned.pi.model.add(*[Say("a summary")] * (1 if spanned.pi.version == OLD else 2), Say(long))
    spanned.pi.model.add(Say(long, usage=Usage(input=127_500, output=80)))
    spanned.pi.model.add(*[Say("a summary")] * (1 if spanned.pi.version == OLD else 2), Say("another way"), Say(long))
    told = tell(spanned, collector, long, long, long, "/back", long)

    session = without_requests(told.live if spanned.pi.version != OLD else told.stored)
    names = [part.span.name for part in session.parts]
    assert names == [RUN, RUN, RUN, "pi.compaction", "pi.branch_summary", RUN]
    _, overflowed, _, threshold, branch, _ = session.parts
    assert overflowed.shape == (RUN, [(TURN, [CHAT]), "pi.compaction", (TURN, [CHAT])])
    assert overflowed.span.events == (("pi.retry", {"pi.request.attempt": 2, "error.type": "400"}),)
    if spanned.pi.version == OLD:  # it does not tell that the run goes on after the compaction
        names = [part.span.name for part in told.live.parts]
        assert names == [RUN, RUN, "pi.compaction", RUN, "pi.compaction", "pi.branch_summary", RUN]
        return
    overflow = overflowed.parts[1]
    assert overflow.span.attributes["pi.reason"] == "overflow"
    assert threshold.span.attributes["pi.reason"] == "threshold"
    assert branch.span.attributes["gen_ai.usage.output_tokens"] > 0
    check(told)


@pytest.mark.pi_versions("1.5.2")  # older ones have no tools that call tools
def test_tools_that_tools_call_at_once(spanned: Spanned, collector: Collector) -> None:
    spanned.pi.model.add(Calls(Call("both"), Call("bash", command="true")), Say("done"))
    told = tell(spanned, collector, "go")
    (run,) = told.live.parts
    tools = {node.span.name: node for node in run.parts[0].parts}
    assert sorted(tools) == [CHAT, "execute_tool bash", "execute_tool both"]
    inner = tools["execute_tool both"].parts
    assert [part.span.name for part in inner] == ["execute_tool bash"] * 2
    assert [part.span.error for part in inner] == [None, ""]
    first, second = (part.span for part in inner)
    assert first.start < second.end < first.end
    check(told)
