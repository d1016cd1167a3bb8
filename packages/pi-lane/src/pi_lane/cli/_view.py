"""What there is to see of a session's lanes, read once: ours and those of pi-lane and pi-sync."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pi_lane import formats
from pi_lane._errors import StoreError
from pi_lane.cli._foreign import Foreign, find_foreign
from pi_lane.runtime import MAIN
from pi_lane.store import LaneState, Liveness

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pi_lane.runtime import Identity, SessionPaths
    from pi_lane.store import FileStore

__all__ = ["Lane", "Terminal", "View", "look"]

#: A terminal of ours without a sign of life for so many seconds is stopped, or its pi hangs.
_PAUSED_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Terminal:
    """An instance of the plugin, ours or another tool's.

    Attributes:
        id: its id, as its file is called.
        data: what its file says.
        age_ms: how long ago it was seen, in milliseconds by the clock of this machine; None if it does not say.
        live: whether it counts as there.
        liveness: what its lock tells; None if it has none, as those of other tools.
    """

    id: str
    data: dict[str, Any]
    age_ms: int | None
    live: bool
    liveness: Liveness | None

    def text(self, name: str) -> str:
        """Return one of the texts in its file, an empty one if it is missing."""
        value = self.data.get(name)
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane.

    Attributes:
        name: its name.
        cursor: what is published about it; None if that is missing or broken.
        version: version of its state; 0 if it has none, as lanes of other tools.
        state: its state; an empty one if it has none.
        foreign: another tool's claim on it.
        problem: why its state can't be read; empty if it can.
    """

    name: str
    cursor: dict[str, Any] | None
    version: int
    state: LaneState
    foreign: Foreign | None
    problem: str

    @property
    def head(self) -> str | None:
        """The entry after which it goes on."""
        head = self.state.head if self.version else (self.cursor or {}).get("headEntryId")
        return head if isinstance(head, str) else None

    @property
    def epoch(self) -> int:
        """How often its head was moved."""
        epoch = self.state.head_epoch if self.version else (self.cursor or {}).get("headEpoch")
        return epoch if isinstance(epoch, int) else 0


@dataclass(frozen=True, slots=True)
class View:
    """A session's lanes and terminals.

    Attributes:
        identity: who asks about which session.
        paths: where its lanes are.
        lanes: its lanes, ``main`` first, then by name.
        terminals: its instances, by id.
        liveness: what each owner and waiter is, by id.
    """

    identity: Identity
    paths: SessionPaths
    lanes: tuple[Lane, ...]
    terminals: tuple[Terminal, ...]
    liveness: dict[str, Liveness]

    @property
    def current(self) -> str:
        """The lane of the terminal that asks."""
        return self.identity.lane or MAIN

    def terminal(self, instance_id: str) -> Terminal | None:
        """Return an instance by its id."""
        return next((terminal for terminal in self.terminals if terminal.id == instance_id), None)


async def look(identity: Identity, store: FileStore, paths: SessionPaths, *, stale_ms: int) -> View:
    """Return what there is to see now. Nothing that is in the files makes this raise.

    Args:
        identity: who asks.
        store: where the lanes' state is; not opened, so that nobody sees us.
        paths: where the files are.
        stale_ms: an instance that was not seen for so many milliseconds does not count as live.
    """
    terminals = tuple([await _terminal(path, store, paths, stale_ms) for path in _json_files(paths.instances)])
    names = sorted(paths.lane_names(), key=lambda name: (name != MAIN, name))
    lanes = tuple([await _lane(name, store, paths) for name in names])
    liveness = {terminal.id: terminal.liveness for terminal in terminals if terminal.liveness}
    for lane in lanes:
        for name in _present(lane.state):
            if name not in liveness:
                liveness[name] = await _liveness(name, store, paths) or Liveness.DEAD
    return View(identity, paths, lanes, terminals, liveness)


def _present(state: LaneState) -> Iterator[str]:
    if state.owner:
        yield state.owner.instance_id
    yield from (waiter.instance_id for waiter in state.queue)


async def _terminal(path: Path, store: FileStore, paths: SessionPaths, stale_ms: int) -> Terminal:
    data = formats.read(path, dict) or {}
    seen = data.get("lastSeenAt") or data.get("updatedAt")
    age = formats.age_s(seen) if isinstance(seen, str) else None
    age_ms = None if age is None else round(age * 1000)
    gone = data.get("status") == "disconnected"
    liveness = await _liveness(path.stem, store, paths)
    live = not gone and liveness is not Liveness.DEAD and age_ms is not None and age_ms <= stale_ms
    return Terminal(path.stem, data, age_ms, live, liveness)


async def _liveness(instance_id: str, store: FileStore, paths: SessionPaths) -> Liveness | None:
    # Ids come from files that anybody may have written; one with a slash in it would lead elsewhere.
    if os.sep in instance_id or "\0" in instance_id:
        return None
    try:
        beaten = paths.alive(instance_id).stat().st_mtime
        found = await store.alive(instance_id)
    except (OSError, StoreError):
        return None
    # Whoever looks only once can't see a counter stand still, and may trust the clock: nothing is decided here.
    silent = found is Liveness.ALIVE and time.time() - beaten > _PAUSED_S
    return Liveness.PAUSED if silent else found


async def _lane(name: str, store: FileStore, paths: SessionPaths) -> Lane:
    version, state, problem = 0, LaneState(lane=name), ""
    try:
        found = await store.read(name)
        version, state = found.version, found.state
    except StoreError as error:
        problem = str(error)
    cursor = formats.read(paths.lane_cursor(name), dict)
    return Lane(name, cursor, version, state, find_foreign(name, state, paths), problem)


def _json_files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".json" and path.is_file())
    except OSError:
        return []
