from __future__ import annotations

from pi_autonomous_session_control.edge import Ids, Invariant, asserted, envelope


def test_what_holds_is_counted_and_no_issue() -> None:
    report = asserted([Invariant("a.b", holds=True, message="never told")])
    assert (report.ok, report.checked, report.issues) == (True, 1, ())
    assert report.line == "OK (1 checks)"


def test_what_does_not_hold_is_told_by_its_name() -> None:
    report = asserted([Invariant("a.b", holds=False, message="a is 3"), Invariant("c", holds=True, message="")])
    assert (report.ok, report.checked) == (False, 2)
    assert [(issue.id, issue.message, issue.level) for issue in report.issues] == [("a.b", "a is 3", "error")]
    assert report.line == "1 issue(s)"


def test_a_warning_leaves_it_ok() -> None:
    assert asserted([Invariant("a", holds=False, message="", level="warning")]).ok


def test_the_status_of_a_result_always_wins() -> None:
    found = envelope("no", "error", {"status": "done", "reason": "x"})
    assert found == {"content": [{"type": "text", "text": "no"}], "details": {"status": "error", "reason": "x"}}


def test_ids_of_one_millisecond_are_numbered() -> None:
    ids = Ids()
    assert [ids.new("a", 5), ids.new("a", 5), ids.new("b", 5), ids.new("a", 6)] == ["a-5", "a-5-1", "b-5", "a-6"]
