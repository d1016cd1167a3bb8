"""What test runners print, and what is read from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pi_autonomous_session_control.mirror import tests_of as read

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "runners.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_outcome(case: dict[str, Any]) -> None:
    found = read(case["command"], "\n".join(case["output"]))
    wanted = case["expected"]
    if wanted is None:
        assert found is None
        return
    assert found is not None
    assert [found.runner, found.passed, found.failed, found.skipped] == wanted
    assert list(found.failing) == case.get("failing", [])
