from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pi_testkit.bench import Row, main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def fast(folder: Path) -> Iterator[Row]:
    assert list(folder.iterdir()) == []
    yield Row("fast", "1 ms", "2 ms peer", "0.50x", "1x")


def slow(folder: Path) -> Iterator[Row]:
    (folder / "left").touch()
    yield Row("slow", "3 ms", "2 ms peer", "1.50x", "1x", missed=True)


CASES = {"slow": slow, "fast": fast}


def test_a_missed_bound_is_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("it", CASES, []) == 1
    assert main("it", CASES, ["fast"]) == 0
    shown = capsys.readouterr().out
    assert "1.50x" in shown
    assert "2 ms peer" in shown


def test_programs_get_the_rows_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    main("it", CASES, ["--json"])
    assert [(row["what"], row["missed"]) for row in json.loads(capsys.readouterr().out)] == [
        ("slow", True),
        ("fast", False),
    ]


def test_a_case_that_is_not_there_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as ended:
        main("it", CASES, ["nothing"])
    assert ended.value.code == 2
