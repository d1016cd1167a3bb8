"""S01 to S22: what the tool `self` promises."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from pi_autonomous_session_control.edge import Ids

if TYPE_CHECKING:
    from collections.abc import Callable

COMMANDS = ("self-status", "self-loop-check", "self-progress", "self-runtime-invariants", "self-prompt-vault-compat")


def test_s01_the_tool_the_commands_and_the_hooks_are_registered(mirrored: Any) -> None:
    declared = mirrored.pi.tools["self"]
    assert "mirror" in declared["description"].lower()
    assert set(declared["parameters"]["properties"]) == {"query", "context", "op"}
    assert declared["parameters"]["required"] == ["query"]
    assert declared["parameters"]["properties"]["context"]["type"] == "object"
    assert declared["promptSnippet"]
    assert len(declared["promptGuidelines"]) == 2
    for command in COMMANDS:
        mirrored.pi.run_command(command)
    assert len(mirrored.pi.notices) == len(COMMANDS)
    for hook in ("turn_start", "turn_end", "tool_call", "tool_result", "session_tree", "agent_settled"):
        mirrored.pi.fire(hook)
    assert mirrored.pi.problems == []


def test_s02_two_registrations_share_no_state(start: Callable[..., Any]) -> None:
    one, two = start("one"), start("two")
    one.run("write", path="a.txt", content="x")
    assert one.ask("What files have I touched?")["data"]["total"] == 1
    assert two.ask("What files have I touched?")["data"]["total"] == 0


def test_s03_each_turn_counts(mirrored: Any) -> None:
    before = mirrored.ask("summary")["data"]["turns"]
    mirrored.turns(1)
    assert mirrored.ask("summary")["data"]["turns"] == before + 1
    assert "Session" in mirrored.text


def test_s04_a_command_is_told_by_its_text(mirrored: Any) -> None:
    mirrored.run("bash", command="rg TODO src")
    data = mirrored.ask("what commands have I run?")["data"]
    assert (data["total"], data["commands"][0]["command"]) == (1, "rg TODO src")
    assert "call-1" not in mirrored.text


def test_s05_an_empty_write_counts(mirrored: Any) -> None:
    mirrored.run("write", path="empty.txt", content="")
    data = mirrored.ask("What files have I touched?")["data"]
    assert data["total"] == 1
    assert (data["files"][0]["path"], data["files"][0]["lastOp"]) == ("empty.txt", "create")


@pytest.mark.parametrize(
    "edit", [{"oldText": "a", "newText": "b"}, {"edits": [{"oldText": "a", "newText": "b"}]}], ids=["pair", "list"]
)
def test_s06_an_edit_counts_in_both_forms(mirrored: Any, edit: dict[str, Any]) -> None:
    (mirrored.work / "f.txt").write_text("a")
    mirrored.run("edit", path="f.txt", **edit)
    (file,) = mirrored.ask("What files have I touched?")["data"]["files"]
    assert (file["path"], file["ops"], file["lastOp"]) == ("f.txt", 1, "modify")


def test_s07_a_fresh_session_has_nothing_to_tell(mirrored: Any) -> None:
    assert mirrored.ask("What files have I touched?")["data"]["total"] == 0
    assert mirrored.ask("Am I in a loop?")["data"]["isLooping"] is False
    progress = mirrored.ask("What progress have I made?")["data"]
    assert (progress["hasProgress"], progress["isStalled"]) == (False, False)
    assert mirrored.ask("What errors?")["data"] == {"errors": [], "total": 0}
    assert mirrored.ask("success rate")["data"]["successRate"] == 1


def test_s08_turns_since_the_last_change(mirrored: Any) -> None:
    mirrored.turns(2)
    mirrored.run("write", path="a.txt", content="x")
    mirrored.turns(1)
    data = mirrored.ask("How many turns since last meaningful change?")["data"]
    assert data["turnsSince"] == 1
    assert data["timeSinceMs"] >= 0


def test_s09_six_turns_after_a_change_it_is_stalled(mirrored: Any) -> None:
    mirrored.run("write", path="a.txt", content="x")
    mirrored.turns(6)
    data = mirrored.ask("What progress have I made?")["data"]
    assert (data["hasProgress"], data["isStalled"], data["filesTouched"]) == (True, True, 1)


@pytest.mark.parametrize(("times", "severity"), [(2, None), (3, "warning"), (5, "critical")])
def test_s10_an_edit_that_repeats_is_a_loop_from_three_on_and_critical_from_five(
    mirrored: Any, times: int, severity: str | None
) -> None:
    (mirrored.work / "a.txt").write_text("a")
    for _ in range(times):
        mirrored.run("edit", path="a.txt", edits=[{"oldText": "a", "newText": "b"}])
    found = mirrored.ask("Am I in a loop?")["data"]
    loops = [pattern["severity"] for pattern in found["patterns"] if pattern["type"] == "edit_loop"]
    assert loops == ([severity] if severity else [])
    assert found["isLooping"] == (severity is not None)


def test_s10_a_command_that_fails_again_is_critical_and_one_that_says_the_same_a_warning(mirrored: Any) -> None:
    for _ in range(3):
        mirrored.run("bash", "make: *** no rule", failed=True, command="make all")
        mirrored.run("bash", "pending", command="curl -s status")
    patterns = {
        (pattern["type"], pattern["key"]): pattern for pattern in mirrored.ask("Am I looping?")["data"]["patterns"]
    }
    assert patterns["command_loop", "make all"]["severity"] == "critical"
    assert patterns["command_loop", "curl -s status"]["severity"] == "warning"
    assert patterns["error_loop", "bash: make: *** no rule"]["severity"] == "critical"


@pytest.mark.parametrize(("turns", "severity"), [(4, None), (5, "warning"), (10, "critical")])
def test_s10_stalls_have_two_thresholds(mirrored: Any, turns: int, severity: str | None) -> None:
    mirrored.turns(turns)
    patterns = mirrored.ask("Am I in a loop?")["data"]["patterns"]
    assert [p["severity"] for p in patterns if p["type"] == "stall"] == ([severity] if severity else [])


def test_s11_capabilities_name_five_domains_and_three_surfaces(mirrored: Any) -> None:
    details = mirrored.ask("What can you do?")
    names = [domain["name"] for domain in details["data"]["domains"]]
    assert details["intent"] == "meta"
    assert names == ["perception", "direction", "crystallization", "protection", "action"]
    assert all(name in mirrored.text for name in names)
    assert len(details["data"]["discoverySurfaces"]) == 3


def test_s12_a_memory_may_speak_of_capabilities(mirrored: Any) -> None:
    details = mirrored.ask('Remember: "the capability map lists what can you do"')
    assert details["intent"] == "crystallization"
    assert re.fullmatch(r"pattern-\d+(-\d+)?", details["data"]["patternId"])


@pytest.mark.parametrize(
    ("query", "level"),
    [
        ("I'm confident about this approach", "high"),
        ("I am not confident", "low"),
        ("I'm unsure", "low"),
        ("I'm blocked", "blocked"),
    ],
)
def test_s13_confidence_is_noted(mirrored: Any, query: str, level: str) -> None:
    details = mirrored.ask(query, {"context": "the parser"})
    assert details["intent"] == "direction"
    assert details["data"] == {"level": level, "context": "the parser"}


def test_s14_the_urgency_of_the_context_wins(mirrored: Any) -> None:
    data = mirrored.ask('I need help with "deploys", eventually', {"urgency": "HIGH"})["data"]
    assert (data["topic"], data["urgency"]) == ("deploys", "high")


def test_s15_help_me_is_a_call_for_help(mirrored: Any) -> None:
    details = mirrored.ask('Help me with "auth migration"')
    assert (details["intent"], details["data"]["topic"]) == ("direction", "auth migration")
    assert "auth migration" in mirrored.pi.notices[-1].message


def test_s16_listing_branches_spawns_none(mirrored: Any) -> None:
    assert mirrored.ask("what branches?")["data"] == {"branches": [], "count": 0}
    assert mirrored.ask("list branches")["data"]["count"] == 0


def test_s17_two_branches_can_be_compared(mirrored: Any) -> None:
    for name in ("alt-A", "alt-B"):
        mirrored.ask(f'spawn branch "{name}"', {"entryId": "e1"})
    data = mirrored.ask("compare branches")["data"]
    assert (data["comparable"], data["count"], data["byStatus"]) == (True, 2, {"active": 2})
    assert {branch["objective"] for branch in data["branches"]} == {"alt-A", "alt-B"}


def test_s17_ids_of_one_millisecond_differ() -> None:
    ids = Ids()
    assert [ids.new("branch", 5), ids.new("branch", 5), ids.new("trap", 5), ids.new("branch", 6)] == [
        "branch-5", "branch-5-1", "trap-5", "branch-6",
    ]  # fmt: skip


def test_s18_what_is_remembered_is_recalled_by_topic(mirrored: Any) -> None:
    mirrored.ask('Remember: "the tests need docker"', {"topic": "tests"})
    mirrored.ask('Remember: "deploys happen on Monday"', {"topic": "deploy"})
    details = mirrored.ask("What did I learn?", {"topic": "tests"})
    assert [pattern["content"] for pattern in details["data"]["patterns"]] == ["the tests need docker"]
    assert "the tests need docker" in mirrored.text
    assert mirrored.ask("What did I learn?", {"topic": "unknown"})["data"]["count"] == 0


def test_s19_a_trap_is_set_found_and_listed(mirrored: Any) -> None:
    made = mirrored.ask('Mark as trap: "later it breaks"', {"triggers": ["force push"]})
    near = mirrored.ask("Am I approaching a trap?", {"currentContext": "about to FORCE PUSH"})["data"]
    assert near["approachingTraps"] == [
        {"id": made["data"]["trapId"], "description": "later it breaks", "matchScore": 1.0}
    ]
    far = mirrored.ask("Am I approaching a trap?", {"currentContext": "reading"})["data"]
    assert (far["approachingTraps"], far["totalTraps"]) == ([], 1)
    assert mirrored.ask("List traps")["data"]["count"] == 1


def test_s20_actions_have_their_effect(mirrored: Any) -> None:
    mirrored.pi.entries.append({"type": "message", "id": "e7", "parentId": None})
    data = mirrored.ask('Create checkpoint "before the split!"')["data"]
    assert re.fullmatch(r"checkpoint-before-the-split-\d+", data["label"])
    assert mirrored.pi.labels == {"e7": data["label"]}
    assert mirrored.ask("Prefill: review the diff")["data"] == {"text": "review the diff", "prefill": True}
    assert mirrored.pi.ui.editor_text == "review the diff"
    assert mirrored.ask("Queue followup: run the tests")["data"]["text"] == "run the tests"
    assert mirrored.ask("Remind me later to check the build")["intent"] == "action"
    mirrored.pi.fire("agent_settled")
    assert "run the tests" in mirrored.pi.user_messages[-1]["content"]


def test_s21_what_is_not_understood_is_said(mirrored: Any) -> None:
    details = mirrored.ask("supercalifragilistic expialidocious gibberish")
    assert (details["understood"], details["intent"]) == (False, "unknown")
    assert "Suggestions: " in mirrored.text
    assert mirrored.text.count(";") == 3


def test_s22_the_status_command_carries_the_invariants(mirrored: Any) -> None:
    mirrored.pi.run_command("self-status")
    notice = mirrored.pi.notices[-1]
    assert "Invariants: OK (9 checks)" in notice.message
    assert notice.level == "info"
    mirrored.turns(6)
    mirrored.pi.run_command("self-status")
    assert mirrored.pi.notices[-1].level == "warning"
