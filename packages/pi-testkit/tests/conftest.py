from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def extensions() -> Path:
    return Path(__file__).parent / "extensions"
