"""What a lease needs of the place where its state is kept: five calls, and nothing about files or machines.

The state of a lane is one value with a version. It is replaced as a whole, by compare-and-swap, so whoever writes has
seen what it replaces. No call compares clocks of two processes.
"""

from __future__ import annotations

import enum
from typing import Protocol, Self

import msgspec

__all__ = ["AbortRequest", "Batch", "LaneState", "Liveness", "Owner", "Store", "Versioned", "Waiter"]


class Liveness(enum.Enum):
    """What an instance is, as far as the one who asks can tell.

    A paused one exists but has not shown itself for a while: it is stopped, or its pi hangs. It may come back at any
    moment and write; a fence must stop it then.
    """

    ALIVE = "alive"
    PAUSED = "paused"
    DEAD = "dead"


class Owner(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """Who has the lease of a lane.

    Attributes:
        instance_id: the instance.
        pid: its process on ``host``, for people.
        host: name of its machine, for people.
        purpose: what it has the lease for, such as ``"run"`` or ``"append"``.
        label: how its terminal is shown, such as its working folder.
        acquired_at: ISO 8601, for people.
    """

    instance_id: str
    pid: int
    host: str
    purpose: str
    label: str
    acquired_at: str


class Waiter(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """Who waits for the lease of a lane.

    Attributes:
        instance_id: the instance.
        pid: its process on ``host``, for people.
        host: name of its machine, for people.
        purpose: what it wants the lease for.
        label: how its terminal is shown.
        since: ISO 8601, for people; the order of the queue is the order of arrival.
    """

    instance_id: str
    pid: int
    host: str
    purpose: str
    label: str
    since: str


class AbortRequest(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """Somebody asks the owner to abort its run; the owner decides.

    Attributes:
        epoch: the lease that is meant.
        by: who asks, for a person.
    """

    epoch: int
    by: str


class LaneState(msgspec.Struct, kw_only=True, frozen=True, rename="camel"):
    """Everything about a lane that its terminals must agree on.

    Attributes:
        lane: its name.
        base_leaf_id: entry that it was created from; ``None`` for "before the first entry".
        head: entry that the next turn continues; ``None`` for "before the first entry".
        head_epoch: grows with each move of the head.
        tail: last entry of the session file when the head was moved; what comes after it in the file was written by
            somebody without lanes. ``None`` if unknown.
        lease_epoch: number of the last lease that was granted; no two leases of a lane share one.
        owner: who has the lease, or ``None``.
        queue: who waits for it, the first in line first.
        abort: a request to the owner, or ``None``.
        title: the name as it was typed.
        reason: what the last change was, for people.
        updated_at: ISO 8601, for people.
    """

    lane: str
    base_leaf_id: str | None = None
    head: str | None = None
    head_epoch: int = 0
    tail: str | None = None
    lease_epoch: int = 0
    owner: Owner | None = None
    queue: tuple[Waiter, ...] = ()
    abort: AbortRequest | None = None
    title: str = ""
    reason: str = ""
    updated_at: str = ""


class Batch(msgspec.Struct, kw_only=True, frozen=True):
    """Lines of the session file that travel with a change of the lane's state.

    Attributes:
        epoch: the lease under which they were written.
        lines: the lines in their order, without line ends.
        seq: the version that they came with; set by the store.
    """

    epoch: int
    lines: tuple[str, ...]
    seq: int = 0


class Versioned(msgspec.Struct, kw_only=True, frozen=True):
    """The state of a lane at one moment.

    Attributes:
        version: its number, which grows with every change; 0 if the lane does not exist yet.
        state: the state; that of an empty lane if it does not exist yet.
        batches: the batches that the reader has not seen, in their order.
    """

    version: int
    state: LaneState
    batches: tuple[Batch, ...] = ()


class Store(Protocol):
    """Keeps the state of a session's lanes for one instance; opened and closed with it, as a context manager.

    Opened means: others find the instance alive. Reading works without.

    Every call raises StoreError if the state cannot be reached.
    """

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def read(self, lane: str, seen: int = -1) -> Versioned:
        """Return the state of ``lane`` and the batches that came with versions above ``seen``.

        A store whose instances all write into one session file keeps no batches.
        """
        ...

    async def cas(self, lane: str, version: int, state: LaneState, batch: Batch | None = None) -> bool:
        """Make ``state`` the state of ``lane``, and keep ``batch`` with it, if its version is still ``version``.

        One step: all of it has happened, or nothing. Those who wait for news of the lane hear of it.

        Returns:
            Whether it was done. The new version is above ``version``.
        """
        ...

    async def watch(self, lane: str, version: int, timeout_s: float) -> bool:
        """Wait until a version of ``lane`` above ``version`` may exist, for ``timeout_s`` seconds at most.

        Returns:
            Whether there may be one; the caller reads to be sure.
        """
        ...

    async def alive(self, instance_id: str) -> Liveness:
        """Return what an instance is, judged by this process's own monotonic clock and what it saw so far."""
        ...

    async def keepalive(self, instance_id: str) -> None:
        """Show others that the instance works; to be called once a second."""
        ...
