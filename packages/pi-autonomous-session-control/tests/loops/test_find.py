"""What is a loop, and what only looks like one."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from pi_autonomous_session_control.loops import find, history
from pi_autonomous_session_control.mirror import Call, Change, Result, RunnerReport, Turn, TurnEnded

if TYPE_CHECKING:
    from pi_autonomous_session_control.loops import Pattern
    from pi_autonomous_session_control.mirror import Event


class Story:
    """Events, one after the other."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._numbers = count(1)

    def do(self, what: str, out: str = "ok", *, tool: str = "bash", args: str = "", **more: Any) -> Story:
        """A call with its result; ``changed`` is a file with its new content."""
        number = next(self._numbers)
        at, name = 1000 * number, f"c{number}"
        changed = more.pop("changed", None)
        self.events.append(Call(at=at, entry=f"e{number}", call=name, tool=tool, what=what, digest=args or what))
        members = {"failed": False, "message": "", **more}
        self.events.append(
            Result(at=at + 1, entry=f"e{number}", call=name, tool=tool, what=what, digest=out, **members)
        )
        if changed:
            path, content = changed
            self.events.append(Change(at=at + 2, path=path, op="modify", by=tool, call=name, digest=content))
        return self

    def fail(self, what: str, message: str = "boom", **more: Any) -> Story:
        """A call that fails."""
        return self.do(what, message, failed=True, message=message, **more)

    def edit(self, path: str, content: str) -> Story:
        """An edit."""
        return self.do(path, tool="edit", args=f"{path} {content}", changed=(path, content))

    def tests(self, failed: int, *names: str, passed: int = 5) -> Story:
        """A run of tests."""
        report = RunnerReport("pytest", passed, failed, 0, names)
        return self.do("pytest", f"{failed} {names}", failed=failed > 0, message=f"{failed} failed", tests=report)

    def turn(self, tokens: int = 100) -> Story:
        """A turn."""
        at = 1000 * next(self._numbers)
        self.events += [Turn(at=at), TurnEnded(at=at + 1, tokens=tokens)]
        return self

    @property
    def loops(self) -> dict[str, Pattern]:
        """What was found, by type."""
        return {pattern.type: pattern for pattern in find(self.events) if pattern.is_loop}


@pytest.fixture
def story() -> Story:
    return Story()


def test_the_same_failure_three_times_is_a_loop(story: Story) -> None:
    for _ in range(3):
        story.fail("make")
    assert story.loops["command_loop"].severity == "critical"
    assert story.loops["command_loop"].entries == ("e1", "e2", "e3")
    assert "make" in story.loops["command_loop"].explanation
    assert story.loops["command_loop"].suggestion


def test_twice_is_none(story: Story) -> None:
    assert story.fail("make").fail("make").loops == {}


def test_tests_that_pass_again_and_again_are_none(story: Story) -> None:
    for _ in range(6):
        story.tests(0)
    assert story.loops == {}


def test_a_poll_with_changing_output_is_none(story: Story) -> None:
    for number in range(8):
        story.do("curl status", f"{number} %")
    assert story.loops == {}


def test_a_poll_that_always_says_the_same_is_one(story: Story) -> None:
    for _ in range(3):
        story.do("curl status", "pending")
    assert story.loops["command_loop"].severity == "warning"


def test_different_work_that_says_nothing_is_none(story: Story) -> None:
    for number in range(10, 16):
        story.do(f"mkdir d{number}", "(no output)", args=str(number))
    assert story.loops == {}


def test_different_edits_of_one_file_are_none(story: Story) -> None:
    for number in range(6):
        story.edit("a.py", f"v{number}")
    assert story.loops == {}


def test_reading_on_is_none(story: Story) -> None:
    for number in range(6):
        story.do("big.py", f"page {number}", tool="read", args=str(number))
    assert story.loops == {}


def test_what_succeeds_at_last_is_over(story: Story) -> None:
    for _ in range(4):
        story.fail("make")
    assert story.do("make", "built").loops == {}


