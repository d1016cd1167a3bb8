"""Several processes at once, some of them killed."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from pi_autonomous_session_control.memory import Draft, MemoryStore, Scope, Snapshot

if TYPE_CHECKING:
    from conftest import Clock

STRESS = Path(__file__).parents[2] / "stress" / "memory.py"


def test_m06_killed_writers_lose_nothing_acknowledged_and_the_snapshot_is_always_valid() -> None:
    done = subprocess.run([sys.executable, STRESS, "5"], capture_output=True, text=True, check=False, timeout=55)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("nothing was lost\n")
    assert not done.stdout.startswith("0 acknowledged")


def test_threads_share_one_store(store: MemoryStore, repo: Scope) -> None:
    def add(thread: int) -> None:
        for number in range(15):
            store.add(Draft(content=f"thread {thread} number {number}", scope=repo))
            store.all()

    threads = [threading.Thread(target=add, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(store.all()) == 60


def test_many_open_a_new_memory_at_once(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "new" / "m.sqlite3"
    failures: list[BaseException] = []

    def begin(number: int) -> None:
        try:
            store = MemoryStore(path, clock=clock)
            store.add(Draft(content=f"from {number}", scope=Scope("user")))
            store.close()
        except BaseException as error:  # noqa: BLE001  # whatever it is, the test must know
            failures.append(error)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    store = MemoryStore(path, clock=clock)
    assert len(store.all()) == 8
    store.close()


def test_m06_two_memories_that_share_one_snapshot_end_up_with_the_same(
    tmp_path: Path, clock: Clock, repo: Scope
) -> None:
    stores = [MemoryStore(tmp_path / name / "m.sqlite3", clock=clock) for name in ("a", "b")]
    snapshots = [Snapshot(store, tmp_path / "s.json", repo) for store in stores]
    for number in range(5):
        for store, snapshot in zip(stores, snapshots, strict=True):
            clock.turn(ms=1)
            store.add(Draft(content=f"{store.database.path.parent.name} learned {number}", scope=repo))
            snapshot.save()
    snapshots[0].save()

    assert {m.id: m.content for m in stores[0].all()} == {m.id: m.content for m in stores[1].all()}
    assert len(stores[0].all()) == 10
    for store in stores:
        store.close()
