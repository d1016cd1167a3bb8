"""The table of what is tested is complete, and says nothing of tests that do not exist."""

from __future__ import annotations

import re
from pathlib import Path

_HERE = Path(__file__).parent
_TABLE = (Path(__file__).parents[3] / "docs" / "reference" / "lane-checklist.md").read_text("utf-8")
_TESTED, _LEFT_OUT = _TABLE.split("\n## Left out\n")

#: How many properties of each kind there are, and those of the second that matter only to one host for all terminals.
_SEED, _TERMINALS, _FAULTS = 18, 105, 20
_FOR_A_HOST = {21, 22, 26, 29, 30, 32, 76, 96}

#: Those of the second kind that are nice to have; all others are essential.
_NICE = {
    7,
    8,
    15,
    18,
    34,
    38,
    39,
    41,
    46,
    48,
    *range(57, 60),
    61,
    *range(63, 66),
    75,
    77,
    *range(79, 87),
    97,
    98,
    99,
    103,
}


def _ids(text: str) -> set[str]:
    """Ids in the first cell of the rows of a table."""
    return {name for row in re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE) for name in re.findall(r"[SEX]\d+", row)}


def test_every_property_is_tested_or_left_out_for_a_reason() -> None:
    seed = {f"S{number}" for number in range(1, _SEED + 1)}
    terminals = {f"E{number}" for number in range(1, _TERMINALS + 1)}
    faults = {f"X{number}" for number in range(1, _FAULTS + 1)}
    assert _ids(_TESTED) | _ids(_LEFT_OUT) == seed | terminals | faults
    assert _ids(_TESTED) & _ids(_LEFT_OUT) == set()


def test_nothing_essential_is_left_out() -> None:
    assert _ids(_LEFT_OUT) <= {f"E{number}" for number in _NICE | _FOR_A_HOST}


def test_every_test_that_is_named_exists() -> None:
    named = [
        (file, test)
        for row in _TESTED.splitlines()
        for file, tests in re.findall(r"`([\w/]+\.py)`: ((?:`test_\w+`(?:, )?)+)", row)
        for test in re.findall(r"test_\w+", tests)
    ]
    sources = {file: (_HERE / file).read_text("utf-8") for file, _ in named}
    assert len(named) > _TERMINALS
    assert [each for each in named if f"def {each[1]}(" not in sources[each[0]]] == []


def test_every_test_with_an_id_is_named() -> None:
    there = {
        test for file in _HERE.rglob("test_*.py") for test in re.findall(r"def (test_l_\w+)\(", file.read_text("utf-8"))
    }
    defects = {test for test in there if test.startswith("test_l_defect_")}
    assert there - defects - set(re.findall(r"test_l_\w+", _TESTED)) == set()
