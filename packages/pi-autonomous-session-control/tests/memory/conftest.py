"""A memory whose clock the test turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pi_autonomous_session_control.memory import MemoryStore, Scope, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = 86_400_000


class Clock:
    """Stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 1_790_000_000_000

    def __call__(self) -> int:
        return self.now

    def turn(self, days: float = 0, ms: int = 0) -> None:
        self.now += int(days * DAY) + ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def user() -> Scope:
    return Scope("user")


@pytest.fixture
def repo() -> Scope:
    return Scope("repository", "/repo")


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[MemoryStore]:
    store = MemoryStore(tmp_path / "self" / "memory.sqlite3", clock=clock)
    yield store
    store.close()


@pytest.fixture
def snapshot(tmp_path: Path, store: MemoryStore, repo: Scope) -> Snapshot:
    return Snapshot(store, tmp_path / "work" / ".pi-subagent-sessions.self-memory.json", repo)
