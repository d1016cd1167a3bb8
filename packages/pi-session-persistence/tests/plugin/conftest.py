"""pi with this package's plugin, and a registry of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_session_persistence import Registry
from pi_session_persistence import plugin as module

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """The registry that the plugin finds."""
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "ids"))
    for name in ("PI_SESSION_COMPAT", "PI_SESSION_EXTERNAL_ID", "PI_SESSION_EXTERNAL_PARENT"):
        monkeypatch.delenv(name, raising=False)
    yield Registry(tmp_path / "ids")
    module._leave()
