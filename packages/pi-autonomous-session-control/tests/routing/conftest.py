from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_DATA = Path(__file__).parent / "data"


@pytest.fixture
def corpus() -> Callable[[str], list[dict[str, Any]]]:
    """Read one of the labelled sets of queries."""

    def read(name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (_DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]

    return read
