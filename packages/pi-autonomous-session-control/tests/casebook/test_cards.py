"""The casebook: failures that were learned from, as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pi_autonomous_session_control import plugin
from pi_autonomous_session_control.edge import Invariant, Report, asserted, envelope, number, text
from pi_autonomous_session_control.tool import Counters, check

CARDS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cards.json").read_text())
OURS = [card for card in CARDS if card["target"] == "self"]
OTHERS = [card for card in CARDS if card["target"] != "self"]


def value_at(found: Any, path: str) -> Any:
    """Return what is at a dotted path, ``None`` for nothing."""
    for part in path.split("."):
        try:
            found = found[int(part)] if isinstance(found, list) else found.get(part)
        except (LookupError, AttributeError, ValueError):
            return None
    return found


def holds(claim: dict[str, Any], value: Any) -> bool:
    """Return whether an assertion of a card holds for what was found."""
    if "equals" in claim:
        return bool(value == claim["equals"])
    if "notEquals" in claim:
        return bool(value != claim["notEquals"])
    if "includes" in claim:
        return value is not None and claim["includes"] in value
    return value is None or claim["notIncludes"] not in value


def failures(card: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return the assertions of a card that do not hold."""
    values = [(claim, value_at(found, claim["path"])) for claim in card["assertions"]]
    return [f"{claim}: {value!r}" for claim, value in values if not holds(claim, value)]


@pytest.mark.parametrize("card", OURS, ids=lambda card: card["id"])
def test_card(mirrored: Any, card: dict[str, Any]) -> None:
    for step in card.get("setup", []):
        mirrored.ask(step["query"], step.get("context"))
    details = mirrored.ask(card["query"], card.get("context"))
    assert failures(card, {"details": details, "text": mirrored.text}) == []


@pytest.mark.parametrize("card", OTHERS, ids=lambda card: card["id"])
def test_card_waits_for_its_target(card: dict[str, Any]) -> None:
    """Once there is such a tool the card must run against it."""
    assert card["target"] in {"dispatch_subagent", "subagent_sessions"}
    assert not hasattr(plugin, "dispatch_subagent")


def card_of(name: str) -> dict[str, Any]:
    return next(card for card in CARDS if card["id"] == name)


def contract(call: dict[str, Any]) -> Report:
    """Return what the edge contract says of a call of the dispatcher."""
    return asserted(
        [
            Invariant("dispatch.objective.present", text(call.get("objective")) is not None, "the objective is blank"),
            Invariant(
                "dispatch.timeout.positive",
                "timeout" not in call or number(call["timeout"], least=0) not in {None, 0},
                f"timeout {call.get('timeout')!r} is not positive",
            ),
        ]
    )


def refused(report: Report) -> dict[str, Any]:
    """Return a result that says which invariants do not hold, as a tool gives it."""
    told = "\n".join(f"{issue.id}: {issue.message}" for issue in report.issues)
    found = envelope(told, "error", {"status": "done", "failureKind": "invariant_failed"})
    return {"details": found["details"], "text": found["content"][0]["text"]}


@pytest.mark.parametrize("name", ["dispatch-invalid-objective-invariant", "dispatch-invalid-timeout-invariant"])
def test_kernel_refuses_the_call_of_the_card(name: str) -> None:
    card = card_of(name)
    report = contract(card["calls"][0])
    assert not report.ok
    assert failures(card, {"results": [refused(report)], "state": {"activeCount": 0}}) == []


def test_kernel_lets_a_sound_call_of_the_dispatcher_pass() -> None:
    assert contract({"objective": "look at the tests", "timeout": 30}).ok


def test_kernel_tells_more_active_runs_than_allowed() -> None:
    """The part of dispatch-lifecycle-activecount-invariant that the counters can tell."""
    card = card_of("dispatch-lifecycle-activecount-invariant")
    report = check(Counters(active=3, max_concurrent=card["state"]["maxConcurrent"]))
    assert [issue.id for issue in report.issues] == ["subagent.activeCount.gt.maxConcurrent"]
    assert check(Counters(active=1, max_concurrent=1)).issues == ()


def test_kernel_says_error_for_every_refusal() -> None:
    """The part of sync-spawn-throw-no-activecount-leak that the envelope holds: no status of another layer leaks."""
    card = card_of("sync-spawn-throw-no-activecount-leak")
    results = [refused(asserted([Invariant("dispatch.spawned", False, "it did not start")])) for _ in card["calls"]]  # noqa: FBT003  # the fields in order
    assert failures(card, {"results": results, "state": {"activeCount": 0}}) == []


def test_every_card_has_a_name_and_something_to_hold() -> None:
    assert len({card["id"] for card in CARDS}) == len(CARDS) >= 8
    assert all(card["title"] and card["assertions"] for card in CARDS)


def test_a_card_that_does_not_hold_is_told() -> None:
    card = {"assertions": [{"path": "a.0.b", "equals": 1}, {"path": "a", "notIncludes": {"b": 2}}]}
    assert len(failures(card, {"a": [{"b": 2}]})) == 2
    assert failures(card, {"a": [{"b": 1}]}) == []
