from __future__ import annotations

import http.client
import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Call, Calls, Cut, Fail, ModelSpec, Request, Say, ScriptedModel, Usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def model() -> Iterator[ScriptedModel]:
    with ScriptedModel() as model:
        yield model


def ask(model: ScriptedModel, text: str = "hi", *, stream: bool = True) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", int(model.url.split(":")[2].split("/")[0]), timeout=20)
    body = {"model": "scripted-1", "stream": stream, "messages": [{"role": "user", "content": text}]}
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"X-Mixed-Case": "yes"})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def chunks(raw: bytes) -> list[dict[str, Any]]:
    events = raw.decode().split("\n\n")
    return [json.loads(event.removeprefix("data: ")) for event in events if event and event != "data: [DONE]"]


def deltas(raw: bytes, name: str) -> list[Any]:
    found = [choice["delta"].get(name) for chunk in chunks(raw) for choice in chunk["choices"]]
    return [delta for delta in found if delta]


def test_a_text_is_streamed_word_by_word(model: ScriptedModel) -> None:
    model.add(Say("one two  three\n"))
    response, raw = ask(model)
    assert response.headers["Content-Type"] == "text/event-stream"
    assert deltas(raw, "content") == ["one", " two", "  three", "\n"]
    assert raw.endswith(b"data: [DONE]\n\n")


def test_thinking_comes_before_the_text(model: ScriptedModel) -> None:
    model.add(Say("done", thinking="let me see"))
    _, raw = ask(model)
    names = [next(iter(chunk["choices"][0]["delta"]), None) for chunk in chunks(raw)]
    assert names == ["role", *["reasoning_content"] * 3, "content", None]


def test_an_answer_has_exactly_as_many_tokens_as_asked_for(model: ScriptedModel) -> None:
    model.add(Say("a b c", tokens=2000))
    _, raw = ask(model)
    words = deltas(raw, "content")
    assert len(words) == 2000
    assert "".join(words).startswith("a b c a b c ")


def test_parallel_calls_carry_their_own_ids_and_arguments(model: ScriptedModel) -> None:
    model.add(Calls(Call("read", path="x"), Call("bash", command="ls"), text="looking"))
    _, raw = ask(model)
    calls = [delta[0] for delta in deltas(raw, "tool_calls")]
    assert [(call["index"], call["function"]["name"]) for call in calls] == [(0, "read"), (1, "bash")]
    assert json.loads(calls[1]["function"]["arguments"]) == {"command": "ls"}
    assert calls[0]["id"] != calls[1]["id"]
    assert chunks(raw)[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_usage_is_what_the_turn_claims(model: ScriptedModel) -> None:
    model.add(Say("x", usage=Usage(input=100, output=7, cached=60)))
    _, raw = ask(model)
    usage = chunks(raw)[-1]["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"]) == (100, 7)
    assert usage["prompt_tokens_details"] == {"cached_tokens": 60}


def test_without_streaming_the_answer_is_one_object(model: ScriptedModel) -> None:
    model.add(Calls(Call("bash", command="ls"), text="I look", thinking="hm"))
    _, raw = ask(model, stream=False)
    choice = json.loads(raw)["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"]["content"] == "I look"
    assert choice["message"]["reasoning_content"] == "hm"
    assert choice["message"]["tool_calls"][0]["function"]["name"] == "bash"


def test_a_failure_has_status_body_and_retry_after(model: ScriptedModel) -> None:
    model.add(Fail(429, "slow down", retry_after=2), Fail(400, {"own": "body"}))
    response, raw = ask(model)
    assert (response.status, response.headers["Retry-After"]) == (429, "2")
    assert json.loads(raw)["error"]["message"] == "slow down"
    assert json.loads(ask(model)[1]) == {"own": "body"}


def test_a_cut_drops_the_connection_after_its_tokens(model: ScriptedModel) -> None:
    model.add(Cut("one two three four", after_tokens=2))
    with pytest.raises(http.client.IncompleteRead) as caught:
        ask(model)
    assert b"two" in caught.value.partial
    assert b"three" not in caught.value.partial


def test_pace_and_delay_take_their_time(model: ScriptedModel) -> None:
    model.add(Say(tokens=10, tokens_per_second=50, delay=0.2))
    ask(model)
    request = model.requests[0]
    assert request.finished is not None
    assert 0.39 < request.finished - request.started < 1.0


