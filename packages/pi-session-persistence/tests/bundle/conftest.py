"""Two machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bundle_support import Machine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PI_CODING_AGENT_DIR", str(tmp_path / "agent"))
    monkeypatch.delenv("PI_SESSION_COMPAT", raising=False)


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Where the session comes to."""
    return Machine(tmp_path / "there", monkeypatch)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Where the session comes from, and where we are first."""
    machine = Machine(tmp_path / "here", monkeypatch)
    machine.here()
    return machine
