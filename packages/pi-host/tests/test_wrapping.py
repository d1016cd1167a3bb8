"""Wrappers around all other implementations of a hook."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from core_support import namespace
from dispatch_support import CLOSED, Plugins, dispatch

from pi_host import Block, Context, hookimpl
from pi_host._errors import HookFailedError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import ModuleType


def remembering(order: list[str], name: str) -> Callable[[], None]:
    def implementation() -> None:
        order.append(name)

    return implementation


def throws() -> Any:
    raise RuntimeError("out of order")


def wrapper(name: str, function: Callable[..., Generator[None, Any, Any]]) -> ModuleType:
    return namespace(it=hookimpl(specname=name, wrapper=True)(function))


def blocks() -> Any:
    return Block("no")


def test_wrappers_enclose_all_implementations_the_first_one_outermost() -> None:
    order: list[str] = []

    def around(name: str) -> ModuleType:
        def it() -> Generator[None, Any, Any]:
            order.append(f"{name} before")
            result = yield
            order.append(f"{name} after")
            return result

        return wrapper("agent_start", it)

    dispatch("agent_start", {"outer": around("outer"), "plain": remembering(order, "plain"), "inner": around("inner")})

    assert order == ["outer before", "inner before", "plain", "inner after", "outer after"]


def test_a_wrapper_sees_the_merged_answer_and_the_event() -> None:
    seen: list[object] = []

    def watches(event: Any, ctx: Context) -> Generator[None, Any, Any]:
        seen.append((event.name, ctx.plugin))
        result = yield
        seen.append(result)
        return result

    ran = dispatch("tool_call", {"watch": wrapper("tool_call", watches), "a": blocks})

    assert seen == [("tool_call", "watch"), {"block": True, "reason": "no"}]
    assert ran.outcome.answer == {"block": True, "reason": "no"}


def test_a_wrapper_replaces_the_answer() -> None:
    def allows() -> Generator[None, Any, Any]:
        yield
        return {"block": False}

    ran = dispatch("tool_call", {"allow": wrapper("tool_call", allows), "a": blocks})

    assert ran.outcome == ({"block": False}, None)


def test_a_wrapper_that_replaces_the_answer_replaces_all_messages() -> None:
    def says(text: str) -> Callable[[], Any]:
        return lambda: {"message": {"customType": "note", "content": text, "display": True}}

    def silences() -> Generator[None, Any, Any]:
        yield
        return {"systemPrompt": "be silent"}

    plugins: Plugins = {"silence": wrapper("before_agent_start", silences), "a": says("1"), "b": says("2")}

    assert dispatch("before_agent_start", plugins).outcome.answer == {"systemPrompt": "be silent"}


def test_a_wrapper_that_only_watches_keeps_all_messages() -> None:
    def says(text: str) -> Callable[[], Any]:
        return lambda: {"message": {"customType": "note", "content": text, "display": True}}

    def watches() -> Generator[None, Any, Any]:
        return (yield)

    plugins: Plugins = {"watch": wrapper("before_agent_start", watches), "a": says("1"), "b": says("2")}
    answer = dispatch("before_agent_start", plugins).outcome.answer

    assert [message["content"] for message in answer["messages"]] == ["1", "2"]


def test_a_wrapper_that_returns_nothing_leaves_the_answer_as_it_is() -> None:
    def forgets() -> Generator[None, Any, Any]:
        yield

    ran = dispatch("tool_call", {"forget": wrapper("tool_call", forgets), "a": blocks})

    assert ran.outcome == ({"block": True, "reason": "no"}, None)


def test_a_wrapper_that_swallows_a_failure_and_returns_nothing_leaves_it_as_it_is() -> None:
    def swallows() -> Generator[None, Any, Any]:
        with suppress(HookFailedError):
            yield

    ran = dispatch("tool_call", {"swallow": wrapper("tool_call", swallows), "bad": throws})

    assert ran.outcome.failure is not None
    assert ran.outcome.failure.plugin == "bad"


@pytest.mark.parametrize("name", ["tool_call", "session_before_fork"])
def test_a_wrapper_that_answers_before_its_yield_spares_all_further_in(name: str) -> None:
    order: list[str] = []
    answer = {"block": True} if name == "tool_call" else {"cancel": True}

    def early(event: Any) -> Generator[None, Any, Any]:
        if event is not None:
            return answer
        return (yield)

    plugins: Plugins = {"early": wrapper(name, early), "a": remembering(order, "a")}

    assert dispatch(name, plugins).outcome == (answer, None)
    assert order == []


def test_a_wrapper_rescues_a_failure_that_would_stop_pi() -> None:
    def rescues() -> Generator[None, Any, Any]:
        try:
            return (yield)
        except HookFailedError as error:
            return Block(f"rescued: {error.plugin}")

    ran = dispatch("tool_call", {"rescue": wrapper("tool_call", rescues), "bad": throws})

    assert ran.outcome == ({"block": True, "reason": "rescued: bad"}, None)
    assert ran.listener.failures == [("bad", "tool_call: RuntimeError: out of order")]


def test_a_failure_passes_through_a_wrapper_that_only_watches() -> None:
    def watches() -> Generator[None, Any, Any]:
        return (yield)

    ran = dispatch("tool_call", {"watch": wrapper("tool_call", watches), "bad": throws})

    assert ran.outcome.failure is not None
    assert ran.outcome.failure.plugin == "bad"
    assert ran.listener.failures == [("bad", "tool_call: RuntimeError: out of order")]


def raises_before(event: Any) -> Generator[None, Any, Any]:
    if event is not None:
        raise RuntimeError("early")
    yield


def raises_after() -> Generator[None, Any, Any]:
    yield
    raise RuntimeError("late")


def exits_after() -> Generator[None, Any, Any]:
    yield
    sys.exit(1)


def stops_after() -> Generator[None, Any, Any]:
    yield
    raise GeneratorExit


def stops_before(event: Any) -> Generator[None, Any, Any]:
    if event is not None:
        raise BaseExceptionGroup("early", [KeyboardInterrupt()])
    yield


def answers_nonsense_before(event: Any) -> Generator[None, Any, Any]:
    if event is not None:
        return {"nonsense": 1}
    return (yield)


def never_yields(event: Any) -> Generator[None, Any, Any]:
    if event is None:
        yield


def yields_twice() -> Generator[None, Any, Any]:
    yield
    yield


def answers_nonsense() -> Generator[None, Any, Any]:
    yield
    return {"nonsense": 1}


@pytest.mark.parametrize("name", ["tool_call", "session_before_fork"])
@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (raises_after, "RuntimeError: late"),
        (exits_after, "SystemExit: 1"),
        (stops_after, "GeneratorExit"),
        (yields_twice, "yielded more than once"),
        (answers_nonsense, "'nonsense' is not a field of"),
    ],
)
def test_a_wrapper_that_fails_after_the_others_is_a_failure_like_any(
    name: str, function: Callable[[], Generator[None, Any, Any]], reason: str
) -> None:
    ran = dispatch(name, {"bad": wrapper(name, function), "a": lambda: None})

    ((plugin, told),) = ran.listener.failures
    assert plugin == "bad"
    assert reason in told
    assert (ran.outcome.failure is not None) == (name in CLOSED)


@pytest.mark.parametrize("name", ["tool_call", "session_before_fork"])
@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (raises_before, "RuntimeError: early"),
        (stops_before, "BaseExceptionGroup: early"),
        (never_yields, "ended without a yield"),
        (answers_nonsense_before, "'nonsense' is not a field of"),
    ],
)
def test_a_wrapper_that_fails_to_start_counts_as_absent_but_stops_pi_where_pi_fails_closed(
    name: str, function: Callable[..., Generator[None, Any, Any]], reason: str
) -> None:
    order: list[str] = []
    heard: list[str] = []

    def outer() -> Generator[None, Any, Any]:
        try:
            return (yield)
        except HookFailedError as error:
            heard.append(error.plugin)
            raise

    plugins: Plugins = {"out": wrapper(name, outer), "bad": wrapper(name, function), "a": remembering(order, "a")}
    ran = dispatch(name, plugins)

    ((plugin, told),) = ran.listener.failures
    assert plugin == "bad"
    assert reason in told
    closed = name in CLOSED
    assert (ran.outcome.failure is not None) == closed
    assert heard == (["bad"] if closed else [])
    assert order == ([] if closed else ["a"])


def test_wrappers_alone_make_a_hook() -> None:
    def adds() -> Generator[None, Any, Any]:
        yield
        return {"skillPaths": ["/w"]}

    assert dispatch("resources_discover", {"w": wrapper("resources_discover", adds)}).outcome.answer == {
        "skillPaths": ["/w"]
    }