def test_a_script_that_is_exhausted_answers_500_and_says_so(model: ScriptedModel) -> None:
    response, raw = ask(model)
    assert response.status == 500
    assert "exhausted: it has no turn for request 0" in json.loads(raw)["error"]["message"]
    with pytest.raises(AssertionError, match="request 0 found the script exhausted"):
        model.assert_exhausted()


def test_a_turn_that_nobody_asked_for_is_reported(model: ScriptedModel) -> None:
    model.add(Say("unused"))
    with pytest.raises(AssertionError, match=r"nobody asked for: Say\(text='unused'"):
        model.assert_exhausted()


def test_a_script_that_fits_passes(model: ScriptedModel) -> None:
    model.add(Say("x"))
    ask(model)
    model.assert_exhausted()


def test_a_function_answers_by_request() -> None:
    def script(request: Request) -> Say | None:
        return Say(request.texts("user")[-1].upper()) if "quiet" not in request.texts("user")[-1] else None

    with ScriptedModel(script) as model:
        assert deltas(ask(model, "loud")[1], "content") == ["LOUD"]
        assert ask(model, "quiet")[0].status == 500
        with pytest.raises(TypeError, match="driven by a function"):
            model.add(Say("x"))


def test_a_function_that_raises_is_reported() -> None:
    def script(request: Request) -> Say:
        raise LookupError(request.number)

    with ScriptedModel(script) as model:
        assert ask(model)[0].status == 500
        with pytest.raises(AssertionError, match="LookupError: 0"):
            model.assert_exhausted()


def test_requests_that_run_at_the_same_time_overlap() -> None:
    both = threading.Barrier(2, timeout=10)

    def script(_request: Request) -> Say:
        both.wait()
        return Say("x")

    with ScriptedModel(script) as model:
        threads = [threading.Thread(target=ask, args=(model,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert model.requests[0].overlaps(model.requests[1])


def test_requests_one_after_the_other_do_not_overlap(model: ScriptedModel) -> None:
    model.add(Say("x"), Say("y"))
    ask(model)
    ask(model)
    assert not model.requests[0].overlaps(model.requests[1])


def test_headers_keep_their_case_and_are_found_in_any(model: ScriptedModel) -> None:
    model.add(Say("x"))
    ask(model)
    assert ("X-Mixed-Case", "yes") in model.requests[0].headers
    assert model.requests[0].header("x-mixed-CASE") == "yes"
    assert model.requests[0].header("missing") is None


def test_a_client_that_goes_away_is_noticed(model: ScriptedModel) -> None:
    model.add(Say("x", delay=30))
    connection = http.client.HTTPConnection("127.0.0.1", int(model.url.split(":")[2].split("/")[0]))
    connection.request("POST", "/v1/chat/completions", "{}")
    deadline = time.monotonic() + 10
    while not model.requests and time.monotonic() < deadline:
        time.sleep(0.01)
    connection.close()
    while model.requests[0].finished is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert model.requests[0].aborted


def test_closing_twice_and_in_mid_answer_is_quick() -> None:
    model = ScriptedModel([Say(tokens=100, tokens_per_second=1)])
    connection = http.client.HTTPConnection("127.0.0.1", int(model.url.split(":")[2].split("/")[0]))
    connection.request("POST", "/v1/chat/completions", '{"stream": true}')
    deadline = time.monotonic() + 10
    while not model.requests and time.monotonic() < deadline:
        time.sleep(0.01)
    start = time.monotonic()
    model.close()
    model.close()
    assert time.monotonic() - start < 3
    connection.close()


def test_models_json_lists_every_model_with_its_limits() -> None:
    with ScriptedModel(models=[ModelSpec("small", context_window=4000, reasoning=True), "big"]) as model:
        provider = model.models_json()["providers"]["scripted"]
    assert provider["baseUrl"] == model.url
    assert [(m["id"], m["contextWindow"], m["reasoning"]) for m in provider["models"]] == [
        ("small", 4000, True),
        ("big", 128_000, False),
    ]


def test_configure_leaves_other_keys_alone_and_files_private(model: ScriptedModel, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"theme": "dark", "retry": {"maxRetries": 7}}')
    model.configure(tmp_path)
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert (settings["theme"], settings["defaultModel"]) == ("dark", "scripted-1")
    assert settings["retry"] == {"maxRetries": 7, "enabled": False, "provider": {"maxRetries": 0}}
    assert (tmp_path / "models.json").stat().st_mode & 0o777 == 0o600
