"""The casebook: failures that were learned from, as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

CARDS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cards.json").read_text())
OURS = [card for card in CARDS if card["target"] == "self"]


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


def test_every_card_has_a_name_and_something_to_hold() -> None:
    assert len({card["id"] for card in CARDS}) == len(CARDS) >= 8
    assert all(card["title"] and card["assertions"] for card in CARDS)


def test_a_card_that_does_not_hold_is_told() -> None:
    card = {"assertions": [{"path": "a.0.b", "equals": 1}, {"path": "a", "notIncludes": {"b": 2}}]}
    assert len(failures(card, {"a": [{"b": 2}]})) == 2
    assert failures(card, {"a": [{"b": 1}]}) == []
