"""Every store does what the interface promises."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import settings
from memory_store import MemoryStore
from store_conformance import StoreConformance, StoreMachine

from pi_session_persistence.stores import DirectoryStore

if TYPE_CHECKING:
    from pi_session_persistence.stores import Store


class TestDirectory(StoreConformance):
    def open(self, place: Path) -> Store:
        return DirectoryStore.create(place)


class TestMemory(StoreConformance):
    doors: dict[Path, MemoryStore] = {}  # noqa: RUF012  # a memory that all doors of a test share

    def open(self, place: Path) -> Store:
        return self.doors.setdefault(place, MemoryStore())


class DirectoryMachine(StoreMachine):
    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.store = DirectoryStore.create(Path(self.place.name) / "store")

    def teardown(self) -> None:
        self.place.cleanup()


class MemoryMachine(StoreMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()


TestDirectoryMachine = DirectoryMachine.TestCase
TestDirectoryMachine.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestMemoryMachine = MemoryMachine.TestCase
TestMemoryMachine.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
