"""The lease of a lane: the right to run a turn on it, granted in the order of arrival, and lost for good once taken.

    async with FileStore(paths, me.instance_id) as store, Lane(store, "main", me) as lane:
        async with await lane.acquire("run") as lease:
            ...  # write to the session file
            await lease.move_head(new, expected=lease.head)

A lease has an epoch that no other lease of the lane shares. A process that was stopped, and whose lane was given to
another meanwhile, can do nothing to the lane under its old epoch when it comes back.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from pi_lane import _rules
from pi_lane._errors import (
    AcquireCancelledError,
    ForeignHostError,
    HeadMovedError,
    LaneError,
    LeaseLostError,
    NotPausedError,
)
from pi_lane._judge import Judge, LaneView
from pi_lane._projection import Projection
from pi_lane._rules import Instance
from pi_lane.store import Batch, LaneState, Liveness, Store, Versioned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "AcquireCancelledError",
    "ForeignHostError",
    "HeadMovedError",
    "Instance",
    "Lane",
    "LaneError",
    "LaneView",
    "Lease",
    "LeaseLostError",
    "NotPausedError",
    "Projection",
]

#: How often a lane is looked at without being told to, in seconds.
POLL_WAITING_S: Final = 0.25
POLL_IDLE_S: Final = 1.0

#: A paused owner keeps its lane for so long, in seconds, unless somebody takes it.
TAKE_AFTER_S: Final = 600.0


class Lease:
    """The right to a lane; use `Lane.acquire` to get one.

    Attributes:
        epoch: its number.
        head: head of the lane.
        version: number of the lane's state when it was last seen under this lease.
    """

    def __init__(self, lane: Lane, state: LaneState) -> None:
        self._lane = lane
        self.epoch = state.lease_epoch
        self.head = state.head
        self.version = state.lease_epoch

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.release()

    async def move_head(
        self, new: str | None, expected: str | None, lines: Sequence[str] = (), *, tail: str | None = None
    ) -> None:
        """Let the lane continue at ``new``.

        Args:
            new: entry that the next turn continues.
            expected: the lane's head as the caller knows it.
            lines: the entries since then as lines of the session file, for stores that carry them to other machines.
            tail: last entry of the session file by now, if the caller knows it.

        Raises:
            LeaseLostError: the lane is not ours any more; nothing was changed.
            HeadMovedError: the lane has another head; nothing was changed.
            StoreError: the state cannot be written; nothing was changed.
        """
        await self._lane._move(self, new, expected, lines, tail)  # noqa: SLF001  # a lease is a part of its lane

    async def verify(self) -> None:
        """Make sure that the lane is still ours.

        Raises:
            LeaseLostError: it is not.
            StoreError: the state cannot be read.
        """
        await self._lane._verify(self)  # noqa: SLF001  # as above

    async def release(self) -> bool:
        """Give the lane to the next in line; does nothing to a lane that is not ours any more.

        Returns:
            Whether it was ours to give.

        Raises:
            StoreError: it cannot be written; the lane goes on trying.
        """
        return await self._lane._release(self)  # noqa: SLF001  # as above


class Lane:
    """One lane for one instance; opened and closed with it, as a context manager.

    While open it watches the lane, says what changed, and keeps what others see of our lease fresh.

    Args:
        store: where the lanes are; open.
        name: name of the lane, as `check_lane_name` returns it.
        me: the instance.
        projection: what other tools see of the lane; ``None`` to show nothing.
        knows: whether the session file has an entry; without it a head that another tool moved is not followed.
        take_after_s: for how long, in seconds, a paused owner keeps the lane.
        clock: a monotonic clock, in seconds.
        on_change: called after each change of the lane, also by others, and when its owner pauses or comes back.
        on_error: called, once in a row, with an error that nobody waits for.
        on_entries: called with entries that others wrote on their machines, before anything that builds on them.
    """

    def __init__(  # noqa: PLR0913  # each is somebody else's part
        self,
        store: Store,
        name: str,
        me: Instance,
        *,
        projection: Projection | None = None,
        knows: Callable[[str], bool] | None = None,
        take_after_s: float = TAKE_AFTER_S,
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[LaneView], None] | None = None,
        on_error: Callable[[LaneError], None] | None = None,
        on_entries: Callable[[Sequence[Batch]], None] | None = None,
    ) -> None:
        self.name = name
        self._store = store
        self._me = me
        self._projection = projection
        self._knows = knows
        self._judge = Judge(store, me, take_after_s, clock)
        self._on_change = on_change
        self._on_error = on_error
        self._on_entries = on_entries
        self._got = Versioned(version=0, state=LaneState(lane=name))
        self._seen = -1
        self._reading = asyncio.Lock()
        self._turn = asyncio.Lock()
        self._lease: Lease | None = None
        self._waits: dict[asyncio.Task[Lease], str] = {}
        self._cancelled: set[asyncio.Task[Lease]] = set()
        self._steward: asyncio.Task[None] | None = None
        self._told: LaneView | None = None
        self._complaint = ""
        self._unpublished = False

    async def __aenter__(self) -> Self:
        await self._read()
        self._steward = asyncio.create_task(self._look_after())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in list(self._waits):
            task.cancel()
        if self._waits:
            await asyncio.wait(list(self._waits))
        if self._steward:
            self._steward.cancel()
            await asyncio.wait([self._steward])
        with suppress(LaneError):
            if self._lease:
                await self._release(self._lease)
            await self._withdraw()
            if self._projection:
                await self._publish(self._projection)
                self._projection.sweep()

    async def create(self, base: str | None, title: str = "", *, tail: str | None = None) -> bool:
        """Make the lane, continuing entry ``base``, unless it exists.

        Args:
            base: entry that it continues; ``None`` for "before the first entry".
            title: its name as it was typed.
            tail: last entry of the session file by now, if the caller knows it.

        Returns:
            Whether it was made.

        Raises:
            StoreError: it cannot be written.
        """
        while (got := await self._read()).version == 0:
            if await self._store.cas(self.name, 0, _rules.created(got.state, base, title, tail)):
                self._unpublished = True
                return True
        return False

    async def view(self) -> LaneView:
        """Return the lane as it is now.

        Raises:
            StoreError: it cannot be read.
        """
        return await self._judge.view(await self._read(), None)

    async def acquire(self, purpose: str, on_wait: Callable[[LaneView], None] | None = None) -> Lease:
        """Wait in line for the lane, and have it.

        An instance has one lease of a lane at a time: calls of one instance wait for each other. Cancelling the task
        that waits leaves the line.

        Args:
            purpose: what for, as others see it, such as ``"run"``.
            on_wait: called when the wait begins, and whenever something about it changes.

        Raises:
            AcquireCancelledError: `cancel` was called.
            ForeignHostError: another tool's host runs this lane.
            StoreError: the state cannot be read or written; we are not in line.
        """
        task = asyncio.create_task(self._acquired(purpose, on_wait))
        self._waits[task] = purpose
        try:
            return await task
        except asyncio.CancelledError:
            if task.done() and not task.cancelled() and not task.exception():
                await self._release(task.result())
            if task in self._cancelled:
                raise AcquireCancelledError(self.name) from None
            raise
        finally:
            self._waits.pop(task, None)
            self._cancelled.discard(task)

    def cancel(self, purpose: str) -> bool:
        """Let the calls of `acquire` for ``purpose`` that still wait end; return whether there were any."""
        waits = [task for task, wanted in self._waits.items() if wanted == purpose and not task.done()]
        self._cancelled.update(waits)
        for task in waits:
            task.cancel()
        return bool(waits)

    async def take(self, instance_id: str) -> None:
        """Displace a paused owner: its lease is lost, and the lane goes to the first in line.

        Raises:
            NotPausedError: the instance is not a paused owner of the lane.
            StoreError: the state cannot be written.
        """
        while True:
            got = await self._read()
            owner = got.state.owner
            if owner is None or owner.instance_id != instance_id:
                raise NotPausedError(self.name, instance_id, "not its owner")
            found = await self._judge.owner_is(got.state)
            if found is Liveness.ALIVE:
                raise NotPausedError(self.name, instance_id, found.value)
            if await self._store.cas(self.name, got.version, _rules.evicted(got.state, self._me.label)):
                return
            await asyncio.sleep(0)

    async def request_abort(self, by: str) -> bool:
        """Ask the owner to abort its run; it sees the request in its view of the lane.

        Args:
            by: who asks, for a person.

        Returns:
            Whether there is an owner to ask.

        Raises:
            StoreError: the state cannot be written.
        """
        while (got := await self._read()).state.owner:
            if await self._store.cas(self.name, got.version, _rules.aborting(got.state, by)):
                return True
            await asyncio.sleep(0)
        return False

    async def _acquired(self, purpose: str, on_wait: Callable[[LaneView], None] | None) -> Lease:
        await self._turn.acquire()
        try:
            told: list[LaneView] = []
            while True:
                if self._projection:
                    self._projection.stand_down()
                lease = await self._granted(purpose, on_wait, told)
                if await self._claimed(lease, on_wait, told):
                    self._lease = lease
                    return lease
        except BaseException:
            self._hide()
            try:
                with suppress(LaneError):
                    await self._withdraw()
            finally:
                # Also if it is cancelled once more in there.
                self._turn.release()
            raise

    async def _granted(self, purpose: str, on_wait: Callable[[LaneView], None] | None, told: list[LaneView]) -> Lease:
        while True:
            got = await self._read()
            after = await self._judge.next_state(got, purpose)
            if after is None:
                await self._tell(on_wait, got, told)
                await self._store.watch(self.name, got.version, POLL_WAITING_S)
                continue
            if await self._store.cas(self.name, got.version, after) and self._owns(after, after.lease_epoch):
                return Lease(self, after)
            await asyncio.sleep(0)

    async def _claimed(self, lease: Lease, on_wait: Callable[[LaneView], None] | None, told: list[LaneView]) -> bool:
        """Wait for a foreign tool's lock to go; return whether the lease is still ours then."""
        while True:
            got = await self._read()
            if not self._owns(got.state, lease.epoch):
                return False
            foreign = self._projection.claim(got.state) if self._projection else None
            if foreign is None:
                return await self._followed(lease)
            await self._tell(on_wait, got, told, foreign)
            await self._store.watch(self.name, got.version, POLL_WAITING_S)

    async def _followed(self, lease: Lease) -> bool:
        """Follow a head that another tool moved; return whether the lease is still ours then."""
        while self._owns((got := await self._read()).state, lease.epoch):
            lease.head, lease.version = got.state.head, got.version
            shown = self._projection.shown() if self._projection else None
            moved = shown and shown.head_epoch > got.state.head_epoch
            self._unpublished = self._unpublished or not moved
            if not (shown and moved and shown.head_entry_id and self._knows and self._knows(shown.head_entry_id)):
                return True
            after = _rules.moved(
                got.state, shown.head_entry_id, "head moved by another tool", at_least=shown.head_epoch
            )
            await self._store.cas(self.name, got.version, after)
            await asyncio.sleep(0)
        return False

    async def _move(
        self, lease: Lease, new: str | None, expected: str | None, lines: Sequence[str], tail: str | None
    ) -> None:
        batch = Batch(epoch=lease.epoch, lines=tuple(lines)) if lines else None
        while True:
            got = await self._verify(lease)
            if got.state.head != expected:
                raise HeadMovedError(self.name, expected, got.state.head)
            after = _rules.moved(got.state, new, "head moved", tail=tail)
            if await self._store.cas(self.name, got.version, after, batch):
                break
            await asyncio.sleep(0)
        lease.head = new
        self._unpublished = True

    async def _verify(self, lease: Lease) -> Versioned:
        got = await self._read()
        if lease is not self._lease or not self._owns(got.state, lease.epoch):
            self._end(lease)
            owner = got.state.owner
            who = f"{owner.label} ({owner.instance_id})" if owner else None
            why = got.state.reason if got.state.reason.startswith("taken") else ""
            raise LeaseLostError(self.name, lease.epoch, who, why)
        lease.version = got.version
        return got

    async def _release(self, lease: Lease) -> bool:
        if lease is not self._lease:
            return False
        try:
            # First, so that the next owner finds it gone.
            self._hide()
            while self._owns((got := await self._read()).state, lease.epoch):
                if await self._store.cas(self.name, got.version, _rules.released(got.state)):
                    return True
                await asyncio.sleep(0)
            return False
        finally:
            self._end(lease)

    def _end(self, lease: Lease) -> None:
        if lease is self._lease:
            self._lease = None
            self._turn.release()
            self._hide()

    def _hide(self) -> None:
        if self._projection:
            self._projection.release()

    async def _withdraw(self) -> None:
        """Leave the line, and give back a lease that nobody here knows of."""
        while self._appears((got := await self._read()).state):
            if await self._store.cas(self.name, got.version, _rules.left(got.state, self._me.instance_id)):
                return
            await asyncio.sleep(0)

    async def _read(self) -> Versioned:
        async with self._reading:
            got = await self._store.read(self.name, self._seen)
            if got.batches:
                self._seen = got.batches[-1].seq
                mine = self._lease.epoch if self._lease else None
                others = [batch for batch in got.batches if batch.epoch != mine]
                if others and self._on_entries:
                    self._on_entries(others)
            self._got = got
            return got

    async def _look_after(self) -> None:
        while True:
            try:
                if await self._store.watch(self.name, self._got.version, POLL_IDLE_S):
                    await self._read()
                await self._tidy()
                await self._show()
                self._complaint = ""
            except LaneError as error:
                self._complain(error)
                await asyncio.sleep(POLL_IDLE_S)

    async def _tidy(self) -> None:
        state = self._got.state
        if self._lease and not self._owns(state, self._lease.epoch):
            self._end(self._lease)
        if not self._turn.locked() and self._appears(state):
            await self._withdraw()
        if self._projection:
            self._projection.sweep()
            if self._lease:
                self._projection.refresh()
            await self._publish(self._projection)

    async def _publish(self, projection: Projection) -> None:
        # Not by the one that moves the head, for whom others wait. What was written is checked afterwards: another
        # terminal may have published a newer head a moment before.
        while self._unpublished:
            got = await self._read()
            projection.publish(got.state, self._me.instance_id)
            self._unpublished = (await self._read()).state.head_epoch != got.state.head_epoch

    async def _show(self) -> None:
        if self._on_change is None:
            return
        view = await self._judge.view(self._got, None)
        before, self._told = self._told, view
        if before is None or (before.version, before.owner_is) != (view.version, view.owner_is):
            # In a step of its own: an error in there must not end the watch.
            asyncio.get_running_loop().call_soon(self._on_change, view)

    async def _tell(
        self,
        on_wait: Callable[[LaneView], None] | None,
        got: Versioned,
        told: list[LaneView],
        foreign: str | None = None,
    ) -> None:
        if on_wait is None:
            return
        view = await self._judge.view(got, foreign)
        if not told or (told[-1].version, told[-1].owner_is, told[-1].foreign) != (
            view.version,
            view.owner_is,
            foreign,
        ):
            told[:] = [view]
            on_wait(view)

    def _complain(self, error: LaneError) -> None:
        if str(error) != self._complaint and self._on_error:
            self._on_error(error)
        self._complaint = str(error)

    def _owns(self, state: LaneState, epoch: int) -> bool:
        owner = state.owner
        return owner is not None and owner.instance_id == self._me.instance_id and state.lease_epoch == epoch

    def _appears(self, state: LaneState) -> bool:
        line = [waiter.instance_id for waiter in state.queue]
        return self._me.instance_id in line or self._owns(state, state.lease_epoch)
