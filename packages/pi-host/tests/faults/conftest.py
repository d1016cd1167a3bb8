"""The fixture of these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from host_support import Hosted

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit.pi import Pi


@pytest.fixture
def hosted(pi: Pi, tmp_path: Path) -> Hosted:
    """Real pi with the bridge and no plugins."""
    return Hosted(pi, tmp_path / "cache")
