"""A warning about a loop is pushed only where it was asked for, and not each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def fail(mirrored: Any, times: int) -> list[str]:
    for _ in range(times):
        mirrored.run("bash", "boom", failed=True, command="make")
        mirrored.ask("", op="am_i_looping")  # waits for the mirror
    return [message["content"] for message in mirrored.pi.sent_messages]


def test_off_by_default(mirrored: Any) -> None:
    assert fail(mirrored, 6) == []


def test_at_the_threshold_and_again_when_it_has_doubled(start: Callable[..., Any]) -> None:
    mirrored = start(config={"plugins": {"plugin": {"warn_after": 3}}})
    assert len(fail(mirrored, 3)) >= 1
    first = [text for text in fail(mirrored, 2) if "`make`" in text]
    assert len(first) == 1
    assert "make" in first[0]


def test_a_threshold_that_is_no_number_is_told(start: Callable[..., Any]) -> None:
    mirrored = start(config={"plugins": {"plugin": {"warn_after": "often"}}})
    assert "is no number of repetitions" in mirrored.pi.notices[0].message
