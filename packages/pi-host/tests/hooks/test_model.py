from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_testkit import Say

if TYPE_CHECKING:
    from hooked import Hooked


def test_hook_before_provider_request(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        async def before_provider_request(event):
            saw(event)
            return {**event.payload, "seed": 7}
    """)
    hooked.model.add(Say("hello"))

    hooked.rpc().prompt("go")

    (seen,) = hooked.seen("before_provider_request")
    (request,) = hooked.model.requests
    assert request.body == {**seen["payload"], "seed": 7}
    assert seen["payload"]["model"] == "scripted-1"


@pytest.mark.pi_since("0.87.1")
def test_hook_before_provider_headers(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def before_provider_headers(event):
            saw(event)
            event.headers["x-team"] = "docs"
            event.headers["x-stainless-lang"] = None
            del event.headers["x-house"]
    """)
    hooked.models(headers={"x-house": "blue", "x-floor": "2"})
    hooked.model.add(Say("hello"))

    hooked.rpc().prompt("go")

    (seen,) = hooked.seen("before_provider_headers")
    (request,) = hooked.model.requests
    assert seen["headers"] == {"x-house": "blue", "x-floor": "2"}
    names = ("x-team", "x-floor", "x-house", "x-stainless-lang")
    assert [request.header(name) for name in names] == ["docs", "2", None, None]


def test_hook_after_provider_response(tour: Hooked) -> None:
    responses = tour.seen("after_provider_response")
    assert [call["status"] for call in responses] == [200] * 4
    assert responses[0]["headers"]["content-type"] == "text/event-stream"


@pytest.mark.pi_since("1.5.2")
def test_hook_provider_stream_event(tour: Hooked) -> None:
    pieces = tour.seen("provider_stream_event")
    assert {(p["provider"], p["api"], p["model"]) for p in pieces} == {
        ("scripted", "openai-completions", "scripted-1"),
    }
    deltas = [piece["data"]["choices"][0]["delta"] for piece in pieces]
    assert "".join(delta.get("content", "") for delta in deltas) == "It is done.So be it."


@pytest.mark.pi_since("0.87.1")
def test_hook_cache_warming_decision(hooked: Hooked) -> None:
    hooked.plugin("""
        calls = []

        @hookimpl
        async def cache_warming_decision(event):
            calls.append(event)
            saw(event)
            return CacheWarmingDecisionAnswer(action="warm") if len(calls) == 1 else None
    """)
    hooked.settings(cacheWarming="idle")
    hooked.models(promptCache={"short": 11})  # seconds; pi decides ten before the end
    hooked.model.add(Say("hello"), Say("warm again"))

    hooked.rpc().prompt("go")

    one, two = hooked.seen("cache_warming_decision", 2)
    assert one["continuation_probability"] == two["continuation_probability"] == 0.15
    assert 0 < one["warm_cost"] < one["miss_cost"]
    assert (one["action"], two["action"]) == ("stop", "stop")
    assert hooked.model.requests[1].messages == hooked.model.requests[0].messages
    hooked.model.assert_exhausted()


def test_hook_model_select(tour: Hooked) -> None:
    (seen,) = tour.seen("model_select")
    assert (seen["previous_model"]["id"], seen["model"]["id"], seen["source"]) == ("scripted-1", "scripted-2", "set")
    assert seen["model"]["contextWindow"] == 128_000


def test_hook_thinking_level_select(tour: Hooked) -> None:
    raised, off = tour.seen("thinking_level_select")
    assert (raised["previous_level"], raised["level"]) == ("medium", "high")
    assert (off["previous_level"], off["level"]) == ("high", "off")


def test_the_context_knows_of_the_change_that_is_told(hooked: Hooked) -> None:
    hooked.plugin("""
        @hookimpl
        def model_select(event, ctx):
            saw(event, now=ctx.model["id"])

        @hookimpl
        def thinking_level_select(event, ctx):
            saw(event, now=ctx.thinking_level)

        @hookimpl
        def session_info_changed(event, ctx):
            saw(event, now=ctx.session.name)
    """)
    rpc = hooked.rpc()

    for name in ("books", "more books"):
        rpc.set_session_name(name)
    rpc.send("set_thinking_level", level="high")
    rpc.set_model("scripted", "scripted-2")

    old = hooked.pi.version == "0.74.2"
    assert [call["now"] for call in hooked.seen("model_select")] == ["scripted-2"]
    assert [call["now"] for call in hooked.seen("thinking_level_select", 2)] == ([None] * 2 if old else ["high", "off"])
    if not old:
        assert [call["now"] for call in hooked.seen("session_info_changed", 2)] == ["books", "more books"]
