from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Call, Calls, Cut, Fail, PiExitedError, PiTimeoutError, RpcError, Say, Usage

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi

ANSWERS: dict[str, str | bool] = {"confirm": True, "select": "b", "input": "Ann", "editor": "text"}


def types(records: list[dict[str, Any]]) -> list[str]:
    return [record["type"] for record in records]


def test_a_prompt_returns_when_pi_has_settled(pi: Pi) -> None:
    pi.model.add(Say("one"), Say("two"))
    rpc = pi.rpc()
    for text in ("one", "two"):
        records = rpc.prompt("go")
        assert types(records).count("agent_start") == 1
        assert types(records)[-1] == ("agent_end" if pi.version == "0.74.2" else "agent_settled")
        assert rpc.get_messages()[-1]["content"][0]["text"] == text
        assert rpc.get_state()["isStreaming"] is False
    pi.model.assert_exhausted()


def test_parallel_tool_calls_run_and_their_results_come_back(pi: Pi) -> None:
    pi.model.add(Calls(Call("bash", command="echo first"), Call("bash", command="echo second")), Say("done"))
    records = pi.rpc().prompt("run")
    assert types(records).count("tool_execution_end") == 2
    assert [text.strip() for text in pi.model.requests[1].texts("tool")] == ["first", "second"]


def test_a_line_separator_inside_a_record_does_not_split_it(pi: Pi) -> None:
    pi.model.add(Say("be\u2028fore\u2029after"))
    rpc = pi.rpc()
    rpc.prompt("go \u2028 on")
    assert rpc.get_messages()[-1]["content"][0]["text"] == "be\u2028fore\u2029after"
    assert pi.model.requests[0].texts("user") == ["go \u2028 on"]


def test_usage_and_cache_reads_reach_pi(pi: Pi) -> None:
    pi.model.add(Say("x", usage=Usage(input=1000, output=5, cached=900)))
    rpc = pi.rpc()
    rpc.prompt("go")
    usage = rpc.get_messages()[-1]["usage"]
    assert (usage["input"], usage["cacheRead"], usage["output"]) == (100, 900, 5)


def test_thinking_reaches_pi(pi: Pi) -> None:
    pi.model.add(Say("done", thinking="let me see"))
    rpc = pi.rpc()
    rpc.prompt("go")
    assert [block["type"] for block in rpc.get_messages()[-1]["content"]] == ["thinking", "text"]


@pytest.mark.parametrize("turn", [Fail(500, "broken"), Cut("one two three", after_tokens=2)])
def test_a_failed_turn_settles_at_once_with_an_error(pi: Pi, turn: Fail | Cut) -> None:
    pi.model.add(turn)
    rpc = pi.rpc()
    rpc.prompt("go")
    assert rpc.get_messages()[-1]["stopReason"] == "error"
    pi.model.assert_exhausted()


#: Takes its time to hear of a turn; meanwhile the records of pi 0.74.2 fall behind what it does.
SLOW = "export default (pi) => pi.on('turn_start', () => new Promise((done) => setTimeout(done, 600)))"


@pytest.mark.parametrize("extension", ["export default () => {}", SLOW], ids=["alone", "slow"])
def test_a_prompt_waits_for_pis_own_retries(pi: Pi, tmp_path: Path, extension: str) -> None:
    pi.model.add(Fail(503, "overloaded"), Fail(503, "overloaded"), Say("better"))
    settings = pi.home.agent_dir / "settings.json"
    configured = json.loads(settings.read_text())
    configured["retry"] |= {"enabled": True, "baseDelayMs": 100}
    settings.write_text(json.dumps(configured))
    (tmp_path / "slow.js").write_text(extension)
    rpc = pi.rpc(extensions=[tmp_path / "slow.js"])
    records = rpc.prompt("go")
    assert "auto_retry_start" in types(records)
    assert rpc.get_messages()[-1]["content"][0]["text"] == "better"


def test_a_second_model_can_be_chosen(pi: Pi) -> None:
    pi.model.add(Say("x"))
    rpc = pi.rpc()
    assert rpc.set_model("scripted", "scripted-2")["id"] == "scripted-2"
    rpc.prompt("go")
    assert pi.model.requests[0].model == "scripted-2"


def test_what_pi_refuses_is_raised_with_its_own_words(pi: Pi) -> None:
    with pytest.raises(RpcError, match=r"pi refused 'set_model': Model not found: no/such"):
        pi.rpc().set_model("no", "such")


def test_dialogs_are_answered_by_a_function(pi: Pi, extensions: Path) -> None:
    rpc = pi.rpc(extensions=[extensions / "dialogs.js"])
    rpc.on_ui(lambda request: ANSWERS[request["method"]])
    rpc.prompt("/ask")
    assert [request["method"] for request in rpc.ui_requests] == [*ANSWERS, "notify"]
    assert json.loads(rpc.ui_requests[-1]["message"]) == list(ANSWERS.values())


def test_dialogs_can_be_dismissed(pi: Pi, extensions: Path) -> None:
    rpc = pi.rpc(extensions=[extensions / "dialogs.js"])
    rpc.on_ui(lambda _request: None)
    rpc.prompt("/ask")
    assert json.loads(rpc.ui_requests[-1]["message"]) == [False, None, None, None]


def test_a_dialog_nobody_answers_stays_open_and_is_named(pi: Pi, extensions: Path) -> None:
    rpc = pi.rpc(extensions=[extensions / "dialogs.js"])
    rpc.get_state()
    with pytest.raises(PiTimeoutError, match=r"wait for an answer: \['confirm'\]"):
        rpc.prompt("/ask", timeout=2)
    rpc.answer(rpc.ui_requests[0], reply=True)
    assert rpc.wait_for(lambda record: record.get("method") == "select")["options"] == ["a", "b"]


