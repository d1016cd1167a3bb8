"""Follow-ups come when they are due, and never without end."""

from __future__ import annotations

from typing import Any

SETTLED = "agent_settled"


def sent(mirrored: Any) -> list[str]:
    return [message["content"].partition("queued: ")[2] for message in mirrored.pi.user_messages]


def test_without_a_time_it_comes_when_the_run_settles_one_at_a_time(mirrored: Any) -> None:
    for text in ("one", "two"):
        mirrored.ask(text, op="queue_followup")
    mirrored.pi.fire(SETTLED)
    assert sent(mirrored) == ["one"]
    mirrored.pi.fire(SETTLED)
    assert sent(mirrored) == ["one", "two"]


def test_after_turns_it_comes_after_so_many(mirrored: Any) -> None:
    assert mirrored.ask("remind me in 2 turns to lint")["data"]["afterTurns"] == 2
    mirrored.pi.fire(SETTLED)
    assert sent(mirrored) == []
    mirrored.pi.fire("turn_end")
    mirrored.pi.fire("turn_end")
    mirrored.pi.fire(SETTLED)
    assert len(sent(mirrored)) == 1


def test_with_a_time_it_waits_for_it(mirrored: Any) -> None:
    assert mirrored.ask("remind me in 10 minutes to check the deploy")["data"]["dueAt"] > 0
    mirrored.pi.fire(SETTLED)
    assert sent(mirrored) == []


def test_more_than_three_in_a_row_wait_for_the_user(mirrored: Any) -> None:
    for number in range(5):
        mirrored.ask(f"task {number}", op="queue_followup")
    for _ in range(5):
        mirrored.pi.fire(SETTLED)
        if mirrored.pi.user_messages:
            mirrored.pi.fire("before_agent_start", prompt=mirrored.pi.user_messages[-1]["content"])
    assert len(sent(mirrored)) == 3
    assert "waits for a prompt of yours" in mirrored.pi.notices[-1].message
    mirrored.pi.fire("before_agent_start", prompt="go on")
    mirrored.pi.fire(SETTLED)
    assert len(sent(mirrored)) == 4
