"""The table of what the template is tested for is complete, and says nothing of tests that do not exist."""

from __future__ import annotations

import re
from pathlib import Path

from template_support import ROOT

TESTS = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "reference" / "template-checklist.md").read_text("utf-8")
POINTS = 25


def test_every_point_has_its_row_in_order() -> None:
    rows = re.findall(r"^\| (\d+) \|", TABLE, re.MULTILINE)
    assert [int(number) for number in rows] == list(range(1, POINTS + 1))


def test_every_test_that_is_named_exists() -> None:
    named = [
        (file, test)
        for file, tests in re.findall(r"`([\w/]+\.py)`: ((?:`test_\w+`(?:, )?)+)", TABLE)
        for test in re.findall(r"test_\w+", tests)
    ]
    sources = {file: (TESTS / file).read_text("utf-8") for file, _ in named}
    assert len(named) > POINTS
    assert [each for each in named if f"def {each[1]}(" not in sources[each[0]]] == []


def test_every_test_of_a_point_is_in_the_row_of_that_point() -> None:
    rows = dict(re.findall(r"^\| (\d+) \|(.*)$", TABLE, re.MULTILINE))
    for file in [*TESTS.rglob("test_*.py"), *TESTS.rglob("live_*.py")]:
        for test in re.findall(r"def (test_t\d+_\w+)\(", file.read_text("utf-8")):
            for number in re.findall(r"(?<=_t)\d+(?=_)", test):
                assert f"`{test}`" in rows[number], f"{test} is not in row {number}"
