"""A home of its own for registry, tags and trash."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "ids"))
    monkeypatch.setenv("PI_CODING_AGENT_DIR", str(tmp_path / "agent"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PI_SESSION_ROOTS", "PI_CODING_AGENT_SESSION_DIR", "PI_SESSION_COMPAT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "ids"
