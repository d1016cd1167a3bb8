"""Somebody who runs pi on external ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from launcher_support import Caller

if TYPE_CHECKING:
    from pathlib import Path

    from pi_testkit import Pi


@pytest.fixture
def caller(pi: Pi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A caller whose pi, home and model are those of the test; once for each version of pi."""
    made = Caller(pi, tmp_path)
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("PI_SESSION_EXTERNAL_ID", raising=False)
    monkeypatch.delenv("PI_HOST_PI", raising=False)
    return made
