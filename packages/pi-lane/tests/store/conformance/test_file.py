"""The file store keeps the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lane_conformance import PAUSED_AFTER_S, StoreConformance

from pi_lane.runtime import SessionPaths
from pi_lane.store import FileStore

if TYPE_CHECKING:
    from pathlib import Path

    from lane_memory import TurnedClock

    from pi_lane.store import Store


class Files:
    carries_entries = False

    def __init__(self, root: Path) -> None:
        self._paths = SessionPaths(root, "0123456789abcdef01234567")

    def store(self, instance_id: str, clock: TurnedClock) -> Store:
        return FileStore(self._paths, instance_id, paused_after_s=PAUSED_AFTER_S, clock=clock)

    def kill(self, store: Store) -> None:
        assert isinstance(store, FileStore)
        assert store._beat is not None
        # The kernel does just this with the descriptors of a killed process.
        store._beat.drop()


class TestFileStore(StoreConformance):
    @pytest.fixture
    def backend(self, tmp_path: Path) -> Files:
        return Files(tmp_path)