def test_what_an_answering_function_raises_comes_out_where_the_test_waits(pi: Pi, extensions: Path) -> None:
    def answer(_request: dict[str, Any]) -> None:
        raise LookupError("no answer")

    rpc = pi.rpc(extensions=[extensions / "dialogs.js"])
    rpc.on_ui(answer)
    with pytest.raises(LookupError, match="no answer"):
        rpc.prompt("/ask")


def test_noise_in_pis_stdout_is_an_error(pi: Pi, tmp_path: Path) -> None:
    noisy = tmp_path / "noisy.js"
    noisy.write_text("import { writeSync } from 'node:fs';\nexport default () => { writeSync(1, 'oops\\n'); };\n")
    with pytest.raises(RuntimeError, match="no JSON got into pi's stdout: b'oops"):
        pi.rpc(extensions=[noisy]).get_state()


def test_errors_of_extensions_are_kept_apart(pi: Pi, extensions: Path) -> None:
    rpc = pi.rpc(extensions=[extensions / "dialogs.js"])
    assert {"ask", "boom"} <= {command["name"] for command in rpc.get_commands()}
    rpc.prompt("/boom")
    assert [(error["event"], error["error"]) for error in rpc.errors] == [("command", "boom")]


def test_steering_and_follow_ups_belong_to_the_run(pi: Pi) -> None:
    pi.model.add(Say(tokens=20, tokens_per_second=40), Say("steered"), Say("followed"))
    rpc = pi.rpc()
    rpc.send("prompt", message="go")
    rpc.wait_for("message_update")
    rpc.steer("left")
    rpc.follow_up("then right")
    rpc.wait_for(lambda record: record["type"] == "agent_end" and len(pi.model.requests) == 3)
    assert pi.model.requests[2].texts("user") == ["go", "left", "then right"]


def test_a_prompt_queued_in_mid_run_waits_for_the_whole_run(pi: Pi) -> None:
    pi.model.add(Say(tokens=20, tokens_per_second=40), Say("second"))
    rpc = pi.rpc()
    rpc.send("prompt", message="go")
    rpc.wait_for("message_update")
    rpc.prompt("more", streamingBehavior="followUp")
    assert rpc.get_messages()[-1]["content"][0]["text"] == "second"


def test_an_abort_drops_the_request(pi: Pi) -> None:
    pi.model.add(Say(tokens=500, tokens_per_second=20))
    rpc = pi.rpc()
    rpc.send("prompt", message="go")
    rpc.wait_for("message_update")
    rpc.abort()
    assert rpc.get_messages()[-1]["stopReason"] == "aborted"
    deadline = time.monotonic() + 5
    while pi.model.requests[0].finished is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert pi.model.requests[0].aborted


def test_sessions_are_written_named_forked_and_switched(pi: Pi) -> None:
    pi.model.add(Say("one"), Say("two"))
    rpc = pi.rpc()
    rpc.prompt("first")
    rpc.set_session_name("mine")
    first = rpc.get_state()["sessionFile"]
    assert [str(path) for path in pi.home.sessions()] == [first]
    assert rpc.new_session()
    assert rpc.get_messages() == []
    assert rpc.switch_session(first)
    assert rpc.get_state()["sessionName"] == "mine"
    rpc.prompt("second")
    point = rpc.send("get_fork_messages")["messages"][-1]["entryId"]
    assert rpc.fork(point)["text"] == "second"
    assert rpc.get_state()["sessionFile"] != first


@pytest.mark.pi_since("0.87.1")
def test_entries_can_be_read_from_an_entry_on(pi: Pi) -> None:
    pi.model.add(Say("x"))
    rpc = pi.rpc()
    rpc.prompt("go")
    every = rpc.get_entries()
    assert every["leafId"] == every["entries"][-1]["id"]
    assert rpc.get_entries(every["entries"][-2]["id"])["entries"] == every["entries"][-1:]


def test_compaction_asks_the_model_for_a_summary(pi: Pi) -> None:
    long = "word " * 30_000
    pi.model.add(Say("one"), Say("two"), Say("the summary"))
    rpc = pi.rpc()
    rpc.prompt(long)
    rpc.prompt(long)
    assert "the summary" in rpc.compact("be brief")["summary"]


def test_a_users_shell_command_runs(pi: Pi) -> None:
    assert pi.rpc().bash("echo hello")["output"].strip() == "hello"


def test_a_closed_pi_says_so_and_close_gives_its_exit_code(pi: Pi) -> None:
    rpc = pi.rpc()
    rpc.get_state()
    assert rpc.close() == 0
    assert rpc.close() == 0
    with pytest.raises(PiExitedError, match="'get_state'"):
        rpc.get_state()


def test_a_pi_that_dies_at_start_fails_the_wait_at_once_with_its_stderr(pi: Pi) -> None:
    rpc = pi.rpc(extensions=["/no/such/extension.js"])
    start = time.monotonic()
    with pytest.raises(PiExitedError, match="no/such/extension"):
        rpc.wait_for("agent_start")
    assert time.monotonic() - start < 10


def test_a_killed_pi_is_gone_at_once(pi: Pi) -> None:
    rpc = pi.rpc()
    rpc.get_state()
    assert rpc.kill() < 0
    assert rpc.process.processes() == {}
