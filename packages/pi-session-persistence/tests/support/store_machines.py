"""Machines that share a store, and what is left when one of them is stopped in the middle."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import sys
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from memory_store import MemoryStore
from session_stage import Tale

from pi_host.sessionfile import Session
from pi_session_persistence import Registry
from pi_session_persistence.stores import (
    DirectoryStore,
    NotStoredError,
    Place,
    Store,
    StoreDamagedError,
    Vault,
    reconcile,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pi_session_persistence.stores import Outcome, Way

__all__ = ["Machine", "MemoryMachine", "in_store", "killed_at", "said"]

S = TypeVar("S", bound=Store)

#: What Python tells about before a process touches a file system or a database.
_TOUCHES = frozenset(
    {"open", "os.rename", "os.remove", "os.mkdir", "os.chmod", "os.scandir", "fcntl.flock", "sqlite3.connect"}
)


class Machine(Generic[S]):
    """A machine with the session of the id TASK, or with none yet."""

    def __init__(self, folder: Path, store: S) -> None:
        self.home = folder / "pi-session"
        self.file = Registry(self.home).path_of("TASK")
        self.store = store

    def do(self, way: Way, *, mend: bool = False, **more: Any) -> Outcome:
        os.environ["PI_SESSION_HOME"] = str(self.home)  # the fixture of each test puts it back
        return reconcile(self.store, Place("TASK", self.file, Registry(self.home), **more), way, mend=mend)

    def sync_all(self) -> None:
        """Bring everything here and in the store to one state."""
        self._try("TASK")
        registry = Registry(self.home)
        ids = {record.external_id for record in registry.records() if record.pi_file.exists()}
        for name in ids | {manifest.id for manifest in Vault(self.store).heads()[0]}:
            self._try(name)

    def _try(self, name: str) -> None:
        os.environ["PI_SESSION_HOME"] = str(self.home)
        registry = Registry(self.home)
        record = registry.get(name)
        file = record.pi_file if record is not None else registry.path_of(name)
        try:
            reconcile(self.store, Place(name, file, registry), "sync")
        except NotStoredError:
            return

    def write(self, data: bytes) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(data)

    def say(self, text: str, prefix: str) -> None:
        """Go on with the conversation, as pi does it."""
        session = Session.read(self.file)
        tale = Tale("s-1", prefix=prefix)
        tale.leaf = session.leaf.id if session.leaf is not None else None
        tale.data = b""
        tale.user(text)
        with self.file.open("ab") as end:
            end.write(tale.data)

    @property
    def data(self) -> bytes:
        return self.file.read_bytes()

    @property
    def sessions(self) -> dict[str, bytes]:
        """All session files, by name."""
        return {file.name: file.read_bytes() for file in self.file.parent.glob("*.jsonl")}


MemoryMachine: TypeAlias = Machine[MemoryStore]


def said(*all_data: bytes) -> set[str]:
    """What was said in sessions: all texts in them."""
    return set(re.findall(r'"text": ?"([^"]*)"', b"".join(all_data).decode()))


def in_store(store: Store) -> Iterable[bytes]:
    """The bytes of all generations in a store that can be read."""
    vault = Vault(store)
    heads = vault.heads()[0]
    for manifest in heads + [found for head in heads for _, found in vault._generations(head.id)]:
        try:
            yield vault.content(manifest)
        except (NotStoredError, StoreDamagedError):
            continue


def killed_at(number: int, folder: Path, store: Path, way: Way) -> bool:
    """Let a process reconcile TASK, and kill it before it touches a file for the so-manieth time; tell whether it was.

    Args:
        number: of the touch, starting at 1.
        folder: of the machine.
        store: the store's folder.
        way: what may be written to.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["store_machines"])
    process = context.Process(target=_reconcile, args=(number, folder, store, way))
    process.start()
    process.join(timeout=30)
    code = process.exitcode
    assert code in (0, -signal.SIGKILL), f"it ended with {code}"
    return code != 0


def _reconcile(number: int, folder: Path, store: Path, way: Way) -> None:
    machine = Machine(folder, DirectoryStore(store))
    left = number

    def hook(event: str, _: tuple[object, ...]) -> None:
        nonlocal left
        if event in _TOUCHES:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    machine.do(way)
