"""docs/reference/self-checklist.md names tests that exist, for every id."""

from __future__ import annotations

import json
import re
from pathlib import Path

_TESTS = Path(__file__).parent
_PAGE = _TESTS.parents[2] / "docs" / "reference" / "self-checklist.md"
_IDS = [f"S{number:02}" for number in range(1, 23)] + [f"M{number:02}" for number in range(1, 7)]


def test_every_id_names_tests_that_exist() -> None:
    rows = re.findall(r"^\| ([SM]\d\d) \| .*? \| (.*) \|$", _PAGE.read_text(), re.MULTILINE)
    assert [name for name, _ in rows] == _IDS
    for name, cell in rows:
        named = re.findall(r"`([\w/.]+)::(\w+)`", cell)
        assert named, name
        for file, function in named:
            assert function.startswith(f"test_{name.lower()}_")
            assert f"def {function}(" in (_TESTS / file).read_text(), function


def test_no_test_of_an_id_is_left_out() -> None:
    page = _PAGE.read_text()
    for file in ("tool/test_acceptance.py", "tool/test_memory_acceptance.py"):
        for function in re.findall(r"^def (test_[sm]\d\d_\w+)", (_TESTS / file).read_text(), re.MULTILINE):
            assert f"`{file}::{function}`" in page


def test_the_eight_cards_are_there_and_each_names_tests_that_exist() -> None:
    cards = json.loads((_TESTS / "casebook" / "cards.json").read_text())[:8]
    rows = re.findall(r"^\| ([\w-]+) \| `(\w+)` \| (.*?) \| (.*?) ?\|$", _PAGE.read_text(), re.MULTILINE)
    assert [(card["id"], card["target"]) for card in cards] == [(name, target) for name, target, _, _ in rows]
    source = (_TESTS / "casebook" / "test_cards.py").read_text()
    for name, target, cell, waiting in rows:
        assert (f"test_card[{name}]" in cell) == (target == "self")
        assert (f"test_card_waits_for_its_target[{name}]" in cell) == (target != "self") == bool(waiting)
        named = re.findall(r"`casebook/test_cards\.py::(\w+)(?:\[([\w-]+)\])?`", cell)
        assert named, name
        assert all(f"def {function}(" in source and given in {"", name} for function, given in named)


def test_what_is_said_of_the_edge_contract_is_tested() -> None:
    named = re.findall(r"`(edge/\w+\.py)::(\w+)`", _PAGE.read_text())
    assert named
    for file, function in named:
        assert f"def {function}(" in (_TESTS / file).read_text(), function
