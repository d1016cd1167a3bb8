"""Events, tool calls and commands, from the payload to the answer."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from core_support import Listener, MemoryLink, namespace, registry_of

from pi_host import Block, CallRefusedError, Context, ToolContext, ToolError, command, hookimpl, tool
from pi_host._config import Config
from pi_host._context import Signal
from pi_host._errors import StaleSessionError
from pi_host._runtime import Request, Runtime
from pi_host._watchdog import Mark

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pi_host._hook import Outcome

REQUEST = Request(7, Signal())
TOOL_CALL = {"toolName": "bash", "toolCallId": "1", "input": {"command": "ls"}}


def runtime_of(
    *plugins: object,
    answer: Callable[[str, dict[str, Any]], Awaitable[Any]] | None = None,
    config: Config | None = None,
    listener: Listener | None = None,
) -> Runtime:
    registry = registry_of({f"plugin{number}": plugin for number, plugin in enumerate(plugins)}, config)
    link = MemoryLink(answer) if answer else MemoryLink()
    return Runtime(registry, config or Config(), link, listener or Listener(), Mark())


def implementing(name: str, function: Callable[..., Any]) -> object:
    return namespace(it=hookimpl(specname=name)(function))


def unexpected(outcome: Outcome) -> None:
    pytest.fail(f"nobody was to be left behind: {outcome}")


def event(runtime: Runtime, name: str, payload: Any) -> Outcome:
    return asyncio.run(runtime.event(name, json.dumps(payload).encode(), REQUEST, unexpected))


# events


def test_an_event_that_nobody_implements_has_no_answer_and_is_not_even_read() -> None:
    outcome = asyncio.run(runtime_of().event("tool_call", b"no json", REQUEST, unexpected))

    assert outcome == (None, None)


def test_an_unknown_event_has_no_answer() -> None:
    assert event(runtime_of(), "of_a_later_pi", {}) == (None, None)


def test_an_answer_crosses_as_a() -> None:
    runtime = runtime_of(implementing("tool_call", lambda: Block("no")))

    assert event(runtime, "tool_call", TOOL_CALL).answer == {"a": {"block": True, "reason": "no"}}


def test_a_change_in_place_crosses_as_i_under_pis_own_name() -> None:
    def change(event: Any) -> None:
        event.input["command"] = "pwd"

    assert event(runtime_of(implementing("tool_call", change)), "tool_call", TOOL_CALL).answer == {
        "i": {"input": {"command": "pwd"}}
    }


def test_a_change_that_was_taken_back_is_none() -> None:
    def change(event: Any) -> None:
        event.input["extra"] = 1
        del event.input["extra"]

    assert event(runtime_of(implementing("tool_call", change)), "tool_call", TOOL_CALL).answer is None


def test_a_new_payload_crosses_as_i_too() -> None:
    runtime = runtime_of(implementing("before_provider_request", lambda: {"model": "other"}))

    assert event(runtime, "before_provider_request", {"payload": {"model": "m"}}).answer == {
        "i": {"payload": {"model": "other"}}
    }


def test_an_edited_list_of_messages_crosses_as_e() -> None:
    def cut(event: Any) -> None:
        event.messages.remove(1)

    payload = {"messages": {"roles": ["user", "assistant", "user"]}}

    assert event(runtime_of(implementing("context", cut)), "context", payload).answer == {"e": [[0, 1], [2, 3]]}


def test_a_list_of_messages_that_nobody_touched_does_not_cross() -> None:
    payload = {"messages": {"roles": ["user"] * 1000}}

    assert event(runtime_of(implementing("context", lambda: None)), "context", payload).answer is None


def test_a_change_in_place_that_is_no_json_stops_a_tool_call_by_name() -> None:
    def spoil(event: Any) -> None:
        event.input["x"] = object()

    outcome = event(runtime_of(implementing("tool_call", spoil)), "tool_call", TOOL_CALL)

    assert outcome.answer is None
    assert str(outcome.failure).startswith(
        "plugin 'plugin0': tool_call: WireError: 'input', changed in place, is not JSON data"
    )


@pytest.mark.parametrize("fails", [False, True])
def test_a_change_in_place_that_is_no_json_is_undone_and_the_others_keep_theirs(*, fails: bool) -> None:
    def spoil(event: Any) -> None:
        event.headers["x"] = object()
        if fails:
            raise RuntimeError("too")

    def add(name: str) -> object:
        return implementing("before_provider_headers", lambda event: event.headers.update({name: "1"}))

    listener = Listener()
    runtime = runtime_of(add("a"), implementing("before_provider_headers", spoil), add("b"), listener=listener)
    outcome = event(runtime, "before_provider_headers", {"headers": {}})

    assert outcome == ({"i": {"headers": {"a": "1", "b": "1"}}}, None)
    ((culprit, _),) = listener.failures
    assert culprit == "plugin1"


def test_a_payload_given_back_that_is_no_json_is_the_failure_of_who_gave_it() -> None:
    def give() -> object:
        return object()

    listener = Listener()
    runtime = runtime_of(
        implementing("before_provider_request", give),
        implementing("before_provider_request", lambda event: event.payload.update(n=1)),
        listener=listener,
    )

    assert event(runtime, "before_provider_request", {"payload": {}}).answer == {"i": {"payload": {"n": 1}}}
    assert [plugin for plugin, _ in listener.failures] == ["plugin0"]


def test_a_failure_that_stops_pi_comes_with_no_answer() -> None:
    outcome = event(runtime_of(implementing("tool_call", lambda: 5)), "tool_call", TOOL_CALL)

    assert outcome.answer is None
    assert str(outcome.failure) == "plugin 'plugin0': tool_call: gave back int, expected ToolCallAnswer or None"


@pytest.mark.parametrize("payload", [{"toolName": 5}, {}, []])
def test_a_payload_of_another_shape_is_an_error(payload: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        event(runtime_of(implementing("tool_call", lambda: None)), "tool_call", payload)


def test_fields_of_a_newer_pi_are_skipped() -> None:
    runtime = runtime_of(implementing("tool_call", lambda: Block("x")))

    assert event(runtime, "tool_call", {**TOOL_CALL, "later": {"a": 1}}).answer is not None


def test_lone_surrogates_cross_both_ways() -> None:
    def change(event: Any) -> None:
        event.input["command"] += "\udc00"

    payload = {**TOOL_CALL, "input": {"command": "\ud800"}}

    assert event(runtime_of(implementing("tool_call", change)), "tool_call", payload).answer == {
        "i": {"input": {"command": "\ud800\udc00"}}
    }


def test_what_stays_in_pi_is_fetched_for_the_event_it_came_with() -> None:
    asked: list[dict[str, Any]] = []

    async def answer(method: str, params: dict[str, Any]) -> Any:
        asked.append({"method": method, **params})
        return [{"role": "user"}]

    async def look(event: Any) -> None:
        seen.append(await event.messages.load())

    seen: list[Any] = []
    event(runtime_of(implementing("agent_end", look), answer=answer), "agent_end", {"messages": True})

    assert asked == [{"method": "handle.load", "field": "messages", "start": None, "stop": None}]
    assert seen == [[{"role": "user"}]]


def test_one_left_behind_is_answered_for_in_the_same_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pi_host._deadline.GRACE_SECONDS", 0.02)
    told: list[Outcome] = []

    async def stubborn() -> None:
        while not told:
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                continue

    runtime = runtime_of(
        implementing("session_before_switch", lambda: {"cancel": False}),
        implementing("session_before_switch", stubborn),
        config=Config(deadline=0.02),
    )
    asyncio.run(runtime.event("session_before_switch", b'{"reason":"new"}', REQUEST, told.append))

    assert [outcome.answer for outcome in told] == [{"a": {"cancel": False}}]


@pytest.mark.parametrize(("function", "suspends"), [(lambda: None, False), (asyncio.sleep, True)])
def test_only_hooks_with_async_implementations_may_have_to_wait(function: Any, *, suspends: bool) -> None:
    async def later() -> None: ...

    runtime = runtime_of(implementing("input", later if suspends else function))

    assert runtime.suspends("input") == suspends
    assert not runtime.suspends("tool_call")
    assert not runtime.suspends("of_a_later_pi")


# contexts


def test_a_context_is_the_plugins_own() -> None:
    seen: list[Context] = []

    def keep() -> object:
        def look(ctx: Context) -> None:
            seen.append(ctx)

        return implementing("agent_start", look)

    runtime = runtime_of(keep(), keep(), config=Config(plugins={"plugin0": {"colour": "red"}}))
    runtime.facts.update(mode="rpc", hasUI=True, cwd="/work", generation=3)
    event(runtime, "agent_start", {})

    assert [(ctx.plugin, ctx.options) for ctx in seen] == [("plugin0", {"colour": "red"}), ("plugin1", {})]
    assert (seen[0].mode, seen[0].has_ui, seen[0].cwd) == ("rpc", True, "/work")
    assert seen[0].signal is REQUEST.signal


def test_calls_carry_the_generation_of_the_session_and_the_request_they_are_made_for() -> None:
    carried: list[tuple[str, int, int]] = []

    class Watching(MemoryLink):
        async def call(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> Any:
            del params
            carried.append((method, generation, request))

        def post(self, method: str, params: dict[str, Any], *, generation: int, request: int) -> None:
            del params
            carried.append((method, generation, request))

    async def both(ctx: Context) -> None:
        ctx.ui.notify("x")
        await ctx.is_idle()

    registry = registry_of({"a": implementing("agent_start", both)})
    runtime = Runtime(registry, Config(), Watching(), Listener(), Mark())
    runtime.facts["generation"] = 4
    event(runtime, "agent_start", {})

    assert carried == [("ui.notify", 4, 7), ("ctx.isIdle", 4, 7)]


def test_a_refused_call_is_the_plugins_failure_when_it_is_not_caught() -> None:
    async def refuse(_method: str, _params: dict[str, Any]) -> Any:
        raise StaleSessionError("the session is over")

    async def ask(ctx: Context) -> None:
        await ctx.is_idle()

    listener = Listener()
    event(runtime_of(implementing("agent_start", ask), answer=refuse, listener=listener), "agent_start", {})

    assert listener.failures == [("plugin0", "agent_start: StaleSessionError: the session is over")]


# tools


def call_tool(runtime: Runtime, name: str, params: Any) -> dict[str, Any]:
    payload = json.dumps({"callId": "call-1", "params": params}).encode()
    return asyncio.run(runtime.tool(name, payload, REQUEST))


def with_tool(function: Callable[..., Any]) -> Runtime:
    return runtime_of(namespace(it=tool(function)))


def test_a_tool_runs_with_its_context() -> None:
    def look(x: int, ctx: ToolContext) -> str:
        return f"{x} {ctx.tool_call_id} {ctx.plugin}"

    assert call_tool(with_tool(look), "look", {"x": 1}) == {"content": [{"type": "text", "text": "1 call-1 plugin0"}]}


def test_an_async_tool_and_one_that_gives_back_an_awaitable_are_awaited() -> None:
    async def later() -> str:
        await asyncio.sleep(0)
        return "done"

    def unseen() -> Any:
        return later()

    def future() -> Any:
        return asyncio.ensure_future(later())

    for function in (later, unseen, future):
        assert call_tool(with_tool(function), function.__name__, {})["content"][0]["text"] == "done"


def test_a_tool_may_take_longer_than_any_deadline() -> None:
    async def slow() -> str:
        await asyncio.sleep(0.05)
        return "done"

    runtime = runtime_of(namespace(it=tool(slow)), config=Config(deadline=0.01))

    assert call_tool(runtime, "slow", {})["content"][0]["text"] == "done"


def test_what_a_tool_raises_comes_out() -> None:
    def bad() -> None:
        raise ToolError("try another city")

    with pytest.raises(ToolError, match="try another city"):
        call_tool(with_tool(bad), "bad", {})


def test_arguments_that_do_not_fit_never_reach_the_tool() -> None:
    def bad(x: int) -> None:
        pytest.fail(f"called with {x}")

    with pytest.raises(ToolError, match="invalid arguments for bad"):
        call_tool(with_tool(bad), "bad", {"x": "many"})


def test_an_unknown_tool_or_command_is_refused_by_name() -> None:
    with pytest.raises(CallRefusedError, match="no active Python plugin has a tool 'gone'"):
        call_tool(runtime_of(), "gone", {})
    with pytest.raises(CallRefusedError, match="no active Python plugin has a command 'gone'"):
        asyncio.run(runtime_of().command("gone", b'{"args":""}', REQUEST))
    with pytest.raises(CallRefusedError, match="no active Python plugin has a command 'gone'"):
        asyncio.run(runtime_of().complete("gone", b'{"prefix":""}'))


# commands


def run_command(function: Callable[..., Any], arguments: str) -> list[tuple[str, dict[str, Any]]]:
    link = MemoryLink()
    registry = registry_of({"a": namespace(it=command(name="it")(function))})
    runtime = Runtime(registry, Config(), link, Listener(), Mark())
    asyncio.run(runtime.command("it", json.dumps({"args": arguments}).encode(), REQUEST))
    return link.posted


@pytest.mark.parametrize("given", [None, 5, ["text"]])
def test_only_text_that_a_command_gives_back_is_shown(given: object) -> None:
    assert run_command(lambda: given, "") == []


def test_text_that_a_command_gives_back_is_shown_as_a_notice() -> None:
    async def shout(args: str) -> str:
        await asyncio.sleep(0)
        return args.upper()

    assert run_command(shout, "hi there") == [("ui.notify", {"message": "HI THERE", "level": "info"})]


@pytest.mark.parametrize(
    ("proposed", "sent"),
    [
        (["a", "b"], [{"value": "a", "label": "a"}, {"value": "b", "label": "b"}]),
        ([{"value": "a", "label": "A", "description": "d"}], [{"value": "a", "label": "A", "description": "d"}]),
        (("a",), [{"value": "a", "label": "a"}]),
        (None, []),
        ([], []),
    ],
)
def test_completions_come_in_pis_form(proposed: Any, sent: list[dict[str, str]]) -> None:
    async def later(prefix: str) -> Any:
        assert prefix == "a"
        return proposed

    def at_once(prefix: str) -> Any:
        assert prefix == "a"
        return proposed

    for complete in (later, at_once):
        runtime = runtime_of(namespace(it=command(name="it", complete=complete)(lambda: None)))
        assert asyncio.run(runtime.complete("it", b'{"prefix":"a"}')) == sent


def test_a_command_without_completion_proposes_nothing() -> None:
    runtime = runtime_of(namespace(it=command(name="it")(lambda: None)))

    assert asyncio.run(runtime.complete("it", b'{"prefix":"a"}')) == []