def test_what_was_long_ago_is_over(story: Story) -> None:
    for _ in range(4):
        story.fail("make")
    for number in range(10):
        story.do(f"ls {number}", f"{number}")
    assert story.loops == {}


def test_one_error_by_many_ways_is_a_loop(story: Story) -> None:
    for number in range(3):
        story.fail(f"try {number}", f"error: port {number} in use", args=str(number))
    assert set(story.loops) == {"error_loop"}
    assert "3 calls" in story.loops["error_loop"].explanation


@pytest.mark.parametrize("repeats", [1, 2, 3])
def test_a_cycle_of_two_steps_that_act_is_one_from_twice_on(story: Story, repeats: int) -> None:
    for _ in range(repeats):
        story.fail("make").do("make clean", "cleaned", changed=("out", "gone"))
    assert ("cycle" in story.loops) == (repeats >= 2)
    if repeats >= 2:
        assert story.loops["cycle"].count == repeats
        assert story.loops["cycle"].severity == ("critical" if repeats > 2 else "warning")


def test_a_cycle_that_only_looks_takes_three_rounds(story: Story) -> None:
    for _ in range(2):
        story.do("a", "1", tool="read").do("b", "2", tool="read")
    assert "cycle" not in story.loops
    story.do("a", "1", tool="read").do("b", "2", tool="read")
    assert story.loops["cycle"].count == 3


def test_a_cycle_of_passing_checks_is_none(story: Story) -> None:
    for _ in range(4):
        story.do("git status", "clean").tests(0)
    assert story.loops == {}


def test_content_that_swings_is_told_by_its_hash(story: Story) -> None:
    for content in ("A", "B", "A", "B"):
        story.edit("a.py", content)
    assert story.loops["oscillation"].key == "a.py"
    assert story.loops["oscillation"].count == 2


def test_one_undo_is_no_swing(story: Story) -> None:
    for content in ("A", "B", "A"):
        story.edit("a.py", content)
    assert story.loops == {}


def test_the_same_tests_failing_after_changes_are_a_loop(story: Story) -> None:
    for number in range(3):
        story.edit("a.py", f"v{number}").tests(1, "test_a")
    assert story.loops["failing_test"].key == "test_a"
    assert "test_a failed in 3 runs" in story.loops["failing_test"].explanation


def test_fewer_failing_tests_each_time_are_none(story: Story) -> None:
    for failed in (5, 4, 3, 2):
        names = tuple(f"test_{number}" for number in range(failed))
        story.edit("a.py", f"v{failed}").tests(failed, *names)
    assert "failing_test" not in story.loops


def test_other_tests_failing_each_time_are_none(story: Story) -> None:
    for name in ("test_a", "test_b", "test_c"):
        story.edit("a.py", name).tests(1, name)
    assert "failing_test" not in story.loops


def test_turns_that_cost_and_bring_nothing_are_a_loop(story: Story) -> None:
    story.edit("a.py", "v1")
    for number in range(4):
        for name in ("a", "b", "c"):
            story.turn(1000).do(name, f"{name} as ever", tool="read")
        if number == 1:
            story.do("new", "news", tool="read")
    found = story.loops["cost_loop"]
    assert "12 turns and 12,000 tokens" in found.explanation
    assert "9 of 13 steps" in found.explanation


def test_reading_new_things_for_many_turns_is_none(story: Story) -> None:
    for number in range(12):
        story.turn().do(f"file{number}", f"text {number}", tool="read")
    assert story.loops == {}


def test_the_history_has_loops_that_ended(story: Story) -> None:
    for _ in range(4):
        story.fail("make")
    story.do("make", "built")
    for number in range(12):
        story.do(f"ls {number}", f"{number}")
    assert {(pattern.type, pattern.count) for pattern in history(story.events)} == {
        ("command_loop", 4),
        ("error_loop", 4),
    }
