from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pi_testkit import Call, Calls, Say

if TYPE_CHECKING:
    from pi_testkit import FakePi, Pi

pytestmark = pytest.mark.pi_versions("1.5.2")


def test_old_big_results_are_left_out_of_the_request_and_kept_in_the_session(real: Pi) -> None:
    (real.home.agent_dir / "pi-host.toml").write_text("[plugins.context_trimmer]\nkeep = 1\ncharacters = 100\n")
    big = Call("bash", command="seq 1000")
    real.model.add(Calls(big, Call("bash", command="echo small"), big, big, big), Say("done"))
    rpc = real.rpc()
    rpc.prompt("work")
    sent = real.model.requests[1].texts("tool")
    note = "characters of old bash output are left out; run it again if you need it]"
    assert [note in text for text in sent] == [True, False, True, True, False]
    assert sent[1] == "small\n"
    results = [message for message in rpc.get_messages() if message["role"] == "toolResult"]
    assert all("1000" in result["content"][0]["text"] for result in results if "small" not in str(result))


def transcript(results: int) -> list[dict[str, Any]]:
    body = [{"type": "text", "text": "x" * 5000}]
    messages: list[dict[str, Any]] = [{"role": "user", "content": "go"}]
    return messages + [{"role": "toolResult", "toolName": "read", "content": body} for _ in range(results)]


@pytest.mark.parametrize(("results", "cut"), [(6, 0), (9, 0), (10, 4), (13, 4), (14, 8)])
def test_results_get_old_several_at_once_so_that_the_prompt_cache_holds(fake: FakePi, results: int, cut: int) -> None:
    messages = transcript(results)
    fired = fake.fire("context", messages=messages)
    edited = [after is not before for before, after in zip(messages, fired.messages, strict=True)]
    assert edited == [False, *[True] * cut, *[False] * (results - cut)]
    loaded = [call for call in fake.calls if call.method == "handle.load"]
    assert len(loaded) == cut
