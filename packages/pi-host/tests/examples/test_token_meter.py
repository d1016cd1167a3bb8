from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pi_testkit import Say

if TYPE_CHECKING:
    from pi_testkit import FakePi, Pi

pytestmark = pytest.mark.pi_versions("1.5.2")

FIGURES = re.compile(r"first token (\d+\.\d\d) s, (\d+) tokens/s")


def test_the_footer_tells_the_speed(real: Pi) -> None:
    real.model.add(Say(tokens=100, tokens_per_second=100, delay=0.4))
    rpc = real.rpc()
    rpc.prompt("go")
    last = rpc.wait_for(lambda record: "first token" in str(record.get("statusText")))
    texts = [request["statusText"] for request in rpc.ui_requests if request["method"] == "setStatus"]
    assert texts[0].startswith("HTTP 200 after 0.")
    assert last["statusKey"] == "token_meter"
    found = FIGURES.fullmatch(texts[-1])
    assert found
    assert 0.35 <= float(found[1]) < 2
    assert 50 < int(found[2]) < 200
    assert 3 <= len(texts) <= 8


def test_the_count_of_the_provider_is_the_last_word(fake: FakePi) -> None:
    fake.fire("turn_start")
    for _ in range(3):
        fake.fire("message_update", assistantMessageEvent={"type": "text_delta", "contentIndex": 0, "delta": "x"})
    fake.fire("message_end", message={"role": "assistant", "usage": {"output": 1_000_000}})
    found = FIGURES.fullmatch(fake.statuses["token_meter"])
    assert found
    assert int(found[2]) > 100_000


def test_messages_of_others_show_nothing(fake: FakePi) -> None:
    fake.fire("turn_start")
    fake.fire("message_end", message={"role": "user", "content": "hi"})
    assert fake.statuses == {}
