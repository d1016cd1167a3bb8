"""Who did it."""

from __future__ import annotations

from pi_autonomous_session_control.mirror._spans import Spans
from pi_autonomous_session_control.mirror._worktree import Found

SECOND = 1_000_000_000


def found(at: float | None, path: str = "/w/a") -> Found:
    return Found(path, "modify" if at is not None else "delete", "d", None if at is None else int(at * SECOND))


def spans(*ran: tuple[str, float, float | None, str | None]) -> Spans:
    known = Spans()
    for tool, since, until, path in ran:
        known.open(tool, tool, int(since * SECOND), path)
        if until is not None:
            known.close(tool, int(until * SECOND))
    return known


def test_what_changed_while_a_tool_ran_is_its_doing() -> None:
    known = spans(("bash", 10, 12, None))
    assert known.author(found(11), 0) == ("bash", "bash")
    assert known.author(found(9), 0) == ("user", "")
    assert known.author(found(13), 0) == ("user", "")


def test_the_clock_of_files_may_be_a_tick_behind_and_is_never_ahead() -> None:
    known = spans(("bash", 10, 12, None))
    assert known.author(found(9.995), 0) == ("bash", "bash")
    assert known.author(found(12.001), 0) == ("user", "")


def test_a_call_that_was_blocked_changed_nothing() -> None:
    known = spans(("bash", 10, None, None))
    known.drop("bash")
    assert known.author(found(11), 0) == ("user", "")


def test_who_named_the_file_did_it() -> None:
    known = spans(("write", 10, 12, "/w/a"), ("bash", 10, 12, None), ("edit", 11, 12, "/w/b"))
    assert known.author(found(11), 0)[0] == "write"
    assert known.author(found(11, "/w/c"), 0)[0] == "bash"


def test_a_tool_that_writes_another_file_did_not() -> None:
    assert spans(("edit", 10, 12, "/w/b")).author(found(11), 0) == ("user", "")


def test_what_is_gone_is_put_down_to_who_ran_since_the_last_look() -> None:
    known = spans(("bash", 10, 12, None))
    assert known.author(found(None), 11 * SECOND) == ("bash", "bash")
    assert known.author(found(None), 13 * SECOND) == ("user", "")
    assert spans(("edit", 10, 12, "/w/a"), ("bash", 10, 12, None)).author(found(None), 0)[0] == "bash"


def test_another_agent_is_a_child() -> None:
    assert spans(("dispatch_subagent", 10, None, None)).author(found(50), 0) == ("child", "dispatch_subagent")


def test_a_turn_that_is_over_leaves_no_tool_running() -> None:
    known = spans(("bash", 10, None, None))
    known.close_all(12 * SECOND)
    assert known.author(found(13), 0) == ("user", "")
