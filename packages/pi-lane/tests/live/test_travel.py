"""What belongs to a prompt is there when the lane is: its model, its images, what extensions make of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from host_support import notices
from lane_stage import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lane_stage import Scene

    from pi_testkit import RpcPi

pytestmark = pytest.mark.pi_since("0.87.1")

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"


@pytest.fixture
def waiting(two: Scene[RpcPi]) -> Iterator[Scene[RpcPi]]:
    """Two terminals, the first of which runs until the prompt of the other is in line."""
    gate = two.stage.hold("slow")
    two.one.send("prompt", message="slow")
    two.stage.await_asked("slow")
    yield two
    gate.set()


def _run(scene: Scene[RpcPi], prompt: str, **fields: Any) -> None:
    scene.other.send("prompt", message=prompt, **fields)
    scene.await_waiting()
    scene.stage.hold("slow").set()
    scene.other.wait_for("agent_settled")


def test_l_e31_a_turn_uses_the_model_of_the_terminal_that_asked(two: Scene[RpcPi]) -> None:
    two.other.set_model("scripted", "scripted-2")
    two.other.prompt("from the other")
    two.one.prompt("from the one")
    two.other.prompt("again")

    assert [request.model for request in two.model.requests] == ["scripted-2", "scripted-1", "scripted-2"]
    two.other.set_model("scripted", "scripted-1")


def test_l_e31_a_model_chosen_during_another_s_run_is_used_afterwards(waiting: Scene[RpcPi]) -> None:
    waiting.other.set_model("scripted", "scripted-2")

    _run(waiting, "from the other")

    assert [request.model for request in waiting.model.requests] == ["scripted-1", "scripted-2"]
    waiting.other.set_model("scripted", "scripted-1")


def test_l_e33_images_travel_with_the_prompt(waiting: Scene[RpcPi]) -> None:
    _run(waiting, "look", images=[{"type": "image", "data": PIXEL, "mimeType": "image/png"}])

    (message,) = [m for m in waiting.model.requests[-1].messages if m["role"] == "user" and "look" in str(m["content"])]
    assert [part["type"] for part in message["content"]] == ["text", "image_url"]
    assert "image/png;base64," in json.dumps(message)


def test_l_e102_a_restored_thinking_level_is_used(two: Scene[RpcPi]) -> None:
    two.one.set_model("scripted", "thinker")
    two.one.send("set_thinking_level", level="high")
    two.one.prompt("think")
    assert two.model.requests[-1].body["reasoning_effort"] == "high"

    two.other.new_session()
    two.other.switch_session(two.file)

    assert two.other.get_state()["thinkingLevel"] == "high"
    two.other.prompt("think on")
    assert two.model.requests[-1].body["reasoning_effort"] == "high"
    for terminal in (two.one, two.other):
        terminal.set_model("scripted", "scripted-1")


def test_l_e68_handlers_of_input_see_what_is_typed(waiting: Scene[RpcPi]) -> None:
    _run(waiting, "watched words")

    assert "input from rpc: watched words" in notices(waiting.other)


def test_l_e69_what_handlers_of_input_make_of_it_reaches_the_model(waiting: Scene[RpcPi]) -> None:
    _run(waiting, "loud words")

    assert waiting.model.requests[-1].texts("user")[-1] == "LOUD WORDS"


def test_l_e70_a_changed_system_prompt_reaches_the_model(waiting: Scene[RpcPi]) -> None:
    _run(waiting, "ruled words")

    assert "Answer in rhymes." in waiting.model.requests[-1].texts("system")[0]


def test_l_e71_commands_run_at_once_while_a_prompt_runs_or_waits(waiting: Scene[RpcPi]) -> None:
    waiting.other.send("prompt", message="patient")
    waiting.await_waiting()

    assert ask(waiting.one, "/now one") == "now one"
    assert ask(waiting.other, "/now other") == "now other"
    assert "1. pi" in ask(waiting.other, "/lane queue")
    waiting.stage.hold("slow").set()
    waiting.other.wait_for("agent_settled")
