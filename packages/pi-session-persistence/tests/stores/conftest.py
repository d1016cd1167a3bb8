"""Two machines that know one store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from memory_store import MemoryStore
from session_stage import Tale
from store_machines import MemoryMachine as Machine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's sessions is touched."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PI_SESSION_HOME", str(tmp_path / "home" / "pi-session"))
    for name in ("PI_CODING_AGENT_DIR", "PI_SESSION_COMPAT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def one(tmp_path: Path, store: MemoryStore) -> Machine:
    return Machine(tmp_path / "one", store)


@pytest.fixture
def two(tmp_path: Path, store: MemoryStore) -> Machine:
    return Machine(tmp_path / "two", store)


@pytest.fixture
def tale() -> Tale:
    tale = Tale("s-1")
    tale.turn("hello", "hi")
    return tale
